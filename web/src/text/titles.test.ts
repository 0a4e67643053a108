import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { enUS } from "./en-US";
import { titled } from "./titles";
import { zhCN } from "./zh-CN";

test("a sentence names the bodies as the law in force does, and as we do where it is silent", () => {
  const t = titled(zhCN, { "data-bureau": "同级人民政府数据主管部门", "data-provider": "data-provider" });
  expect(t.catalog.lead).toContain("数据提供单位编制，同级人民政府数据主管部门审核发布");
  expect(t.roles["data-bureau"]).toBe("同级人民政府数据主管部门");
  expect(t.list.total(3, false)).toBe("共 3 条");
});

test("no word on screen belongs to one city, and every slot is filled", () => {
  for (const words of [zhCN, enUS]) {
    const said: string[] = [];
    const walk = (value: unknown) => {
      if (typeof value === "string") said.push(value);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
    };
    walk(titled(words, {}));
    expect(said.filter((s) => /福建|泉州|Fujian|Quanzhou|贵州|舟山/.test(s))).toEqual([]);
    expect(said.filter((s) => /\{[a-z]/.test(s))).toEqual([]);
  }
});

test("every role of the vocabulary has a name in both languages", () => {
  const vocabulary = readFileSync(new URL("../../../regimes/vocabulary.yaml", import.meta.url), "utf8");
  const roles = [...vocabulary.slice(vocabulary.indexOf("\nroles:"), vocabulary.indexOf("\nacts:")).matchAll(/name: ([a-z][a-z.-]+)/g)].map((m) => m[1] ?? "");
  expect(roles).toContain("regulator");
  for (const words of [zhCN, enUS]) expect(roles.filter((n) => !(n in words.roles))).toEqual([]);
});

test("every act of the vocabulary has a name in both languages", () => {
  const vocabulary = readFileSync(new URL("../../../regimes/vocabulary.yaml", import.meta.url), "utf8");
  const acts = vocabulary.slice(vocabulary.indexOf("\nacts:"), vocabulary.indexOf("\nfacts:")).matchAll(/name: ([a-z][a-z.-]+)/g);
  const names = [...acts].map((m) => m[1] ?? "");
  expect(names.length).toBeGreaterThan(100);
  for (const words of [zhCN, enUS]) expect(names.filter((n) => !(n in words.ledger.acts))).toEqual([]);
});
