import { Table, Tag, Typography } from "antd";
import { Link } from "react-router";
import type { Shift } from "@/api/types";
import { useLanguage, useText, wordFor, type Words } from "@/text";
import { EmptyState } from "@/ui/ProblemView";
import { dayWithWeekday } from "@/util/day";
import { path } from "@/util/path";
import { withinWords } from "@/util/within";

/** A day as a deadline has it: none while the step waits, none while its clock stands still. */
function dayWords(d: Shift["before"], t: Words, language: "zh-CN" | "en-US"): string {
  if (!d) return t.transition.notRunning;
  return d.due ? dayWithWeekday(d.due, language) : t.transition.paused;
}

/** What moving values does to each period: the day before and after, how it is counted, who is told. */
export function ShiftTable({ shifts, names, done }: { shifts: readonly Shift[]; names: Record<string, string>; done?: boolean }) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <Table<Shift>
      size="middle"
      rowKey={(s) => [s.matter, s.step, s.of, s.was.value, withinWords(s.was, t)].join(" ")}
      pagination={shifts.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      dataSource={[...shifts]}
      scroll={{ x: 1080 }}
      locale={{ emptyText: <EmptyState title={t.transition.nothingMoves} /> }}
      columns={[
        {
          title: t.matter.title,
          width: 220,
          render: (_, s) => (
            <>
              <Link to={path.matter(s.matter)}>{s.title}</Link>
              <div className="quiet">{names[s.applicant] ?? s.applicant}</div>
            </>
          ),
        },
        {
          title: t.transition.period,
          width: 170,
          render: (_, s) => (
            <>
              {s.step_title}
              <div className="quiet">{wordFor(t.transition.periods, s.of)}</div>
            </>
          ),
        },
        { title: t.transition.change, width: 170, render: (_, s) => t.transition.fromTo(withinWords(s.was, t) ?? "", withinWords(s.now, t) ?? "") },
        {
          title: t.transition.days,
          width: 300,
          render: (_, s) =>
            s.kept ? (
              <>
                {dayWords(s.before, t, language)} <Tag>{t.transition.kept}</Tag>
                <div className="quiet">{wordFor(t.transition.keptWhy, s.kept)}</div>
              </>
            ) : (
              <>
                {s.before ? t.transition.fromTo(dayWords(s.before, t, language), dayWords(s.after, t, language)) : t.transition.notRunning}{" "}
                {s.late && <Tag color="error">{done ? t.transition.wasLate : t.transition.late}</Tag>}
                {s.after && <div className="quiet">{s.after.explain}</div>}
              </>
            ),
        },
        {
          title: t.transition.told,
          width: 120,
          render: (_, s) => (s.told?.length ? <Typography.Text>{s.told.length > 1 ? t.transition.toldBoth : t.transition.toldApplicant}</Typography.Text> : t.common.none),
        },
      ]}
    />
  );
}
