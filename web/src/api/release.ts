import type { BudgetLine, ReleasedTable } from "./lab";
import type { Option } from "./types";

export interface ReleaseCheck {
  no: number;
  id: string;
  title: string;
  outcome: "pass" | "block";
  detail: string;
  source: string;
  places?: string[] | null;
}

export interface Release {
  id: string;
  org: string;
  run: string;
  scenario: string;
  title: string;
  purpose: string;
  recipient: string;
  retention: string;
  digest: string;
  checks: ReleaseCheck[] | null;
  state: string;
  matter?: string;
  exports: number;
  opened: string;
}

export interface ReleasePage {
  release: Release;
  table: ReleasedTable;
  plan: { rho: number; mechanism: string; cells: number; k: number; l0: number };
  threshold: number;
  review: unknown;
  usage: BudgetLine[] | null;
  acts: Option[] | null;
}
