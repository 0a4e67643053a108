import { Button } from "antd";
import { Link } from "react-router";
import { useLanguage, useText } from "@/text";
import { path } from "@/util/path";

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M24 6H6v20h20V12" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="square" />
      <circle cx="16" cy="16" r="4" fill="#f2b84b" />
    </svg>
  );
}

export function Brand({ place }: { place?: string }) {
  const t = useText();
  return (
    <Link to={path.home()} className="brand">
      <Mark />
      <b>{t.brand.name}</b>
      <span>
        {place}
        {t.brand.product}
      </span>
    </Link>
  );
}

export function LanguageSwitch() {
  const t = useText();
  const { language, choose } = useLanguage();
  return (
    <Button type="text" className="on-navy" onClick={() => choose(language === "zh-CN" ? "en-US" : "zh-CN")} aria-label={`${t.shell.language}：${t.brand.otherLanguage}`}>
      {t.brand.otherLanguage}
    </Button>
  );
}
