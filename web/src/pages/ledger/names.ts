import type { Words } from "@/text";

/** The name of an act; one without a name yet shows its code. */
export function actName(t: Words, act: string): string {
  return t.ledger.acts[act] ?? act;
}

/** Who acted, in words; a legal representative acts by the certificate, without an account. */
export function actorName(t: Words, entry: { org_name?: string; actor_name?: string; actor?: string }): string {
  const who = entry.actor_name ?? (entry.actor?.startsWith("representative:") ? t.admission.representative : entry.actor);
  return [entry.org_name, who].filter(Boolean).join(" · ");
}
