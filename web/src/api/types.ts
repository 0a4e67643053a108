// The shapes of the API that pages name.
import type { Cite, Spot } from "./problem";

export interface Option {
  act: string;
  on?: string;
  allowed: boolean;
  reason?: string;
  cites?: Cite[] | null;
}

export interface DeadlineOf {
  from: string;
  days: number;
  working: boolean;
  due: string;
  provisional?: boolean;
  basis?: string;
  explain: string;
}

export interface Me {
  account: string;
  name: string;
  org?: string;
  org_name?: string;
  roles: Role[] | null;
  citizen: boolean;
}

export type Role =
  | "data-bureau"
  | "platform-operator"
  | "data-provider"
  | "data-user"
  | "applicant-org"
  | "expert"
  | "info-subject"
  | "auditor";

export interface PackInfo {
  id: string;
  title: string;
  number?: string;
  issuer: string;
  level: string;
  division?: string;
  status: string;
  issued: string;
  from: string;
  until?: string;
  trial_until?: string;
  digest: string;
  rules: number;
}

export interface RegimeView {
  today: string;
  packs: PackInfo[] | null;
  roles: Record<string, string>;
  calendar: string;
}

export interface Article {
  number: string;
  title?: string;
  text: string;
}

export interface Within {
  n: number;
  unit: "wd" | "d" | "h";
  soft: boolean;
  cite: Cite;
}

export interface NamedThing {
  name: string;
  title?: string;
}

export interface Explanation {
  pack: string;
  rule: string;
  title: string;
  kind: string;
  cites: { article: string; quote: string; text: string }[] | null;
  from?: string;
  until?: string;
  acts: NamedThing[] | null;
  when?: string;
  check?: string;
  needs?: { id: string; title: string }[] | null;
  facts: NamedThing[] | null;
  otherwise: string;
  message: string;
  upholds?: string[] | null;
  cases?: { name: string; outcome: string }[] | null;
}

export interface ProcedureOf {
  kind: string;
  title: string;
  pack: string;
  cite: Cite;
  needs: { id: string; title: string }[] | null;
  steps:
    | {
        id: string;
        title: string;
        by: string;
        by_title: string;
        within?: Within;
        after: string[] | null;
        beside?: string;
        binding: boolean;
        checks: { id: string; title: string }[] | null;
        may: string[] | null;
        cite: Cite;
      }[]
    | null;
}

export interface Task {
  id: string;
  matter: string;
  step: string;
  kind: string;
  kind_title: string;
  title: string;
  step_title: string;
  applicant: string;
  applicant_name: string;
  state: string;
  due?: string;
  explain?: string;
  opened: string;
  left?: number;
}

export interface MatterItem {
  id: string;
  kind: string;
  kind_title: string;
  title: string;
  applicant: string;
  applicant_name: string;
  state: string;
  step?: string;
  day: string;
}

export interface MatterDocument {
  kind: string;
  title: string;
  digest?: string;
  text?: string;
}

export interface Opinion {
  account: string;
  name: string;
  org?: string;
  verdict: string;
  reason: string;
  checks?: Record<string, boolean>;
  at: string;
  late?: boolean;
  signature?: { key: string; signed: string; value: string };
}

export interface MatterStep {
  id: string;
  title: string;
  role: string;
  role_title: string;
  after?: string[] | null;
  binding: boolean;
  checks?: { id: string; title: string }[] | null;
  may: string[] | null;
  signs?: boolean;
  need: number;
  addressed: string[] | null;
  cite: Cite;
  within?: Within;
  state: string;
  opened?: string;
  deadline?: DeadlineOf;
  skipped?: Cite;
  opinions?: Opinion[] | null;
}

export interface Matter {
  id: string;
  kind: string;
  title: string;
  applicant: string;
  filer: string;
  subject: string;
  state: string;
  day: string;
  regimes: string[] | null;
  documents: MatterDocument[] | null;
  rounds: number;
  steps: MatterStep[] | null;
  events: { at: string; what: string; step?: string; who?: string; reason?: string }[] | null;
  opened: string;
  closed?: string;
}

export interface MatterPage {
  matter: Matter;
  kind_title: string;
  applicant_name: string;
  sign_text?: string;
  acts: Option[] | null;
}

