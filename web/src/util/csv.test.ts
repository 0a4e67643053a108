import { expect, test } from "vitest";
import { toCsv } from "./csv";

const columns = [
  { key: "name", title: "名称" },
  { key: "n", title: "数" },
];

test("export quotes what needs quoting and defuses formulas, but leaves numbers alone", () => {
  const csv = toCsv(columns, [
    { name: '含"引号",逗号', n: -3 },
    { name: "=HYPERLINK(1)", n: 2 },
    { name: undefined, n: 0 },
  ]);
  expect(csv.split("\r\n")).toEqual(["名称,数", '"含""引号"",逗号",-3', "'=HYPERLINK(1),2", ",0"]);
});
