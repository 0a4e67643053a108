import type { Me, MatterStep } from "@/api/types";

/** What the reader was asked beside the step (加签) and has not answered yet. */
export const askOf = (step: MatterStep, me: Me) => step.asks?.find((a) => !a.when && (a.org ? a.org === me.org : a.account === me.account));
