import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled, MinusCircleOutlined, StopOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { type CSSProperties, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import type { Cite } from "@/api/problem";
import { useText, wordFor } from "@/text";
import { arrowsOf, columnsOf } from "@/util/procedure";
import { Citations } from "./Citation";
import { Deadline, type DeadlineValue } from "./Deadline";
import "./procedure.css";

export interface ProcedureStep {
  id: string;
  title?: string;
  by?: string;
  state?: string;
  after?: string[] | null;
  beside?: string;
  within?: string;
  deadline?: DeadlineValue | null;
  /** Several limits that run side by side, local and national, each with its length in words. */
  clocks?: { limit: string; value: DeadlineValue }[];
  binding?: boolean;
  cite?: Cite | null;
  /** What other packs add to it. */
  also?: Cite[] | null;
  skip_cite?: Cite | null;
  /** How it is decided, in a few words each: a panel, a vote, a period in public. */
  traits?: string[];
  checks?: string[];
  may?: string[] | null;
  needs?: string[];
}

const icons: Record<string, ReactNode> = {
  done: <CheckCircleFilled aria-hidden />,
  passed: <CheckCircleFilled aria-hidden />,
  open: <ClockCircleFilled aria-hidden />,
  running: <ClockCircleFilled aria-hidden />,
  pending: <ClockCircleFilled aria-hidden />,
  refused: <CloseCircleFilled aria-hidden />,
  returned: <CloseCircleFilled aria-hidden />,
  skipped: <StopOutlined aria-hidden />,
};

interface Arrow {
  key: string;
  d: string;
  lit: boolean;
}

/** Curves from the right edge of what is waited for to the left edge of what waits, measured after the browser laid the steps out. */
function useArrows(steps: readonly ProcedureStep[]) {
  const frame = useRef<HTMLDivElement>(null);
  const [arrows, setArrows] = useState<Arrow[]>([]);
  const shape = JSON.stringify(steps.map((s) => [s.id, s.after, s.beside, s.state]));
  useLayoutEffect(() => {
    const box = frame.current;
    if (!box) return;
    const draw = () => {
      const at = (id: string) => box.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"]`);
      setArrows(
        arrowsOf(steps).flatMap(({ from, to }) => {
          const a = at(from);
          const b = at(to);
          if (!a || !b) return [];
          const x1 = a.offsetLeft + a.offsetWidth + 2;
          const y1 = a.offsetTop + a.offsetHeight / 2;
          const x2 = b.offsetLeft - 7;
          const y2 = b.offsetTop + b.offsetHeight / 2;
          const bend = Math.min(26, (x2 - x1) * 0.8);
          const state = steps.find((s) => s.id === from)?.state;
          return [{ key: `${from}>${to}`, d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`, lit: state === "done" || state === "skipped" }];
        }),
      );
    };
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(box);
    return () => watch.disconnect();
    // `shape` stands for `steps`: it is all of them that the arrows depend on.
  }, [shape]);
  return { frame, arrows };
}

/** What a reader of the list, who sees no arrows, must be told: what a step waits for. */
function Waits({ step, steps }: { step: ProcedureStep; steps: readonly ProcedureStep[] }) {
  const t = useText();
  const before = arrowsOf(steps)
    .filter((a) => a.to === step.id)
    .map((a) => steps.find((s) => s.id === a.from)?.title ?? a.from);
  return <span className="unseen">{before.length ? t.procedure.after(before.join("、")) : t.procedure.first}</span>;
}

function Foot({ step }: { step: ProcedureStep }) {
  const t = useText();
  const over = step.state === "done" || step.state === "skipped" || step.state === "closed";
  return (
    <div className="procedure-foot">
      {!over && step.clocks ? (
        <ul className="procedure-clocks">
          {step.clocks.map((c) => (
            <li key={c.limit + c.value.due}>
              <Deadline value={c.value} compact /> <span className="quiet">{c.limit}</span>
            </li>
          ))}
        </ul>
      ) : step.deadline && !over ? (
        <Deadline value={step.deadline} compact />
      ) : (
        step.within && <span>{step.within}</span>
      )}
      {step.state === "skipped" ? (
        <>
          <span>{t.states.skipped}</span>
          <Citations cites={step.skip_cite ? [step.skip_cite] : []} />
        </>
      ) : (
        <Citations cites={[...(step.cite ? [step.cite] : []), ...(step.also ?? [])]} />
      )}
    </div>
  );
}

/** The procedure as a diagram, the current step lit. To a keyboard and a screen reader it is a list in the order of the law. */
export function Procedure({ steps, label }: { steps: readonly ProcedureStep[]; label?: string }) {
  const t = useText();
  const columns = columnsOf(steps);
  const rows = Math.max(1, ...columns.map((c) => c.length));
  const { frame, arrows } = useArrows(steps);
  const head = useId();
  // Columns of unlike height are centered on each other: every step takes two half rows.
  const placeOf = (step: ProcedureStep): CSSProperties => {
    const column = columns.findIndex((c) => c.includes(step));
    const among = columns[column] ?? [];
    return { gridColumn: column + 1, gridRow: `${rows - among.length + 2 * among.indexOf(step) + 1} / span 2` };
  };
  return (
    <div className="procedure" tabIndex={0} role="group" aria-label={label ?? t.file.steps}>
      <div className="procedure-frame" ref={frame}>
        <svg className="procedure-arrows" aria-hidden="true">
          <defs>
            <marker id={head} viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0,0 L8,4 L0,8 z" fill="context-stroke" />
            </marker>
          </defs>
          {arrows.map((a) => (
            <path key={a.key} d={a.d} className={a.lit ? "arrow-lit" : undefined} markerEnd={`url(#${head})`} />
          ))}
        </svg>
        <ol style={{ gridTemplateColumns: `repeat(${columns.length}, minmax(168px, 1fr))`, maxWidth: columns.length * 304 - 40 }}>
          {columns.flat().map((step) => (
            <li
              key={step.id}
              data-step={step.id}
              style={placeOf(step)}
              className={`procedure-step step-${step.state ?? "plain"}`}
              aria-current={step.state === "open" ? "step" : undefined}
            >
              <div className="procedure-title">
                {step.state && (
                  <span className="procedure-icon" role="img" aria-label={wordFor(t.states, step.state)}>
                    {icons[step.state] ?? <MinusCircleOutlined aria-hidden />}
                  </span>
                )}
                {step.title ?? wordFor(t.steps, step.id)}
              </div>
              <Waits step={step} steps={steps} />
              <div className="procedure-by">
                {wordFor(t.roles, step.by)}
                {step.binding === false && <Tag style={{ marginInlineStart: 6 }}>{t.matter.advisory}</Tag>}
              </div>
              {Boolean(step.traits?.length) && (
                <ul className="procedure-traits">
                  {step.traits?.map((trait) => (
                    <li key={trait}>{trait}</li>
                  ))}
                </ul>
              )}
              <Foot step={step} />
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
