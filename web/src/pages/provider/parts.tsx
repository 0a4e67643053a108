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

export function Services({ provider }: { provider: Provider }) {
  const t = useText();
  return (
    <Space wrap size={[6, 4]}>
      {provider.services?.map((s, i) => (
        <Tag key={i}>{`${wordFor(t.provider.kinds, s.kind)}：${s.title}`}</Tag>
      ))}
    </Space>
  );
}

export function servicesText(t: ReturnType<typeof useText>, page: ProviderPage): string {
  return page.provider.services?.map((s) => `${wordFor(t.provider.kinds, s.kind)}：${s.title}`).join("；") ?? "";
}

/** Those who keep the register. */
export function keepsRegister(me: Me): boolean {
  return me.roles?.some((r) => ["platform-operator", "data-bureau", "auditor"].includes(r)) ?? false;
}
