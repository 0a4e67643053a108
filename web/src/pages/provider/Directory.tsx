import { Skeleton, Typography } from "antd";
import { useList } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { dayOf } from "@/util/day";
import { MoreButton } from "../notice/NoticeParts";
import "../portal/home.css";
import "../portal/open.css";
import { Disclaimer, Services } from "./parts";

/** 第三方服务商名录, for everybody, without signing in. */
export default function Directory() {
  const t = useText();
  const list = useList("/v1/providers");
  return (
    <div className="portal-inner portal-page">
      <PageHead title={t.provider.directory} lead={t.provider.lead} />
      <Disclaimer />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={t.provider.none} hint={t.provider.noneHint} />}
      {list.items?.map(({ provider: p, name }) => (
        <article key={p.id} className="open-card" aria-label={name}>
          <h3>{name}</h3>
          <Services provider={p} />
          <div className="open-facts" style={{ marginTop: 8 }}>
            {p.evaluated && <span>{`${t.provider.evaluated} ${dayOf(p.evaluated)}`}</span>}
            {p.published && <span>{`${t.provider.published} ${dayOf(p.published)}`}</span>}
            {p.measures?.map((m) => (
              <span key={m.at}>{`${dayOf(m.at)} ${wordFor(t.provider.measureKinds, m.kind)}：${m.reason}`}</span>
            ))}
          </div>
        </article>
      ))}
      <MoreButton more={list.more} loading={list.loadingMore} />
      <Typography.Paragraph type="secondary">{t.provider.publicNote}</Typography.Paragraph>
    </div>
  );
}
