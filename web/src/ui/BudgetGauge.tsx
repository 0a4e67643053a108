import { Popover, Typography } from "antd";
import { useText } from "@/text";
import { guessRate, rho } from "@/util/number";
import "./gauge.css";

interface Props {
  label: string;
  /** In ledger units, rho x 10^12. */
  cap: number;
  spent: number;
  reserved?: number;
  /** What this release would add. */
  now?: number;
}

const percent = (part: number) => `${(part * 100).toFixed(1)}%`;

/** Used, this one, left: a bar with its numbers in words. Officials read a level; epsilon stays behind a click. */
export function BudgetGauge({ label, cap, spent, reserved = 0, now = 0 }: Props) {
  const t = useText();
  const after = spent + reserved + now;
  const share = (n: number) => (cap > 0 ? Math.min(100, (n / cap) * 100) : 0);
  const rate = guessRate(after);
  const over = after > cap;
  return (
    <div className="gauge">
      <div className="gauge-head">
        <span>{label}</span>
        <Popover
          trigger="click"
          title={t.budget.explain}
          content={
            <div style={{ maxWidth: 380, lineHeight: 1.8 }}>
              <p style={{ marginTop: 0 }}>{t.budget.worst}</p>
              <div>
                {t.budget.membership}: {percent(rate.membership)}
              </div>
              <div>
                {t.budget.attribute}: {percent(rate.attributeLow)}–{percent(rate.attributeHigh)}
              </div>
              <Typography.Text type="secondary">
                rho {rho(after)} / {rho(cap)}
              </Typography.Text>
            </div>
          }
        >
          <button type="button" className={`gauge-level level-${rate.level}`}>
            {t.budget.level[rate.level]}
          </button>
        </Popover>
      </div>
      <div
        className="gauge-bar"
        role="meter"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share(after))}
        aria-label={`${label}: ${t.budget.sentence(percent(share(spent + reserved) / 100), percent(share(now) / 100), percent(Math.max(0, 1 - share(after) / 100)))}`}
      >
        <i className="gauge-spent" style={{ width: `${share(spent)}%` }} />
        <i className="gauge-reserved" style={{ width: `${share(reserved)}%` }} />
        <i className={over ? "gauge-now gauge-over" : "gauge-now"} style={{ width: `${Math.min(share(now), 100 - share(spent + reserved))}%` }} />
      </div>
      <div className="gauge-foot">
        <span>
          <i className="dot gauge-spent" /> {t.budget.spent} {percent(share(spent) / 100)}
        </span>
        {reserved > 0 && (
          <span>
            <i className="dot gauge-reserved" /> {t.budget.reserved} {percent(share(reserved) / 100)}
          </span>
        )}
        {now > 0 && (
          <span>
            <i className="dot gauge-now" /> {t.budget.now} {percent(share(now) / 100)}
          </span>
        )}
        <span className="gauge-left">
          {over ? t.budget.over : `${t.budget.left} ${percent(Math.max(0, 1 - (cap > 0 ? after / cap : 1)))}`}
        </span>
      </div>
    </div>
  );
}
