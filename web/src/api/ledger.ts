import { get } from "./client";
import type { Receipt } from "@/verify/receipt";

/** A receipt as the server hands it out: both trees. A browser checks the SHA-256 one; the SM3 one is for `yunei ledger verify`. */
export interface ReceiptDocument extends Receipt {
  sm3_proof: string[] | null;
  sm3_checkpoint: string;
  sm3_key: string;
}

export interface Change {
  kind: string;
  id: string;
  before?: string;
  after: string;
}

export interface LedgerItem {
  seq: number;
  recorded: string;
  occurred: string;
  actor?: string;
  actor_name?: string;
  org?: string;
  org_name?: string;
  act: string;
  outcome: string;
  changes?: Change[] | null;
  regimes?: string[] | null;
  verdicts?: { rule: string; outcome: string }[] | null;
  matter?: string;
  step?: string;
  start?: number;
  request?: string;
  note?: string;
  leaf?: number;
}

export function loadReceipt(seq: number): Promise<ReceiptDocument> {
  return get<ReceiptDocument>("/v1/ledger/entries/{seq}/receipt", { path: { seq } });
}

const pinned = "yunei.ledger.key";

/** The log key this browser first saw; a later, different one means another ledger. */
export function pinnedKey(seen: string): string {
  try {
    const before = localStorage.getItem(pinned);
    if (before) return before;
    localStorage.setItem(pinned, seen);
  } catch {
    // Without storage every visit is a first one.
  }
  return seen;
}
