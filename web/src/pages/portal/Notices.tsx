import { Button, Skeleton, Tag, Typography } from "antd";
import { useList } from "@/api/hooks";
import { useLanguage, useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { dayWithWeekday } from "@/util/day";
import "./home.css";

interface Notice {
  id: string;
  title: string;
  body?: string;
  from?: string;
  until?: string;
  kind?: string;
}

export default function Notices() {
  const t = useText();
  const { language } = useLanguage();
  const list = useList<Notice>("/v1/notices");
  return (
    <div className="portal-inner portal-page">
      <PageHead title={t.portal.notices} lead={t.portal.noticesLead} />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={t.portal.noticesEmpty} hint={t.portal.noticesEmptyHint} />}
      {list.items?.map((notice) => (
        <article key={notice.id} className="open-card">
          <h3>
            {notice.title} {notice.kind && <Tag>{notice.kind}</Tag>}
          </h3>
          {notice.body && <Typography.Paragraph style={{ whiteSpace: "pre-wrap" }}>{notice.body}</Typography.Paragraph>}
          {notice.from && (
            <div className="open-facts">
              {t.portal.period} {dayWithWeekday(notice.from, language)}
              {notice.until && ` ${t.law.until} ${dayWithWeekday(notice.until, language)}`}
            </div>
          )}
        </article>
      ))}
      {list.more && <Button onClick={list.more}>{t.common.more}</Button>}
    </div>
  );
}
