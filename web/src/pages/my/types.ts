import type { Option } from "@/api/types";

/** An authorization document (授权书) as it may be shown. */
export interface ConsentItem {
  id: string;
  terms: {
    template: string;
    number: string;
    recipients: { org: string; name: string; uscc: string; role: string }[] | null;
    purpose: { scenario: string; text: string; use: string; business_no?: string };
    data: { resource: string; name: string; provider: string; fields: { name: string; title: string }[] | null }[] | null;
    manner: string[] | null;
    outputs: { name: string; text: string }[] | null;
    from: string;
    until: string;
    max_uses: number;
    retention: string;
    separate?: string[] | null;
    signed_at: string;
  };
  standing: string;
  reason?: string;
  uses: number;
  digest: string;
  submitted_by?: string;
  received: string;
  closed?: string;
  erased?: string;
}

export interface ConsentPage {
  consent: ConsentItem;
  acts: Option[] | null;
}

/** One answered query about a person: who, when, for what, under which document. */
export interface Seen {
  id: string;
  at: string;
  org: string;
  organization: string;
  scenario: string;
  title: string;
  consent: string;
  number: string;
  use: number;
  fields: string[] | null;
  outputs: string[] | null;
}
