import type { Spot } from "./problem";
import type { Grade, Option, Plan } from "./types";

export interface ValueOf {
  kind?: string;
  scale?: number;
  n?: number;
  s?: string;
}

export interface TypeOf {
  kind: string;
  scale?: number;
}

export interface TableColumn {
  name: string;
  title?: string;
  type: TypeOf;
  null?: boolean;
  role: string;
  grade: Grade;
  domain?: { value: string; label?: string }[] | null;
  edges?: number[] | null;
  lo?: number;
  hi?: number;
  uses?: string[] | null;
  cells?: number;
}

export interface PolicyTable {
  name: string;
  title?: string;
  resource: string;
  schemaVersion: number;
  unitKind?: string;
  subjectKey?: string;
  units?: number;
  open?: boolean;
  columns: TableColumn[] | null;
}

export interface Figure {
  rho: number;
  level: string;
  sentence: string;
  membership: number;
  attributeLow: number;
  attribute: number;
}

export interface BudgetLine {
  resource: string;
  title: string;
  kind: string;
  period?: string;
  cap: number;
  charged: number;
  figure: Figure;
}

export interface LabModel {
  id: string;
  space: string;
  org: string;
  name: string;
  class: "A" | "B";
  draft: string;
  opened: string;
}

export interface VersionItem {
  id: string;
  model: string;
  org: string;
  number: number;
  name: string;
  class: string;
  hash: string;
  shared: boolean;
  approved: boolean;
  rho: number;
  inputs: string[] | null;
  outputs: string[] | null;
}

export interface Run {
  id: string;
  space: string;
  org: string;
  scenario: string;
  grant: string;
  version: string;
  hash: string;
  rho: number;
  reused?: string;
  charge?: string;
  state: string;
  start: number;
  why?: string;
  opened: string;
  closed?: string;
}

export interface Space {
  id: string;
  org: string;
  scenario: string;
  permit: string;
  opened: string;
}

export interface SpacePage {
  space: Space;
  scenario: Plan;
  tables: PolicyTable[] | null;
  models: LabModel[] | null;
  versions: VersionItem[] | null;
  runs: Run[] | null;
  budgets: BudgetLine[] | null;
  acts: Option[] | null;
}

export interface OutputOf {
  name: string;
  title?: string;
  type: TypeOf;
  kind: string;
  standing: string;
  sources?: { table: string; column: string; ways: string[] | null }[] | null;
  cells?: number;
}

export interface Refusal {
  code: string;
  start: number;
  end: number;
  zh: string;
  en: string;
  hint: string;
}

export interface Preview {
  threshold: number;
  unitsPerCell: number;
  hidden: boolean;
  columns: { name: string; error95: string }[] | null;
  plan: { rho: number; cells: number; l0: number; k: number; mechanism: string };
}

export interface Checked {
  refusals?: Refusal[] | null;
  class?: string;
  hash?: string;
  outputs?: OutputOf[] | null;
  checks?: { id: string; title: string; ok?: boolean; outcome?: string; detail: string }[] | null;
  preview?: Preview | null;
  rho?: number;
  leaves?: string;
}

export interface ReleasedTable {
  columns: { name: string; title?: string; type: TypeOf; kind: string }[] | null;
  rows: { cell: number; fields: TableField[] | null }[] | null;
  totals: TableField[] | null;
  shown: number;
  hidden: number;
}

export interface Trial {
  table?: ReleasedTable | null;
}

export interface TableField {
  value: ValueOf;
  error95?: ValueOf;
  hidden?: boolean;
  isNull?: boolean;
  label?: string;
}

export function spotsOf(refusals: Refusal[] | null | undefined): Spot[] {
  return (refusals ?? []).map((r) => ({ code: r.code, start: r.start, end: r.end, message: r.zh, en: r.en, hint: r.hint || undefined }));
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
