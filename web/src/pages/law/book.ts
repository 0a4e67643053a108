// A pack read from its articles: which rule, value, procedure and obligation rests on which words of which article.
import type { CoverageReport, Explanation, LawValue, PackInfo, ProcedureOf } from "@/api/types";

export type Obligation = NonNullable<NonNullable<CoverageReport["packs"]>[number]["obligations"]>[number];
export type ValueOfLaw = LawValue;

/** Something that rests on quoted words. */
export interface Rest {
  kind: "rule" | "value" | "procedure" | "step" | "obligation";
  id: string;
  title: string;
  article: string;
  quote?: string;
}

/** Whether a place as cited, such as 二(二)1 or 一(四)、七(二)2, lies in an article. */
export function liesIn(place: string, article: string): boolean {
  return place.split("、").some((one) => one === article || (one.startsWith(article) && /^\d+$/.test(one.slice(article.length))));
}

/** Everything of one pack that rests on its articles. */
export function restsOf(
  pack: string,
  book: { rules: readonly Explanation[]; values: readonly ValueOfLaw[]; procedures: readonly ProcedureOf[]; obligations: readonly Obligation[] },
): Rest[] {
  const mine = book.rules.filter((r) => r.pack === pack);
  return [
    ...mine.flatMap((r) => (r.cites ?? []).map((c): Rest => ({ kind: "rule", id: r.rule, title: r.title || r.rule, article: c.article, quote: c.quote }))),
    ...book.values
      .filter((v) => v.pack === pack)
      .map((v): Rest => ({ kind: "value", id: v.name, title: v.title, article: v.cite.article, quote: v.cite.quote })),
    ...book.procedures.flatMap((p) => [
      ...(p.cite.pack === pack ? [{ kind: "procedure" as const, id: p.kind, title: p.title, article: p.cite.article, quote: p.cite.quote }] : []),
      ...(p.steps ?? [])
        .filter((s) => s.cite.pack === pack)
        .map((s): Rest => ({ kind: "step", id: `${p.kind}.${s.id}`, title: `${p.title}：${s.title}`, article: s.cite.article, quote: s.cite.quote })),
    ]),
    ...book.obligations.map((o): Rest => ({ kind: "obligation", id: o.id, title: o.id, article: o.cite.article, quote: o.cite.quote })),
  ];
}

export interface Piece {
  text: string;
  /** What rests on these words; none for words that nothing quotes. */
  rests: Rest[];
}

/** An article cut at the borders of the quotes in it, each piece with all that rests on it. */
export function piecesOf(text: string, rests: readonly Rest[]): Piece[] {
  const spans = rests.flatMap((rest) => {
    const at = rest.quote ? text.indexOf(rest.quote) : -1;
    return at < 0 || !rest.quote ? [] : [{ from: at, to: at + rest.quote.length, rest }];
  });
  const borders = [...new Set([0, text.length, ...spans.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  return borders.slice(0, -1).map((from, i) => ({
    text: text.slice(from, borders[i + 1]),
    rests: spans.filter((s) => s.from <= from && from < s.to).map((s) => s.rest),
  }));
}

export interface Effective {
  key: string;
  title: string;
  from?: string;
  until?: string;
  kind: "pack" | "trial" | "rule" | "value";
}

/** What has dates of its own, for the line of time: what has none lives as long as its pack. */
export function effectiveOf(pack: PackInfo, rules: readonly Explanation[], values: readonly ValueOfLaw[]): Effective[] {
  const own = (from?: string, until?: string) => Boolean((from && from !== pack.from) || (until && until !== pack.until));
  return [
    ...rules
      .filter((r) => r.pack === pack.id && own(r.from, r.until))
      .map((r): Effective => ({ key: r.rule, title: r.title || r.rule, from: r.from, until: r.until, kind: "rule" })),
    ...values
      .filter((v) => v.pack === pack.id && own(v.from, v.until))
      .map((v): Effective => ({ key: v.name + v.from, title: v.title, from: v.from, until: v.until, kind: "value" })),
  ];
}
