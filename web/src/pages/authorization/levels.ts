import { useItem } from "@/api/hooks";

export type Level = "operator" | "developer";

const kindOf: Record<Level, string> = { operator: "grant.operator", developer: "grant.developer" };

/** The levels of authorization that the law in force knows: those it has a procedure for. */
export function useLevels() {
  const procedures = useItem("/v1/regime/procedures");
  const all = procedures.data?.items ?? [];
  const levels = (["operator", "developer"] as const).flatMap((level) => {
    const procedure = all.find((p) => p.kind === kindOf[level]);
    return procedure ? [{ level, kind: kindOf[level], procedure }] : [];
  });
  return { levels, query: procedures };
}

/** The role that the holder of a level acts in; its title is the regulation's. */
export const roleOfLevel: Record<Level, string> = { operator: "authorized-operator", developer: "data-user" };
