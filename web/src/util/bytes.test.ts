import { expect, test } from "vitest";
import { fromBase64, positionOfByte, toBase64 } from "./bytes";

test("a byte offset behind Chinese text finds its character", () => {
  const sql = "SELECT '学历', *";
  expect(positionOfByte(sql, 0)).toBe(0);
  expect(positionOfByte(sql, new TextEncoder().encode("SELECT '学历', ").length)).toBe(sql.indexOf("*"));
});

test("an offset inside a character falls on its beginning, one beyond the text on its end", () => {
  expect(positionOfByte("学历", 1)).toBe(0);
  expect(positionOfByte("学历", 3)).toBe(1);
  expect(positionOfByte("学历", 99)).toBe(2);
});

test("characters outside the basic plane count two units", () => {
  expect(positionOfByte("𠮷a", 4)).toBe(2);
});

test("base64 goes there and back", () => {
  const bytes = Uint8Array.from([0, 255, 62, 63]);
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});
