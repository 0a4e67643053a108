import type { Me } from "@/api/types";

const has = (me: Me, ...roles: string[]) => me.roles?.some((r) => roles.includes(r)) ?? false;

/** Whoever reads what the bureau and the operator read. The server decides; this only spares a question that it would refuse. */
export const oversees = (me: Me) => has(me, "data-bureau", "platform-operator", "auditor");

/** An organization's file: its own, or those who decide and supervise. */
export const readsFile = (me: Me, org: string) => me.org === org || oversees(me) || has(me, "authorizing-department");

/** An organization's credit file, which those who assess an application read too. */
export const readsCredit = (me: Me, org: string) => readsFile(me, org) || has(me, "coordination-mechanism", "expert");

/** Whoever may read the register of contract seals. */
export const keepsSeals = (me: Me) => has(me, "data-bureau", "government", "auditor");

/** Whoever may search the network log. */
export const searchesLog = (me: Me) => has(me, "data-bureau", "auditor", "regulator");
