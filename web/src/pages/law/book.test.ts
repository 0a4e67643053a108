import { expect, test } from "vitest";
import { liesIn, piecesOf, type Rest } from "./book";

const rest = (id: string, quote: string): Rest => ({ kind: "rule", id, title: id, article: "二(一)", quote });

test("a numbered item lies in its article, another article does not", () => {
  expect(liesIn("二(二)1", "二(二)")).toBe(true);
  expect(liesIn("二(二)", "二(二)")).toBe(true);
  expect(liesIn("二(二)", "二")).toBe(false);
  expect(liesIn("一(四)、七(二)2", "七(二)")).toBe(true);
});

test("quotes that overlap are cut at their borders, and no word is lost", () => {
  const text = "申请单位近三年内未发生违法失信行为";
  const pieces = piecesOf(text, [rest("record", "近三年内未发生违法"), rest("years", "近三年内"), rest("gone", "原文没有")]);
  expect(pieces.map((p) => p.text).join("")).toBe(text);
  expect(pieces.map((p) => [p.text, p.rests.map((r) => r.id)])).toEqual([
    ["申请单位", []],
    ["近三年内", ["record", "years"]],
    ["未发生违法", ["record"]],
    ["失信行为", []],
  ]);
});
