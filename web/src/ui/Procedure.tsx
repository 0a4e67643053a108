import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled, MinusCircleOutlined, StopOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import type { ReactNode } from "react";
import type { Cite } from "@/api/problem";
import { useText, wordFor } from "@/text";
import { columnsOf } from "@/util/procedure";
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
  binding?: boolean;
  cite?: Cite | null;
  skip_reason?: string;
  skip_cite?: Cite | null;
  done_at?: string;
  outcome?: string;
}

const icons: Record<string, ReactNode> = {
  done: <CheckCircleFilled />,
  passed: <CheckCircleFilled />,
  open: <ClockCircleFilled />,
  running: <ClockCircleFilled />,
  pending: <ClockCircleFilled />,
  refused: <CloseCircleFilled />,
  returned: <CloseCircleFilled />,
  skipped: <StopOutlined />,
};

/** The procedure diagram with the current step lit. */
export function Procedure({ steps, title }: { steps: readonly ProcedureStep[]; title?: (step: ProcedureStep) => string }) {
  const t = useText();
  return (
    <ol className="procedure">
      {columnsOf(steps).map((column) => (
        <li key={column[0]?.id} className="procedure-column">
          {column.map((step) => (
            <div key={step.id} className={`procedure-step step-${step.state ?? "plain"}`} aria-current={step.state === "open" ? "step" : undefined}>
              <div className="procedure-title">
                {step.state && <span className="procedure-icon">{icons[step.state] ?? <MinusCircleOutlined />}</span>}
                {title?.(step) ?? step.title ?? wordFor(t.steps, step.id)}
              </div>
              <div className="procedure-by">
                {wordFor(t.roles, step.by)}
                {step.binding === false && <Tag style={{ marginInlineStart: 6 }}>{t.matter.advisory}</Tag>}
              </div>
              <div className="procedure-foot">
                {step.deadline && step.state !== "done" && step.state !== "skipped" ? (
                  <Deadline value={step.deadline} compact />
                ) : (
                  step.within && <span>{step.within}</span>
                )}
                {step.state === "skipped" ? (
                  <>
                    <span>{step.skip_reason ?? t.states.skipped}</span> <Citations cites={step.skip_cite ? [step.skip_cite] : []} />
                  </>
                ) : (
                  <Citations cites={step.cite ? [step.cite] : []} />
                )}
              </div>
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}
