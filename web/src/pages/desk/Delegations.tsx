import { Button, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";

interface Values {
  to: string;
  since: string;
  until: string;
  reason: string;
}

/** 委派: a colleague acts while one is away; their decisions say for whom. */
export function Delegations() {
  const t = useText();
  const [asking, setAsking] = useState(false);
  const colleagues = useItem("/v1/colleagues").data?.items ?? [];
  const list = useItem("/v1/delegations").data?.items?.filter((d) => !d.ended) ?? [];
  const nameOf = (account: string) => colleagues.find((c) => c.account === account)?.name ?? account;
  // Alone in one's organization there is nobody to hand work to.
  if (colleagues.length === 0 && list.length === 0) return null;
  return (
    <Panel
      title={t.desk.delegations}
      extra={
        <Button size="small" onClick={() => setAsking(true)}>
          {t.desk.delegate}
        </Button>
      }
    >
      {list.length === 0 && <Typography.Text type="secondary">{t.desk.noDelegations}</Typography.Text>}
      <ul className="bulk-results">
        {list.map((d) => (
          <li key={d.id}>
            <div style={{ flex: 1 }}>
              {t.desk.delegated(nameOf(d.from), nameOf(d.to), d.since, d.until)}
              <div>
                <Typography.Text type="secondary">{d.reason}</Typography.Text>
              </div>
            </div>
            <ActButton size="small" label={t.desk.endDelegation} run={() => post("/v1/delegations/{id}/end", { path: { id: d.id } })} />
          </li>
        ))}
      </ul>
      {asking && (
        <FormModal<Values>
          title={t.desk.delegate}
          close={() => setAsking(false)}
          run={(v) => post("/v1/delegations", {}, v)}
          fields={[
            { name: "to", label: t.desk.delegateTo, kind: "select", need: true, options: colleagues.map((c) => ({ value: c.account, label: c.name })) },
            { name: "since", label: t.common.from, kind: "day", need: true },
            { name: "until", label: t.common.until, kind: "day", need: true },
            { name: "reason", label: t.common.reason, kind: "area", need: true },
          ]}
        />
      )}
    </Panel>
  );
}
