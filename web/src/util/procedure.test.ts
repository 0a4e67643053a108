import { expect, test } from "vitest";
import { arrowsOf, columnsOf } from "./procedure";

const ids = (steps: { id: string; after?: string[]; beside?: string }[]) => columnsOf(steps).map((c) => c.map((s) => s.id));

const scenario = [
  { id: "first" },
  { id: "experts", after: ["first"] },
  { id: "provider", beside: "experts" },
  { id: "final", after: ["experts", "provider"] },
];

test("steps beside each other share a column, and the next waits for both", () => {
  expect(ids(scenario)).toEqual([["first"], ["experts", "provider"], ["final"]]);
});

test("every arrow goes from what is waited for to what waits", () => {
  expect(arrowsOf(scenario).map((a) => `${a.from}>${a.to}`)).toEqual(["first>experts", "first>provider", "experts>final", "provider>final"]);
});

test("steps that wait for nothing open together at acceptance", () => {
  expect(ids([{ id: "a" }, { id: "b" }])).toEqual([["a", "b"]]);
});

test("a pack whose steps wait for each other is drawn, not hung", () => {
  expect(ids([{ id: "a", after: ["b"] }, { id: "b", after: ["a"] }]).flat().sort()).toEqual(["a", "b"]);
});
