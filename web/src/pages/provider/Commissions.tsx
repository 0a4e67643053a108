import { Tag } from "antd";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";

/** 委托: which provider a data user chose for what. Each sees its own; those who supervise see all. */
export function Commissions({ provider }: { provider?: string }) {
  const t = useText();
  return (
    <ResourceTable
      id="commissions"
      endpoint="/v1/commissions"
      params={{ query: { provider } }}
      rowKey="id"
      filters={[{ name: "state", label: t.common.state, tabs: true, options: Object.entries(t.provider.commissionStates).map(([value, label]) => ({ value, label })) }]}
      empty={{ title: t.provider.noCommissions, hint: t.provider.noCommissionsHint }}
      columns={[
        { key: "provider_name", title: t.provider.name, render: (c) => <Link to={path.provider(c.provider)}>{c.provider_name}</Link>, value: (c) => c.provider_name },
        { key: "user_name", title: t.provider.user, width: 220 },
        { key: "content", title: t.provider.content, ellipsis: true },
        { key: "price", title: t.provider.price, width: 140, render: (c) => c.price ?? t.common.none },
        { key: "scenario", title: t.provider.scenario, width: 110, render: (c) => (c.scenario ? <Link to={path.scenario(c.scenario)}>{t.common.view}</Link> : t.common.none), value: (c) => c.scenario },
        { key: "from", title: t.provider.since, width: 150, render: (c) => minute(c.from) },
        { key: "ended", title: t.provider.endedAt, width: 150, render: (c) => (c.ended ? minute(c.ended) : t.common.none), hidden: true },
        { key: "state", title: t.common.state, width: 100, render: (c) => <Tag color={c.state === "running" ? "processing" : undefined}>{wordFor(t.provider.commissionStates, c.state)}</Tag>, value: (c) => wordFor(t.provider.commissionStates, c.state) },
        {
          key: "act",
          title: t.common.actions,
          width: 120,
          render: (c) => c.acts?.map((o) => <ActButton key={o.act} size="small" state={o} label={t.provider.dismiss} run={() => post("/v1/commissions/{id}/dismiss", { path: { id: c.id } })} />),
        },
      ]}
    />
  );
}
