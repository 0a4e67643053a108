import type { Explanation } from "@/api/types";
import type { Words } from "@/text";
import { wordFor } from "@/text";
import type { ValueOfLaw } from "./book";

/** A value of the law in words: 3 年, 2 个工作日. */
export function valueText(value: ValueOfLaw, t: Words): string {
  // A list of roles reads as their titles.
  if (value.text) return value.text.replace(/[a-z]+(-[a-z]+)+/g, (slug) => t.roles[slug] ?? slug);
  if (value.unit === "fen") return `¥${(value.int / 100).toFixed(2)}`;
  return `${value.int} ${wordFor(t.law.units, value.unit)}`.trim();
}

/** A rule's sentence before it is spoken to anybody: the names of what it will fill in stand for the values. */
export function messageWords(rule: Explanation, t: Words): string {
  return rule.message.replace(/\{([^}]+)\}/g, (whole, name: string) => {
    if (name === "missing") return t.law.missingPapers;
    const value = rule.values?.find((v) => `param.${v.name}` === name);
    if (value) return String(value.text || value.int);
    const fact = rule.facts?.find((f) => f.name === name);
    return fact?.title ? `【${fact.title.replace(/\s*[(（].*$/, "")}】` : whole;
  });
}
