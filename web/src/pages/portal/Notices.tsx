import { Button, Skeleton, Tag, Typography } from "antd";
import { useList } from "@/api/hooks";
import { useLanguage, useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { dayWithWeekday, minute } from "@/util/day";
import "./home.css";

export default function Notices() {
  const t = useText();
  const { language } = useLanguage();
  const list = useList("/v1/notices");
  return (
    <div className="portal-inner portal-page">
      <PageHead title={t.portal.notices} lead={t.portal.noticesLead} />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={t.portal.noticesEmpty} hint={t.portal.noticesEmptyHint} />}
      {list.items?.map((notice) => (
        <article key={notice.id} className={notice.revoked ? "open-card notice-revoked" : "open-card"}>
          <h3>
            {notice.title} <Tag>{wordFor(t.portal.noticeKinds, notice.kind)}</Tag>
            {notice.revoked && <Tag color="error">{t.states.revoked}</Tag>}
          </h3>
          <Typography.Paragraph style={{ whiteSpace: "pre-wrap" }}>{notice.text}</Typography.Paragraph>
          <div className="open-facts">
            <span>{notice.org_name}</span>
            <span>{minute(notice.published)}</span>
            {notice.document && <span>{notice.document}</span>}
            {notice.until && <span>{`${t.law.until} ${dayWithWeekday(notice.until, language)}`}</span>}
            {notice.revocation && <span>{notice.revocation}</span>}
          </div>
        </article>
      ))}
      {list.more && <Button onClick={list.more}>{t.common.more}</Button>}
    </div>
  );
}
