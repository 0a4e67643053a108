import { App, ConfigProvider } from "antd";
import antdEn from "antd/locale/en_US";
import antdZh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { type ReactNode, useMemo, useState } from "react";
import { useRegime } from "@/api/law";
import { firstLanguage, type Language, LanguageContext, rememberLanguage, words } from "@/text";
import { titled } from "@/text/titles";
import { theme } from "@/theme";

function apply(language: Language) {
  dayjs.locale(language === "zh-CN" ? "zh-cn" : "en");
  document.documentElement.lang = language;
  document.title = `${words[language].brand.name} · ${words[language].brand.product}`;
}

/** Language and looks around everything. */
export function Dressed({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => {
    const first = firstLanguage();
    apply(first);
    return first;
  });
  const roles = useRegime().data?.roles;
  const choice = useMemo(
    () => ({
      language,
      // The regulations are in Chinese; an English reader keeps our English words for the bodies they name.
      text: titled(words[language], language === "zh-CN" ? (roles ?? {}) : {}),
      choose: (next: Language) => {
        rememberLanguage(next);
        apply(next);
        setLanguage(next);
      },
    }),
    [language, roles],
  );
  // The library names its closing cross in English.
  const named = { "aria-label": choice.text.common.close };
  return (
    <LanguageContext.Provider value={choice}>
      <ConfigProvider locale={language === "zh-CN" ? antdZh : antdEn} theme={theme} button={{ autoInsertSpace: false }} modal={{ closable: named }} drawer={{ closable: named }}>
        <App style={{ minHeight: "100%" }}>{children}</App>
      </ConfigProvider>
    </LanguageContext.Provider>
  );
}