export interface Grade {
  national?: string;
  level?: number;
  sensitive?: boolean;
}

export interface Channel {
  access: "unconditional" | "conditional" | "no";
  condition?: string;
  reason?: string;
  basis?: string;
}

export interface CatalogField {
  name: string;
  header?: string;
  title: string;
  note?: string;
  type: string;
  scale?: number;
  max_length?: number;
  nullable?: boolean;
  missing?: string[] | null;
  class?: string;
  grade: Grade;
  personal?: boolean;
  role?: string;
  uses?: string[] | null;
  lo?: string;
  hi?: string;
  code_list?: string;
  codes?: { value: string; label?: string }[] | null;
  edges?: string[] | null;
  cells?: number;
  linkable_with?: string[] | null;
  share?: Channel;
  open?: Channel;
  operate?: Channel;
}

export interface Entry {
  id: string;
  code?: string;
  title: string;
  table: string;
  summary?: string;
  holder: string;
  holder_name?: string;
  office?: string;
  system?: string;
  source?: string;
  licence?: string;
  keywords?: string[] | null;
  unit: string;
  max_rows_per_subject: number;
  served: string;
  cycle: string;
  grade_basis?: string;
  share: Channel;
  open: Channel;
  operate: Channel;
  fields: CatalogField[] | null;
  state: string;
  version: number;
  opinion?: string;
  author: string;
  published: string;
  supply: { snapshot?: string; rows: number; subjects: number; at: string };
  created: string;
  updated: string;
}

export interface EntryPage {
  entry: Entry;
  holder_name?: string;
  grade: Grade;
  personal: boolean;
  problems: Spot[] | null;
  acts: Option[] | null;
}

export interface Need {
  resource: string;
  fields: string[] | null;
  why: string;
}

export interface Plan {
  title: string;
  purpose: string;
  solution: string;
  safety: string;
  needs: Need[] | null;
  special: boolean;
  budget: number;
  documents?: MatterDocument[] | null;
}

export interface Scenario {
  id: string;
  org: string;
  plan: Plan;
  state: string;
  matter: string;
  permit?: string;
  opened: string;
}

export interface DeclaredModel {
  version: string;
  name: string;
  class: string;
  hash: string;
}

export interface Declaration {
  id: string;
  scenario: string;
  org: string;
  papers: { solution: string; design: string; template?: string; partner?: string };
  models: DeclaredModel[] | null;
  state: string;
  matter: string;
  opened: string;
  agreement?: string;
}

export interface ScenarioPage {
  scenario: Scenario;
  declarations: Declaration[] | null;
  grants: Grant[] | null;
  acts: Option[] | null;
}

export interface Agreement {
  id: string;
  scenario: string;
  declaration: string;
  org: string;
  text: string;
  from: string;
  until: string;
  budget: number;
  signatures: { org: string; account: string; name: string; at: string }[] | null;
  state: string;
  filed_at?: string;
  opened: string;
}

export interface Grant {
  id: string;
  scenario: string;
  declaration: string;
  agreement: string;
  org: string;
  title: string;
  purpose: string;
  models: DeclaredModel[] | null;
  from: string;
  until: string;
  budget: number;
  permit: string;
  opened: string;
}

export interface GrantPage {
  grant: Grant;
  in_force: boolean;
  why?: string;
  acts: Option[] | null;
}

export interface CoverageReport {
  packs:
    | {
        pack: string;
        title: string;
        total: number;
        upheld: number;
        planned: number;
        excused: number;
        obligations:
          | {
              id: string;
              cite: { article: string; quote: string };
              actor: string;
              status: string;
              rules?: string[] | null;
              values?: string[] | null;
              procedures?: string[] | null;
              acts?: string[] | null;
              capability?: string;
              reason?: string;
              note?: string;
            }[]
          | null;
      }[]
    | null;
}

export interface ModelVersion {
  id: string;
  model: string;
  org: string;
  number: number;
  name: string;
  class: string;
  hash: string;
  shared: boolean;
  text: string;
  ir: unknown;
  review: unknown;
  inputs: string[] | null;
  outputs: string[] | null;
  rho: number;
  opened: string;
}
