import type { MatterStep } from "@/api/types";

/** What the reader was asked beside the step (加签) and has not answered yet. */
export const askOf = (step: MatterStep, account: string) => step.asks?.find((a) => a.account === account && !a.when);
