import { ClockCircleOutlined, ExclamationCircleFilled } from "@ant-design/icons";
import { Button, Popover, Typography } from "antd";
import { useRegime } from "@/api/law";
import type { Cite } from "@/api/problem";
import { useLanguage, useText } from "@/text";
import { tone } from "@/theme";
import { daysBetween, dayWithWeekday, today } from "@/util/day";
import { Citation } from "./Citation";

export interface DeadlineValue {
  due: string;
  from?: string;
  days?: number;
  working?: boolean;
  /** Legal days left, counted by the server with the published calendar; negative when overdue. */
  left?: number;
  provisional?: boolean;
  explain?: string;
  cite?: Cite | null;
}

/** A limit in calendar days is counted in them; they also stand in where the server did not count, and are called so. */
function remaining(value: DeadlineValue, day: string): { n: number; working: boolean } {
  return value.left === undefined || value.working === false
    ? { n: daysBetween(day, value.due), working: false }
    : { n: value.left, working: true };
}

/** The clock, everywhere the same: green, amber or red with the days in words; a click explains how it was counted. */
export function Deadline({ value, closed, compact }: { value?: DeadlineValue | null; closed?: boolean; compact?: boolean }) {
  const t = useText();
  const { language } = useLanguage();
  const regime = useRegime();
  if (closed) return <Typography.Text type="secondary">{t.deadline.done}</Typography.Text>;
  if (!value?.due) return <Typography.Text type="secondary">{t.deadline.none}</Typography.Text>;
  // The server's day: a platform may live in another one than this machine's clock says.
  const { n, working } = remaining(value, regime.data?.today ?? today());
  const words =
    n < 0
      ? working
        ? t.deadline.over(-n)
        : t.deadline.overDays(-n)
      : working
        ? t.deadline.left(n)
        : t.deadline.leftDays(n);
  const color = tone[n < 0 ? "bad" : n <= 1 ? "warn" : "good"];
  const due = t.deadline.dueOn(dayWithWeekday(value.due, language));
  return (
    <Popover
      trigger="click"
      title={t.deadline.explain}
      content={
        <div style={{ maxWidth: 360, lineHeight: 1.8 }}>
          <div>{value.explain ?? due}</div>
          {value.provisional && <Typography.Text type="warning">{t.deadline.provisionalHint}</Typography.Text>}
          {value.cite && (
            <div style={{ marginTop: 8 }}>
              <Citation cite={value.cite} />
            </div>
          )}
        </div>
      }
    >
      <Button
        type="text"
        size="small"
        style={{ color, padding: "0 4px", fontWeight: 500, height: "auto", whiteSpace: "normal", textAlign: "start" }}
        icon={n < 0 ? <ExclamationCircleFilled aria-hidden /> : <ClockCircleOutlined aria-hidden />}
        aria-label={`${words}, ${due}`}
      >
        <span>
          {words}
          {value.provisional && `（${t.deadline.provisional}）`}
          {!compact && <span style={{ color: tone.quiet, fontWeight: 400 }}> · {due}</span>}
        </span>
      </Button>
    </Popover>
  );
}
