import type { Review, ValueOf } from "./types";

/** A kept review arrives as free JSON; anything else is none. */
export function readReview(value: unknown): Review | undefined {
  return typeof value === "object" && value !== null && "summary" in value ? (value as Review) : undefined;
}

/** A review's outputs as the lineage graph draws them. */
export function lineageOf(review: Review | undefined) {
  return (review?.outputs ?? []).map((o) => ({
    name: o.title || o.name,
    class: o.standing,
    sources: (o.sources ?? []).flatMap((s) => (s.ways ?? []).slice(0, 1).map((use) => ({ table: s.table, column: s.column, use }))),
  }));
}

/** A value as text; a fixed-point number keeps its places. */
export function valueText(value: ValueOf | undefined): string | undefined {
  switch (value?.kind) {
    case "int":
      return String(value.n ?? 0);
    case "decimal":
      return ((value.n ?? 0) / 10 ** (value.scale ?? 0)).toFixed(value.scale ?? 0);
    case "text":
      return value.s ?? "";
    case "bool":
      return value.n === 1 ? "✓" : "✗";
    case "date":
      return new Date((value.n ?? 0) * 86_400_000).toISOString().slice(0, 10);
    case "timestamp":
      return new Date((value.n ?? 0) / 1000).toISOString();
    default:
      return undefined;
  }
}

export function valueNumber(value: ValueOf | undefined): number | null {
  if (value?.kind !== "int" && value?.kind !== "decimal") return null;
  return (value.n ?? 0) / 10 ** (value.scale ?? 0);
}
