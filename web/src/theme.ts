import type { ThemeConfig } from "antd";

/** One palette, chosen to stay apart for colour-blind eyes (after Okabe and Ito), in the order charts use it. */
export const palette = ["#17509e", "#d97706", "#0f8a6d", "#9a3c7a", "#5b8fd6", "#8a6d1f", "#c2410c", "#475569"];

export const ink = { navy: "#0d2f63", blue: "#17509e", line: "#e3e8f0", soft: "#5b6678", gold: "#c8922e" };

export const tone = {
  good: "#1f7a4d",
  warn: "#a15c00",
  bad: "#b3261e",
  quiet: "#5b6678",
};

export const theme: ThemeConfig = {
  token: {
    colorPrimary: ink.blue,
    colorInfo: ink.blue,
    colorLink: ink.blue,
    colorSuccess: tone.good,
    colorWarning: tone.warn,
    colorError: tone.bad,
    colorSuccessBg: "#e9f6ef",
    colorSuccessBorder: "#b7dfc8",
    colorWarningBg: "#fdf4e3",
    colorWarningBorder: "#f0d5a0",
    colorErrorBg: "#fdeeec",
    colorErrorBorder: "#f3c6c1",
    colorInfoBg: "#eef4fc",
    colorInfoBorder: "#c3d7f2",
    colorText: "#1b2433",
    // The library's greys for notes and hints are too pale for AA on white.
    colorTextSecondary: ink.soft,
    colorTextTertiary: ink.soft,
    colorTextDescription: ink.soft,
    colorTextPlaceholder: "#667085",
    colorBgLayout: "#f2f5f9",
    colorBorderSecondary: ink.line,
    borderRadius: 4,
    borderRadiusLG: 6,
    fontSize: 14,
    fontFamily:
      '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,-apple-system,"Segoe UI",sans-serif',
    fontFamilyCode: '"JetBrains Mono","Cascadia Code",Consolas,"Noto Sans Mono CJK SC",ui-monospace,monospace',
    // Who asked the system for less motion gets none (WCAG 2.3.3).
    motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    motionDurationMid: "0.12s",
    motionDurationSlow: "0.16s",
  },
  components: {
    Layout: { headerBg: ink.navy, headerHeight: 56, bodyBg: "#f2f5f9", siderBg: "#ffffff" },
    Menu: { itemHeight: 38, itemBorderRadius: 4, itemSelectedBg: "#e6eef9", itemSelectedColor: ink.blue, groupTitleFontSize: 12, groupTitleColor: ink.soft },
    Table: { headerBg: "#f6f8fb", headerColor: "#3b475a", cellPaddingBlock: 11, rowSelectedBg: "#eef4fb", rowSelectedHoverBg: "#e6eef9" },
    Card: { headerFontSize: 15 },
    Tabs: { horizontalItemPadding: "12px 2px" },
    Descriptions: { labelBg: "#f6f8fb" },
  },
};
