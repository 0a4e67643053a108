import { useItem } from "@/api/hooks";
import type { Training } from "@/api/types";
import { today } from "@/util/day";

/** What the law in force adds to the courses: a pass mark of its own, and for how long a result counts. */
export function useTrainingLaw() {
  const values = useItem("/v1/regime/values").data?.items ?? [];
  const rules = useItem("/v1/regime/rules").data?.items ?? [];
  const on = (fact: string) => rules.filter((r) => r.facts?.some((f) => f.name === fact));
  return {
    mark: values.find((v) => v.name === "training.pass"),
    months: values.find((v) => v.name === "training.valid"),
    training: [...on("account.trained"), ...on("org.trained")],
    secrecy: [...on("account.confidential"), ...on("org.confidential")],
  };
}

/** The pass mark that counts: the course's, or the law's where that is higher. */
export function markOf(course: number, law: number | undefined): number {
  return Math.max(course, law ?? 0);
}

export function counts(r: Training): boolean {
  return r.passed && (!r.until || r.until >= today());
}
