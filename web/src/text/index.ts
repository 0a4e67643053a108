import { createContext, useContext } from "react";
import { enUS } from "./en-US";
import { titled } from "./titles";
import { type Words, zhCN } from "./zh-CN";

export type { Words };
export type Language = "zh-CN" | "en-US";

export const words: Record<Language, Words> = { "zh-CN": zhCN, "en-US": enUS };

const remembered = "yunei.language";

/** Chinese unless the reader chose otherwise on this machine. */
export function firstLanguage(): Language {
  try {
    return localStorage.getItem(remembered) === "en-US" ? "en-US" : "zh-CN";
  } catch {
    return "zh-CN";
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(remembered, language);
  } catch {
    // A browser that forbids storage still switches for this visit.
  }
}

export interface LanguageChoice {
  language: Language;
  choose: (language: Language) => void;
  /** The words of that language, with the titles of the law in force. */
  text: Words;
}

export const LanguageContext = createContext<LanguageChoice>({ language: "zh-CN", choose: () => {}, text: titled(zhCN, {}) });

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}

/** Every word on screen, in the reader's language. */
export function useText(): Words {
  return useLanguage().text;
}

/** A word for a code that the server sent; a code nobody gave a word yet shows as itself. */
export function wordFor(table: Record<string, string>, code: string | undefined | null): string {
  return code ? (table[code] ?? code) : "";
}
