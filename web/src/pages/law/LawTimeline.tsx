import { Table } from "antd";
import { useState } from "react";
import { useItem } from "@/api/hooks";
import { useRegime } from "@/api/law";
import type { Explanation, LawValue, PackInfo } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Panel } from "@/ui/FilePage";
import { type Effective, effectiveOf } from "./book";

const year = (day: string) => Number(day.slice(0, 4)) + (Number(day.slice(5, 7)) - 1) / 12 + (Number(day.slice(8, 10)) - 1) / 365;

/** From when to when each regulation and each dated rule is law, with today marked. */
export function LawTimeline({ packs, rules, values }: { packs: readonly PackInfo[]; rules: readonly Explanation[]; values: readonly LawValue[] }) {
  const t = useText();
  const today = useRegime().data?.today ?? "";
  const [table, setTable] = useState(false);
  const rows: (Effective & { pack: PackInfo })[] = packs.flatMap((pack) => [
    { key: pack.id, title: pack.title, from: pack.from, until: pack.until || pack.trial_until, kind: pack.trial_until ? ("trial" as const) : ("pack" as const), pack },
    ...effectiveOf(pack, rules, values).map((e) => ({ ...e, pack })),
  ]);
  const days = [...rows.flatMap((r) => [r.from ?? r.pack.from, r.until]), today].filter((d): d is string => Boolean(d));
  if (!today || days.length === 0) return null;
  const first = Math.floor(Math.min(...days.map(year)));
  const last = Math.ceil(Math.max(...days.map(year)) + 0.5);
  const at = (y: number) => `${(100 * (y - first)) / (last - first)}%`;
  const years = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return (
    <Panel
      title={t.law.timeline}
      extra={
        <a role="button" tabIndex={0} onClick={() => setTable(!table)} onKeyDown={(e) => e.key === "Enter" && setTable(!table)}>
          {table ? t.chart.asChart : t.chart.asTable}
        </a>
      }
    >
      {table ? (
        <Table
          size="small"
          rowKey="key"
          pagination={false}
          dataSource={rows}
          columns={[
            { title: t.common.name, dataIndex: "title" },
            { title: t.common.from, width: 130, render: (_, r) => r.from ?? r.pack.from },
            { title: t.common.until, width: 130, render: (_, r) => r.until ?? t.law.open },
          ]}
        />
      ) : (
        <div className="law-time" aria-hidden="true">
          {rows.map((r) => {
            const from = year(r.from ?? r.pack.from);
            const until = r.until ? year(r.until) : last;
            return (
              <div key={r.pack.id + r.key} className="law-time-row">
                <span className={r.kind === "rule" || r.kind === "value" ? "law-time-name law-time-sub" : "law-time-name"} title={r.title}>
                  {r.title}
                </span>
                <span className="law-time-track">
                  <i className={`law-time-bar time-${r.kind}${r.until ? "" : " time-open"}`} style={{ left: at(from), width: `calc(${at(until)} - ${at(from)})` }} title={`${r.from ?? r.pack.from} – ${r.until ?? t.law.open}`}>
                    {r.kind === "rule" || r.kind === "value" ? "" : `${r.from} – ${r.until ?? ""} ${wordFor(t.law.status, r.pack.status)}`}
                  </i>
                  <b className="law-time-today" style={{ left: at(year(today)) }} />
                </span>
              </div>
            );
          })}
          <div className="law-time-row law-time-axis">
            <span className="law-time-name">{t.law.todayIs(today)}</span>
            <span className="law-time-track">
              {years.slice(0, -1).map((y) => (
                <em key={y} style={{ left: at(y) }}>
                  {y}
                </em>
              ))}
            </span>
          </div>
        </div>
      )}
    </Panel>
  );
}

/** All loaded packs on one line of time. */
export function AllDates() {
  const packs = useRegime().data?.packs ?? [];
  const rules = useItem("/v1/regime/rules").data?.items ?? [];
  const values = useItem("/v1/regime/values").data?.items ?? [];
  return <LawTimeline packs={packs} rules={rules} values={values} />;
}
