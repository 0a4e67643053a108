// The guard's hints, applied.
import type { Spot } from "@/api/problem";
import { positionOfByte } from "./bytes";

/** A hint in prose is only shown; quoted values may be Chinese in either. */
export function isRewrite(hint: string | undefined): hint is string {
  return Boolean(hint) && !/[\u3000-\u9fff\uff00-\uffef]/.test((hint ?? "").replace(/'[^']*'/g, ""));
}

export interface Replacement {
  from: number;
  to: number;
  insert: string;
}

/** What a hint replaces: its spot, or the whole text where it is a whole statement. Undefined for prose. */
export function replacement(text: string, spot: Pick<Spot, "hint" | "start" | "end">): Replacement | undefined {
  if (!isRewrite(spot.hint)) return undefined;
  if (/^\s*(SELECT|WITH)\b/i.test(spot.hint)) return { from: 0, to: text.length, insert: spot.hint };
  return { from: positionOfByte(text, spot.start ?? 0), to: positionOfByte(text, spot.end ?? 0), insert: spot.hint };
}

export function rewritten(text: string, r: Replacement): string {
  return text.slice(0, r.from) + r.insert + text.slice(r.to);
}
