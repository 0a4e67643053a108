// Dates as officials write them: 2026-10-09 (周五). Instants from the server are UTC; screens show Asia/Shanghai.
import type { Language } from "@/text";

const zone = "Asia/Shanghai";

const weekday = {
  "zh-CN": new Intl.DateTimeFormat("zh-CN", { weekday: "short", timeZone: zone }),
  "en-US": new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone: zone }),
} satisfies Record<Language, Intl.DateTimeFormat>;

const minutes = new Intl.DateTimeFormat("sv-SE", {
  dateStyle: "short",
  timeStyle: "short",
  timeZone: zone,
});

/** A legal day, `2026-10-09`, with its weekday. */
export function dayWithWeekday(day: string, language: Language): string {
  const instant = new Date(`${day.slice(0, 10)}T12:00:00+08:00`);
  return Number.isNaN(instant.getTime()) ? day : `${day.slice(0, 10)} (${weekday[language].format(instant)})`;
}

/** An instant to the minute in Shanghai; the server sends RFC 3339 text or microseconds. */
export function minute(instant: string | number | undefined | null): string {
  if (instant === undefined || instant === null || instant === "") return "";
  const date = new Date(typeof instant === "number" ? instant / 1000 : instant);
  return Number.isNaN(date.getTime()) ? String(instant) : minutes.format(date);
}

/** The legal day in Shanghai of an instant. */
export function dayOf(instant: string): string {
  return minute(instant).slice(0, 10);
}

/** Today's legal day in Shanghai. */
export function today(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date());
}

/** Calendar days from one legal day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 86_400_000);
}
