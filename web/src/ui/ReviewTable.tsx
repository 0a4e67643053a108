import { Table, Tag, Typography } from "antd";
import type { Check, Review } from "@/api/types";
import { useLanguage, wordFor } from "@/text";
import { EmptyState } from "./ProblemView";

/** The checks as they were printed at submission; those that change with time as of today. */
export function ReviewTable({ review, today }: { review: Review | undefined; today?: readonly Check[] | null }) {
  const { language, text: t } = useLanguage();
  const english = language === "en-US";
  if (!review?.checks?.length) return <EmptyState title={t.model.noChecks} />;
  return (
    <>
      <Typography.Paragraph>{review.summary}</Typography.Paragraph>
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={review.checks.map((c) => today?.find((now) => now.id === c.id) ?? c)}
        columns={[
          { title: t.common.code, dataIndex: "id", width: 80, render: (v: string) => <Typography.Text code>{v}</Typography.Text> },
          { title: t.model.check, width: 240, render: (_, c) => (english && c.titleEn) || c.title },
          {
            title: t.model.evidence,
            render: (_, c) => (
              <>
                {((english && c.evidenceEn) || c.evidence)?.map((e) => <div key={e}>{e}</div>)}
                {today?.some((now) => now.id === c.id) && <Typography.Text type="secondary">{t.model.asOfToday}</Typography.Text>}
              </>
            ),
          },
          {
            title: t.matter.outcome,
            dataIndex: "status",
            width: 100,
            render: (v: string) => <Tag color={v === "pass" ? "success" : v === "refused" ? "error" : v === "warn" ? "warning" : undefined}>{wordFor(t.model.statuses, v)}</Tag>,
          },
        ]}
      />
    </>
  );
}
