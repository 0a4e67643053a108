import { expect, test } from "vitest";
import { path } from "./path";

test("URLs stay what bookmarks and mails hold", () => {
  const written = Object.fromEntries(
    Object.entries(path).map(([name, build]) => [name, (build as (...args: string[]) => string)("x/1", "y 2")]),
  );
  expect(written).toMatchSnapshot();
});
