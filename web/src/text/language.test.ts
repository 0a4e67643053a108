import { expect, test } from "vitest";
import { enUS } from "./en-US";
import { zhCN } from "./zh-CN";

/** Every text with its place; a text with blanks is read with its blanks filled. */
function texts(of: unknown, at = ""): [string, string][] {
  if (typeof of === "string") return [[at, of]];
  if (typeof of === "function") return [[at, String((of as (...blanks: unknown[]) => unknown)(...Array.from({ length: of.length }, () => 2)))]];
  return Object.entries(of as object).flatMap(([k, v]) => texts(v, `${at}.${k}`));
}

test("nothing Chinese is left in English but quoted titles and the way back", () => {
  expect(texts(enUS).filter(([at, s]) => at !== ".brand.otherLanguage" && /[\u4e00-\u9fff]/.test(s.replace(/“[^”]*”|《[^》]*》|\([^)]*\)/g, "")))).toEqual([]);
});

test("nothing in Chinese is an English sentence", () => {
  expect(texts(zhCN).filter(([, s]) => !/[\u4e00-\u9fff]/.test(s) && /[A-Za-z]{2,} [a-z]{2,}/.test(s))).toEqual([]);
});
