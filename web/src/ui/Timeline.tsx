import { Timeline as AntTimeline, Typography } from "antd";
import type { Cite } from "@/api/problem";
import { useText } from "@/text";
import { tone } from "@/theme";
import { minute } from "@/util/day";
import { Citations } from "./Citation";
import { EmptyState } from "./ProblemView";
import { Receipt } from "./Receipt";

export interface Happening {
  at: string | number;
  title: string;
  by?: string;
  org?: string;
  text?: string;
  outcome?: string;
  cites?: Cite[] | null;
  seq?: number;
  /** The legal day, where it was entered later than it happened (补录). */
  occurred?: string;
}

function color(outcome?: string): string {
  switch (outcome) {
    case "refused":
    case "refuse":
      return tone.bad;
    case "returned":
    case "return":
      return tone.warn;
    case "pass":
    case "approved":
    case "done":
      return tone.good;
    default:
      return "#17509e";
  }
}

/** What happened to an object, newest last, each with its author, its law and its place in the ledger. */
export function Timeline({ items }: { items?: Happening[] | null }) {
  const t = useText();
  if (!items?.length) return <EmptyState title={t.file.noTimeline} />;
  return (
    <AntTimeline
      style={{ paddingTop: 8 }}
      items={items.map((item, i) => ({
        key: i,
        color: color(item.outcome),
        content: (
          <>
            <div style={{ display: "flex", flexWrap: "wrap", gap: "4px 10px", alignItems: "center" }}>
              <Typography.Text strong>{item.title}</Typography.Text>
              <Typography.Text type="secondary">{minute(item.at)}</Typography.Text>
              <Citations cites={item.cites} />
              {item.seq !== undefined && <Receipt seq={item.seq} />}
            </div>
            {(item.org || item.by) && <Typography.Text type="secondary">{[item.org, item.by].filter(Boolean).join(" · ")}</Typography.Text>}
            {item.text && <div style={{ whiteSpace: "pre-wrap" }}>{item.text}</div>}
          </>
        ),
      }))}
    />
  );
}
