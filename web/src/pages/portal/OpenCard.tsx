import { Tag } from "antd";
import { Link } from "react-router";
import type { OpenItem } from "@/api/types";
import { useText, wordFor } from "@/text";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

export function OpenCard({ item }: { item: OpenItem }) {
  const t = useText();
  return (
    <article className="open-card">
      <h3>
        <Link to={path.openResource(item.id)}>{item.title}</Link>
      </h3>
      {item.summary && <p>{item.summary}</p>}
      <div className="open-facts">
        {item.holder_name && <span>{item.holder_name}</span>}
        <span>{item.snapshot ? t.common.rows(grouped(item.rows)) : t.catalog.noData}</span>
        {item.cycle && (
          <span>
            {t.portal.cycle}
            {wordFor(t.catalog.cycles, item.cycle)}
          </span>
        )}
        {item.snapshot && (
          <span>
            {t.portal.updatedAt} {minute(item.updated).slice(0, 10)}
          </span>
        )}
        {item.keywords?.slice(0, 4).map((k) => (
          <Tag key={k} variant="filled">
            {k}
          </Tag>
        ))}
      </div>
    </article>
  );
}
