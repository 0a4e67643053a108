import { Alert, Button, Table, Tag } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me } from "@/api/types";
import { type Words, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";

/** The fields that the regulation names or that somebody is in, and beside them the usual ones. */
function choices(fields: readonly { id: string; title: string }[], t: Words): { value: string; label: string }[] {
  const named = fields.map((f) => ({ value: f.id, label: f.title === f.id ? wordFor(t.register.expertFields, f.id) : f.title }));
  const usual = Object.entries(t.register.expertFields).map(([value, label]) => ({ value, label }));
  return [...named, ...usual.filter((u) => !named.some((n) => n.value === u.value))];
}

/** 专家组: who was confirmed, in which fields, and which field of the regulation has nobody. */
export function Experts() {
  const t = useText();
  const me = useOutletContext<Me>();
  const query = useItem("/v1/experts");
  const [confirming, setConfirming] = useState(false);
  const bureau = me.roles?.includes("data-bureau");
  return (
    <Loaded query={query}>
      {({ experts, fields, waiting }) => {
        const titles: Record<string, string> = Object.fromEntries((fields ?? []).map((f) => [f.id, f.title]));
        return (
          <>
            {fields
              ?.filter((f) => f.needed && f.members === 0)
              .map((f) => (
                <Alert
                  key={f.id}
                  type="warning"
                  showIcon
                  style={{ marginBottom: 8 }}
                  title={
                    <>
                      {t.register.fieldEmpty(f.title)} {f.cite && <Citation cite={f.cite} />}
                    </>
                  }
                />
              ))}
            {Boolean(waiting?.length) && <Alert type="info" showIcon style={{ marginBottom: 8 }} title={t.register.unconfirmed(waiting?.map((a) => a.name).join("、") ?? "")} />}
            {bureau && (
              <Button type="primary" style={{ marginBottom: 12 }} onClick={() => setConfirming(true)}>
                {t.register.confirmExpert}
              </Button>
            )}
            <Table
              size="middle"
              rowKey="id"
              pagination={false}
              dataSource={experts ?? []}
              scroll={{ x: 800 }}
              locale={{ emptyText: <EmptyState title={t.register.noExperts} hint={t.register.noExpertsHint} /> }}
              columns={[
                { title: t.people.realName, width: 140, render: (_, e) => <b style={{ fontWeight: 500 }}>{e.name}</b> },
                { title: t.register.fields, render: (_, e) => e.fields?.map((f) => <Tag key={f}>{titles[f] && titles[f] !== f ? titles[f] : wordFor(t.register.expertFields, f)}</Tag>) },
                { title: t.notice.document, dataIndex: "document", width: 200 },
                { title: t.people.since, width: 200, render: (_, e) => (e.ended ? `${e.from} – ${e.ended}` : e.from) },
                {
                  title: t.common.actions,
                  width: 140,
                  render: (_, e) => bureau && e.state === "confirmed" && <ActButton size="small" dangerous label={t.register.endExpert} run={({ reason }) => post("/v1/experts/{id}/end", { path: { id: e.id } }, { reason: reason ?? "" })} />,
                },
              ]}
            />
            {confirming && (
              <FormModal<{ account: string; fields: string[]; document: string }>
                title={t.register.confirmExpert}
                close={() => setConfirming(false)}
                run={(v) => post("/v1/experts", {}, v)}
                fields={[
                  {
                    name: "account",
                    label: t.roles.expert,
                    kind: "select",
                    need: true,
                    options: [...(waiting ?? []).map((a) => ({ value: a.id, label: a.name })), ...(experts ?? []).filter((e) => e.state === "confirmed").map((e) => ({ value: e.account, label: e.name }))],
                  },
                  { name: "fields", label: t.register.fields, kind: "multiple", need: true, options: choices(fields ?? [], t) },
                  { name: "document", label: t.notice.document, need: true, max: 120 },
                ]}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}
