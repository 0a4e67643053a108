import { Table, Tag, Typography } from "antd";
import type { MatterStep } from "@/api/types";
import { useOrgName } from "@/api/org";
import { useText } from "@/text";
import { Panel } from "@/ui/FilePage";

/** How the experts were drawn, so that anybody can draw them again: the seed, every candidate, and why some were left out. */
export function DrawView({ steps }: { steps: MatterStep[] }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <>
      {steps
        .filter((s) => s.draw)
        .map((s) => (
          <Panel key={s.id} title={t.matter.drawOf(s.title, s.draw?.seats ?? 0)}>
            <Typography.Paragraph>{t.matter.drawHow(s.draw?.method ?? "")}</Typography.Paragraph>
            <Typography.Paragraph>
              {t.matter.seed} <Typography.Text code copyable={{ text: s.draw?.seed }}>{s.draw?.seed}</Typography.Text>
            </Typography.Paragraph>
            <Table
              size="small"
              rowKey="account"
              pagination={false}
              dataSource={s.draw?.candidates ?? []}
              columns={[
                { title: t.matter.candidate, render: (_, c) => c.name ?? c.account },
                { title: t.common.org, render: (_, c) => c.org && orgName(c.org) },
                {
                  title: t.matter.drawn,
                  render: (_, c) =>
                    c.excluded ? <Tag color="warning">{c.excluded}</Tag> : s.addressed?.some((a) => a.endsWith(c.account)) ? <Tag color="success">{t.matter.drawn}</Tag> : <Tag>{t.matter.notDrawn}</Tag>,
                },
              ]}
            />
          </Panel>
        ))}
    </>
  );
}
