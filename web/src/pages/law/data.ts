import { useItem } from "@/api/hooks";
import type { Explanation, ProcedureOf } from "@/api/types";
import type { Obligation, ValueOfLaw } from "./book";

const none: never[] = [];

/** All that a reader of one pack looks up: its rules, values, procedures and obligations. */
export function useLawBook(pack: string) {
  const rules = useItem("/v1/regime/rules");
  const values = useItem("/v1/regime/values");
  const procedures = useItem("/v1/regime/procedures");
  const coverage = useItem("/v1/regime/coverage");
  const mine = coverage.data?.packs?.find((p) => p.pack === pack);
  return {
    rules: (rules.data?.items ?? none) as Explanation[],
    values: (values.data?.items ?? none) as ValueOfLaw[],
    procedures: (procedures.data?.items ?? none) as ProcedureOf[],
    coverage: mine,
    obligations: (mine?.obligations ?? none) as Obligation[],
    pending: rules.isPending || values.isPending || procedures.isPending || coverage.isPending,
    problem: rules.error ?? values.error ?? procedures.error ?? coverage.error,
  };
}
