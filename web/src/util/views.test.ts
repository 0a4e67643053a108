import { beforeEach, expect, test, vi } from "vitest";
import { keepViews, keptViews } from "./views";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) });
});

test("views are kept by list", () => {
  keepViews("filings", [{ name: "待报送", filters: { state: "due" } }]);
  expect(keptViews("filings")).toEqual([{ name: "待报送", filters: { state: "due" } }]);
  expect(keptViews("orders")).toEqual([]);
});

test("what is not a view is forgotten", () => {
  localStorage.setItem("yunei.views.filings", '[{"name":1},{"name":"a","filters":{"state":2}},{"name":"b","filters":{}}]');
  expect(keptViews("filings")).toEqual([{ name: "b", filters: {} }]);
  localStorage.setItem("yunei.views.filings", "{");
  expect(keptViews("filings")).toEqual([]);
});

test("a browser without storage goes on", () => {
  vi.stubGlobal("localStorage", { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("denied"); } });
  expect(() => keepViews("filings", [])).not.toThrow();
  expect(keptViews("filings")).toEqual([]);
});
