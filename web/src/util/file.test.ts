import { expect, test } from "vitest";
import { typeOf } from "./file";

const bytes = (text: string) => new TextEncoder().encode(text);

test("a file is what its bytes say, and markup is only text", () => {
  expect(typeOf(bytes("%PDF-1.7"))).toBe("application/pdf");
  expect(typeOf(bytes("情况说明\n第一条"))).toBe("text/plain");
  expect(typeOf(bytes("<script>alert(1)</script>"))).toBe("text/plain");
  expect(typeOf(Uint8Array.from([0x50, 0x4b, 3, 4, 0]))).toBeUndefined();
  expect(typeOf(new Uint8Array())).toBeUndefined();
});
