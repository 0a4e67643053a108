import type { Within } from "@/api/types";
import type { Words } from "@/text";

/** A time limit in words: 2 个工作日. */
export function withinWords(within: Within | undefined, t: Words): string | undefined {
  if (!within) return undefined;
  if (within.unit === "h") return t.deadline.hours(within.n);
  return t.deadline.rule(within.n, within.unit === "wd");
}
