import { useQueries } from "@tanstack/react-query";
import { get } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Explanation, ProcedureOf } from "@/api/types";
import type { Obligation } from "./book";

const none: never[] = [];

/** The kinds of matter that the loaded packs decide, each with its procedure of today. */
export function useProcedures(): { procedures: ProcedureOf[]; pending: boolean } {
  const coverage = useItem("/v1/regime/coverage");
  const kinds = [...new Set((coverage.data?.packs ?? []).flatMap((p) => (p.obligations ?? []).flatMap((o) => o.procedures ?? [])))];
  const answers = useQueries({
    queries: kinds.map((id) => ({ queryKey: ["/v1/regime/procedures/{id}", { path: { id } }], queryFn: () => get("/v1/regime/procedures/{id}", { path: { id } }) })),
    combine: (all) => ({ procedures: all.flatMap((a) => (a.data ? [a.data] : [])), pending: all.some((a) => a.isPending) }),
  });
  return { procedures: answers.procedures, pending: coverage.isPending || answers.pending };
}

/** All that a reader of one pack looks up: its rules, procedures and obligations. */
export function useLawBook(pack: string) {
  const rules = useItem("/v1/regime/rules");
  const coverage = useItem("/v1/regime/coverage");
  const { procedures, pending } = useProcedures();
  const mine = coverage.data?.packs?.find((p) => p.pack === pack);
  return {
    rules: (rules.data?.items ?? none) as Explanation[],
    procedures,
    coverage: mine,
    obligations: (mine?.obligations ?? none) as Obligation[],
    pending: rules.isPending || coverage.isPending || pending,
    problem: rules.error ?? coverage.error,
  };
}
