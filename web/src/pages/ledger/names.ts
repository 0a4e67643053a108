import type { Words } from "@/text";

/** The name of an act; one without a name yet shows its code. */
export function actName(t: Words, act: string): string {
  return t.ledger.acts[act] ?? act;
}
