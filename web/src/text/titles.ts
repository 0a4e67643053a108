import type { Words } from "./zh-CN";

const slot = /\{([a-z][a-z0-9.-]*)\}/g;

/**
 * The words with the regulation's own titles in them: `{data-bureau}` becomes what the law in force calls that body, or, where it
 * has no title of its own, our word. A deployment that runs another regulation so speaks another language without a change here.
 */
export function titled(words: Words, titles: Record<string, string>): Words {
  const known: Record<string, string> = { ...words.roles };
  for (const [slug, title] of Object.entries(titles)) if (title && title !== slug) known[slug] = title;
  const fill = (text: string) => text.replace(slot, (whole, slug: string) => known[slug] ?? whole);
  const dress = (value: unknown): unknown => {
    if (typeof value === "string") return fill(value);
    if (typeof value === "function") {
      return (...given: unknown[]) => {
        const said = (value as (...a: unknown[]) => unknown)(...given);
        return typeof said === "string" ? fill(said) : said;
      };
    }
    if (Array.isArray(value)) return value.map(dress);
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, dress(v)]));
    return value;
  };
  return { ...(dress(words) as Words), roles: known };
}
