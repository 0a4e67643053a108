import { Alert, Space, Tag } from "antd";
import { useItem } from "@/api/hooks";
import type { Me, Provider, ProviderPage } from "@/api/types";
import { useText, wordFor } from "@/text";

const moods: Record<string, string | undefined> = { applied: "processing", passed: "warning", refused: "error", listed: "success", delisted: "error" };

export function ProviderState({ state }: { state: Provider["state"] }) {
  const t = useText();
  return <Tag color={moods[state]}>{wordFor(t.provider.states, state)}</Tag>;
}

/** 免责提示, shown wherever somebody may choose a provider. */
export function Disclaimer() {
  const t = useText();
  const query = useItem("/v1/providers/disclaimer");
  if (!query.data) return null;
  return <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={t.provider.disclaimer} description={<span style={{ whiteSpace: "pre-wrap" }}>{query.data.text}</span>} />;
}

interface OfferKinds {
  words: Record<string, string>;
  options: { value: string; label: string }[];
  /** Whether the law in force lists the kinds; where it does not, a provider words them itself. */
  listed: boolean;
  /** Whether providers may build models ahead of demand (先行开发). */
  ahead: boolean;
}

/** The kinds of service that the law in force lists, by its own titles; ours where it lists none. */
export function useOfferKinds(): OfferKinds {
  const t = useText();
  const values = useItem("/v1/regime/values").data?.items ?? [];
  const text = values.find((v) => v.name === "provider.offers")?.text;
  const own = (text?.split(",") ?? []).map((item) => item.trim().split(/ (.*)/));
  const words = { ...t.provider.kinds, ...Object.fromEntries(own.map(([slug = "", title = slug]) => [slug, title])) };
  const slugs = text ? own.map(([slug = ""]) => slug) : Object.keys(t.provider.kinds);
  return {
    words,
    options: slugs.map((value) => ({ value, label: wordFor(words, value) })),
    listed: Boolean(text),
    ahead: Boolean(values.find((v) => v.name === "provider.model.ahead")?.int),
  };
}

export function Services({ provider }: { provider: Provider }) {
  const { words } = useOfferKinds();
  return (
    <Space wrap size={[6, 4]}>
      {provider.services?.map((s, i) => (
        <Tag key={i}>{`${wordFor(words, s.kind)}：${s.title}`}</Tag>
      ))}
    </Space>
  );
}

export function servicesText(words: Record<string, string>, page: ProviderPage): string {
  return page.provider.services?.map((s) => `${wordFor(words, s.kind)}：${s.title}`).join("；") ?? "";
}

/** Those who keep the register. */
export function keepsRegister(me: Me): boolean {
  return me.roles?.some((r) => ["platform-operator", "data-bureau", "auditor"].includes(r)) ?? false;
}
