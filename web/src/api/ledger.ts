import { get } from "./client";
import type { ReceiptDocument } from "./types";

export function loadReceipt(seq: number): Promise<ReceiptDocument> {
  return get("/v1/ledger/entries/{seq}/receipt", { path: { seq } });
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
