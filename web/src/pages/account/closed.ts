import { useItem } from "@/api/hooks";
import type { Cite } from "@/api/problem";
import { useRegime } from "@/api/law";
import type { ActState } from "@/ui/ActButton";

/** What the law in force says of an act, article by article. */
export function useCitesOf(): (act: string) => Cite[] {
  const rules = useItem("/v1/regime/rules");
  const regime = useRegime();
  return (act) =>
    (rules.data?.items ?? [])
      .filter((r) => r.acts?.some((a) => a.name === act))
      .flatMap((r) => (r.cites ?? []).map((c) => ({ article: c.article, quote: c.quote, law: regime.data?.packs?.find((p) => p.id === r.pack)?.title, pack: r.pack, rule: r.rule, message: r.message }) as Cite));
}

/** Acts that the API lists no options for: closed where the object on screen already shows that the server would refuse. */
export function useClosed(): (act: string, ...reasons: (string | false | undefined)[]) => ActState {
  const cites = useCitesOf();
  return (act, ...reasons) => {
    const reason = reasons.find(Boolean) || undefined;
    return { act, allowed: !reason, reason, cites: reason ? cites(act) : undefined };
  };
}
