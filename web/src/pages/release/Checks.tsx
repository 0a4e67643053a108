import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from "@ant-design/icons";
import { Table, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import type { ReleaseCheck, ReleasePage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { tone } from "@/theme";
import { ActButton, type ActState } from "@/ui/ActButton";
import { FormModal } from "@/ui/FormModal";
import { minute } from "@/util/day";

const marks: Record<ReleaseCheck["outcome"], React.ReactNode> = {
  pass: <CheckCircleFilled style={{ color: tone.good }} aria-hidden />,
  warn: <ExclamationCircleFilled style={{ color: tone.warn }} aria-hidden />,
  block: <CloseCircleFilled style={{ color: tone.bad }} aria-hidden />,
};

/** The checks in their order, what each found and where it comes from; of a warning who passed it, why, and who is still needed. */
export function Checks({ page }: { page: ReleasePage }) {
  const t = useText();
  const [asked, setAsked] = useState<ReleaseCheck>();
  const { release, people, warned } = page;
  const override = page.acts?.find((o) => o.act === "output.override") as ActState | undefined;
  return (
    <>
      <Table
        size="middle"
        rowKey="no"
        pagination={false}
        dataSource={release.checks ?? []}
        columns={[
          { title: "#", dataIndex: "no", width: 50, align: "end" },
          {
            title: t.model.check,
            width: 190,
            render: (_, c) => (
              <>
                {marks[c.outcome]} {c.title} {c.outcome !== "pass" && <Tag color={c.outcome === "warn" ? "warning" : "error"}>{wordFor(t.release.outcomes, c.outcome)}</Tag>}
              </>
            ),
          },
          {
            title: t.model.evidence,
            render: (_, c) => (
              <>
                {c.detail}
                <div>{c.places?.map((p) => <Tag key={p}>{p}</Tag>)}</div>
                {release.overrides
                  ?.filter((o) => o.check === c.no)
                  .map((o) => (
                    <div key={o.account}>
                      <Typography.Text type="secondary">{t.release.passedBy(people?.[o.account] ?? o.account, minute(o.at))}</Typography.Text> {o.reason}
                    </div>
                  ))}
                {c.outcome === "warn" && warned?.includes(c.no) && (
                  <div style={{ marginTop: 6 }}>
                    <Typography.Text type="warning">{t.release.stillWarned}</Typography.Text>{" "}
                    {override && <ActButton size="small" state={override} label={t.release.override(c.no)} run={() => Promise.resolve()} onOpen={() => setAsked(c)} />}
                  </div>
                )}
              </>
            ),
          },
          { title: t.release.source, dataIndex: "source", width: 220, render: (v: string) => <Typography.Text type="secondary">{v}</Typography.Text> },
        ]}
      />
      {asked && (
        <FormModal<{ reason: string }>
          title={t.release.override(asked.no)}
          lead={<Typography.Paragraph>{asked.detail}</Typography.Paragraph>}
          fields={[{ name: "reason", label: t.act.reason, kind: "area", need: true, max: 500, extra: t.release.overrideHint }]}
          run={({ reason }) => post("/v1/releases/{id}/override", { path: { id: release.id } }, { check: asked.no, reason })}
          close={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
