import { Alert, Skeleton, Tag } from "antd";
import { useItem, useList } from "@/api/hooks";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { MoreButton } from "../notice/NoticeParts";
import "../portal/home.css";

/** 第三方服务商名录: who was evaluated and published, with what was upheld against them. Anybody reads it. */
export default function Providers() {
  const t = useText();
  const list = useList("/v1/providers");
  const note = useItem("/v1/providers/disclaimer");
  return (
    <div className="portal-inner portal-page">
      <PageHead title={t.portal.providers} lead={t.portal.providersLead} />
      {note.data?.text && <Alert type="info" showIcon style={{ marginBottom: 16 }} title={note.data.text} />}
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={t.portal.providersEmpty} hint={t.portal.providersEmptyHint} />}
      {list.items?.map(({ provider, name, complaints }) => (
        <article key={provider.id} className="open-card">
          <h3>{name}</h3>
          <p>
            {provider.services?.map((s) => (
              <Tag key={s.kind + s.title} color="blue">
                {s.title}
              </Tag>
            ))}
          </p>
          <div className="open-facts">
            {provider.published && <span>{`${t.notice.published} ${minute(provider.published)}`}</span>}
            <span>{t.portal.providerComplaints(complaints?.length ?? 0)}</span>
            {provider.measures?.map((m) => (
              <span key={m.at}>{m.reason}</span>
            ))}
          </div>
        </article>
      ))}
      <MoreButton more={list.more} loading={list.loadingMore} />
    </div>
  );
}
