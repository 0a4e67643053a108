import { useSyncExternalStore } from "react";

// The last act's place in the ledger. The shell shows it as a quiet line; it is no state of any page.

export interface Receipt {
  seq: number;
  at: number;
}

let last: Receipt | undefined;
const listeners = new Set<() => void>();

/** Remembers the receipt that an act's answer carried in its Yunei-Receipt header. */
export function noteReceipt(header: string | null): void {
  const seq = Number(header);
  if (!header || !Number.isSafeInteger(seq)) return;
  last = { seq, at: Date.now() };
  for (const listener of listeners) listener();
}

export function clearReceipt(): void {
  last = undefined;
  for (const listener of listeners) listener();
}

export function useLastReceipt(): Receipt | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
  );
}
