import type { Me } from "@/api/types";

const has = (me: Me, ...roles: string[]) => me.roles?.some((r) => roles.includes(r)) ?? false;

/** Whoever reads what the bureau and the operator read. The server decides; this only spares a question that it would refuse. */
export const oversees = (me: Me) => has(me, "data-bureau", "platform-operator", "auditor");

/** Whoever may read the register of contract seals. */
export const keepsSeals = (me: Me) => has(me, "data-bureau", "government", "auditor");
