import { expect, test } from "vitest";
import { columnsOf } from "./procedure";

const ids = (steps: { id: string; after?: string[]; beside?: string }[]) => columnsOf(steps).map((c) => c.map((s) => s.id));

test("steps beside each other share a column, and the next waits for both", () => {
  expect(
    ids([
      { id: "first" },
      { id: "experts", after: ["first"] },
      { id: "provider", beside: "experts" },
      { id: "final", after: ["experts", "provider"] },
    ]),
  ).toEqual([["first"], ["experts", "provider"], ["final"]]);
});

test("steps without `after` follow each other", () => {
  expect(ids([{ id: "a" }, { id: "b" }])).toEqual([["a"], ["b"]]);
});

test("a pack whose steps wait for each other is drawn, not hung", () => {
  expect(ids([{ id: "a", after: ["b"] }, { id: "b", after: ["a"] }]).flat().sort()).toEqual(["a", "b"]);
});
