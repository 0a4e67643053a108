import { Table, Tag, Typography } from "antd";
import type { Matter, MatterStep } from "@/api/types";
import { useLanguage, useText } from "@/text";
import { Citation } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import { dayWithWeekday, minute } from "@/util/day";
import { withinWords } from "@/util/within";

interface Row {
  key: string;
  step: string;
  limit?: string;
  due?: string;
  explain?: string;
  state: React.ReactNode;
  cite?: MatterStep["cite"];
}

/** All clocks of a matter (where a step has several, its first one stands among them): the step's own, those of other laws beside it, the period in public, pauses and extensions, each with how it was counted. */
export function Clocks({ matter }: { matter: Matter }) {
  const t = useText();
  const { language } = useLanguage();
  const stateOf = (s: MatterStep) => {
    const paused = s.pauses?.find((p) => !p.until);
    if (s.state !== "open") return t.states[s.state] ?? s.state;
    if (paused) return <Tag color="warning">{t.matter.pausedSince(minute(paused.from), paused.reason)}</Tag>;
    return t.matter.runningClock;
  };
  const rows: Row[] = [
    ...(matter.steps ?? []).flatMap((s): Row[] => [
      ...(s.deadline && !s.clocks?.length ? [{ key: s.id, step: s.title, limit: withinWords(s.within, t), due: s.deadline.due, explain: s.deadline.explain, state: stateOf(s), cite: s.within?.cite ?? s.cite }] : []),
      ...(s.clocks ?? []).map((c, i): Row => ({ key: `${s.id}-${i}`, step: s.title, limit: withinWords(c.limit, t), due: c.due, explain: c.explain, state: stateOf(s), cite: c.limit.cite })),
      ...(s.public ? [{ key: `${s.id}-public`, step: t.matter.publicPeriod(s.title), limit: withinWords(s.publicity?.for, t), due: s.public.deadline.due, explain: s.public.deadline.explain, state: stateOf(s), cite: s.publicity?.for.cite }] : []),
      ...(s.lapses ? [{ key: `${s.id}-lapse`, step: t.matter.lapsesAfter(s.title), limit: withinWords(s.lapse, t), due: s.lapses.due, explain: s.lapses.explain, state: stateOf(s), cite: s.lapse?.cite }] : []),
    ]),
    ...(matter.answer ? [{ key: "answer", step: t.procedure.supplement, limit: withinWords(matter.answer.limit, t), due: matter.answer.due, explain: matter.answer.explain, state: t.matter.runningClock, cite: matter.answer.limit.cite }] : []),
  ];
  if (rows.length === 0) return <EmptyState title={t.deadline.none} />;
  const notes = (matter.steps ?? []).flatMap((s) => [
    ...(s.pauses ?? []).map((p) => t.matter.pauseNote(s.title, p.name, minute(p.from), p.until ? minute(p.until) : "", p.reason)),
    ...(s.extended ? [t.matter.extendNote(s.title, s.extended.name, withinWords(s.extended.limit, t) ?? "", s.extended.reason)] : []),
  ]);
  return (
    <>
      <Table
        size="small"
        rowKey="key"
        pagination={false}
        dataSource={rows}
        scroll={{ x: 760 }}
        columns={[
          { title: t.procedure.step, dataIndex: "step", width: 200 },
          { title: t.procedure.within, dataIndex: "limit", width: 120 },
          { title: t.matter.due, width: 150, render: (_, r) => r.due && dayWithWeekday(r.due, language) },
          { title: t.deadline.explain, dataIndex: "explain" },
          { title: t.common.state, width: 170, render: (_, r) => r.state },
          { title: t.law.ruleCite, width: 110, render: (_, r) => r.cite && <Citation cite={r.cite} /> },
        ]}
      />
      {notes.map((n) => (
        <Typography.Paragraph key={n} type="secondary" style={{ margin: "8px 0 0" }}>
          {n}
        </Typography.Paragraph>
      ))}
    </>
  );
}
