import { App, ConfigProvider } from "antd";
import antdEn from "antd/locale/en_US";
import antdZh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { type ReactNode, useMemo, useState } from "react";
import { firstLanguage, type Language, LanguageContext, rememberLanguage, words } from "@/text";
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
  const choice = useMemo(
    () => ({
      language,
      choose: (next: Language) => {
        rememberLanguage(next);
        apply(next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return (
    <LanguageContext.Provider value={choice}>
      <ConfigProvider locale={language === "zh-CN" ? antdZh : antdEn} theme={theme} button={{ autoInsertSpace: false }}>
        <App style={{ minHeight: "100%" }}>{children}</App>
      </ConfigProvider>
    </LanguageContext.Provider>
  );
}
