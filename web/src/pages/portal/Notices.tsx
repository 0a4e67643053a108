import { Segmented, Skeleton } from "antd";
import { useSearchParams } from "react-router";
import { useList } from "@/api/hooks";
import type { Notice } from "@/api/types";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { MoreButton, NoticeCard } from "../notice/NoticeParts";
import "../notice/notice.css";
import "./home.css";

const kinds: Notice["kind"][] = ["call", "publicity", "rules", "list", "announcement", "continuation", "budget"];

/** What the law makes public, for anybody. */
export default function Notices() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const kind = kinds.find((k) => k === search.get("kind"));
  const list = useList("/v1/notices", { query: { kind } });
  return (
    <div className="portal-inner portal-page">
      <PageHead title={t.portal.notices} lead={t.portal.noticesLead} />
      <Segmented
        className="notice-kinds"
        aria-label={t.notice.kind}
        value={kind ?? ""}
        onChange={(v) => setSearch(v ? { kind: v } : {}, { replace: true })}
        options={[{ value: "", label: t.common.all }, ...kinds.map((k) => ({ value: k, label: wordFor(t.portal.noticeKinds, k) }))]}
      />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={kind ? t.list.emptyFiltered : t.portal.noticesEmpty} hint={kind ? undefined : t.portal.noticesEmptyHint} />}
      {list.items?.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} open={notice.open} orgName={notice.org_name} />
      ))}
      <MoreButton more={list.more} loading={list.loadingMore} />
    </div>
  );
}
