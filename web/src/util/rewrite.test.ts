import { expect, test } from "vitest";
import { replacement, rewritten } from "./rewrite";

const apply = (text: string, hint: string, start = 0, end = 0) => {
  const r = replacement(text, { hint, start, end });
  return r && rewritten(text, r);
};

test("an expression replaces the refused words, counted in bytes", () => {
  const text = "SELECT '学历', a / b FROM t";
  const start = new TextEncoder().encode("SELECT '学历', ").length;
  expect(apply(text, "safe_div(a, b)", start, start + 5)).toBe("SELECT '学历', safe_div(a, b) FROM t");
});

test("a whole statement replaces the whole text", () => {
  expect(apply("SELECT * FROM t", "SELECT education, COUNT(*) AS n FROM t GROUP BY education", 7, 8)).toBe(
    "SELECT education, COUNT(*) AS n FROM t GROUP BY education",
  );
});

test("prose is not written into a model, Chinese values are", () => {
  expect(apply("SELECT * FROM t", "请逐列写明", 7, 8)).toBeUndefined();
  expect(apply("x", "CASE WHEN a = 1 THEN '高' ELSE '低' END", 0, 1)).toBe("CASE WHEN a = 1 THEN '高' ELSE '低' END");
});
