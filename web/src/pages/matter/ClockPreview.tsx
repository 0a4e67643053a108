import { Alert, Skeleton } from "antd";
import { useItem } from "@/api/hooks";
import { asProblem } from "@/api/problem";
import type { Clock } from "@/api/types";
import { useLanguage, useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { dayWithWeekday } from "@/util/day";
import { withinWords } from "@/util/within";

/** How the clocks of a step would stand after stopping, resuming or lengthening: seen before it is done. */
export function ClockPreview({ matter, step, now, ...what }: { matter: string; step: string; now: readonly Clock[]; pause?: string; resume?: boolean; extend?: number }) {
  const t = useText();
  const { language } = useLanguage();
  const ready = Boolean(what.pause ?? what.resume ?? what.extend);
  const query = useItem("/v1/matters/{id}/clocks", { path: { id: matter }, query: { step, ...what } }, { enabled: ready });
  if (!ready) return null;
  if (query.error) return <ProblemView problem={asProblem(query.error)} />;
  if (!query.data) return <Skeleton active paragraph={{ rows: 2 }} title={false} />;
  const day = (c?: Clock) => (c?.due ? dayWithWeekday(c.due, language) : t.transition.paused);
  return (
    <Alert
      type="info"
      role="status"
      style={{ marginBottom: 8 }}
      title={t.matter.clockPreview}
      description={(query.data.items ?? []).map((c, i) => (
        <div key={i}>
          <b>{`${withinWords(c.limit, t)}：${t.transition.fromTo(day(now[i]), day(c))}`}</b>
          <div className="quiet">{c.explain}</div>
        </div>
      ))}
    />
  );
}
