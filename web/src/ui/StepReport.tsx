import { Descriptions, Table, Tag, Typography } from "antd";
import type { StepReport as Report, Trial } from "@/api/types";
import { useText, wordFor } from "@/text";
import { grouped } from "@/util/number";

/** What is known of a module before it runs. */
export function StepReport({ report, compact }: { report: Report; compact?: boolean }) {
  const t = useText();
  return (
    <>
      <Descriptions
        size="small"
        bordered={!compact}
        column={compact ? 1 : 3}
        items={[
          { key: "imports", label: t.step.imports, children: <Tag color={report.imports ? "error" : "success"}>{report.imports ? report.imports : t.step.none}</Tag> },
          { key: "bytes", label: t.step.bytes, children: grouped(report.bytes) },
          { key: "functions", label: t.step.functions, children: report.functions },
          { key: "instructions", label: t.step.instructions, children: grouped(report.instructions) },
          { key: "memory", label: t.step.memory, children: t.step.memoryOf(report.pages * 64) },
          { key: "loops", label: t.step.loops, children: report.loops + report.indirect },
        ]}
      />
      <Table
        size="small"
        rowKey="name"
        style={{ marginTop: 8 }}
        pagination={false}
        dataSource={report.exports ?? []}
        columns={[
          { title: t.step.exported, dataIndex: "name", render: (v: string) => <Typography.Text code>{v}</Typography.Text> },
          { title: t.step.inputs, render: (_, e) => (e.fits ? e.inputs : <Typography.Text type="secondary">{t.step.noOutput}</Typography.Text>) },
          { title: t.step.bound, render: (_, e) => (e.bound ? t.step.atMost(grouped(e.bound)) : t.step.unbounded) },
        ]}
      />
    </>
  );
}

/** What a step did about the people of a trial: fuel, and who was given the default. */
export function StepTrial({ steps }: { steps: Trial["steps"] }) {
  const t = useText();
  if (!steps?.length) return null;
  return (
    <Table
      size="small"
      rowKey="output"
      style={{ marginBottom: 12 }}
      pagination={false}
      dataSource={steps}
      columns={[
        { title: t.lab.output, dataIndex: "output" },
        { title: t.step.fuel, render: (_, s) => `${grouped(s.fuel)} / ${grouped(s.declared)}` },
        {
          title: t.step.defaults,
          render: (_, s) => {
            const reasons = Object.entries(s.defaults ?? {});
            return reasons.length ? reasons.map(([why, n]) => <Tag key={why} color="warning">{t.step.people(wordFor(t.step.reasons, why), n)}</Tag>) : t.step.nobody;
          },
        },
      ]}
    />
  );
}
