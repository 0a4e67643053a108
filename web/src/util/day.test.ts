import { expect, test } from "vitest";
import { daysBetween, dayWithWeekday, minute } from "./day";

test("a day carries its weekday in the reader's language", () => {
  expect(dayWithWeekday("2026-10-09", "zh-CN")).toBe("2026-10-09 (周五)");
  expect(dayWithWeekday("2026-10-09", "en-US")).toBe("2026-10-09 (Fri)");
});

test("an instant is shown in Shanghai, from text or microseconds", () => {
  expect(minute("2026-10-08T16:30:00Z")).toBe("2026-10-09 00:30");
  expect(minute(Date.parse("2026-10-08T16:30:00Z") * 1000)).toBe("2026-10-09 00:30");
});

test("days between count the calendar, across months", () => {
  expect(daysBetween("2026-09-30", "2026-10-09")).toBe(9);
});
