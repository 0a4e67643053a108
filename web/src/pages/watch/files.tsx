import { Table, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { Option } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FormModal, type FormField } from "@/ui/FormModal";
import { EmptyState } from "@/ui/ProblemView";
import { minute } from "@/util/day";

/** One act of a file whose input is a small form, or none at all. */
export interface Ask {
  fields?: FormField<Record<string, string & string[]>>[];
  run: (values: Record<string, string & string[]>) => Promise<unknown>;
  danger?: boolean;
}

/** The acts of a file, each with its form; an act that this page has no form for is not shown. */
export function FileActs({ acts, asks }: { acts: Option[] | null; asks: Record<string, Ask> }) {
  const t = useText();
  const [asking, setAsking] = useState<string>();
  const send = useAct((run: () => Promise<unknown>) => run());
  const ask = asking ? asks[asking] : undefined;
  // One button leads: the first that is open and harms nothing.
  const first = acts?.find((o) => o.allowed && asks[o.act] && !asks[o.act]?.danger)?.act;
  return (
    <>
      {acts?.map((o) => {
        const own = asks[o.act];
        if (!own) return null;
        return own.fields ? (
          <ActButton key={o.act} state={o} primary={o.act === first} label={wordFor(t.ledger.acts, o.act)} run={async () => {}} onOpen={() => setAsking(o.act)} />
        ) : (
          <ActButton key={o.act} state={o} primary={o.act === first} label={wordFor(t.ledger.acts, o.act)} run={() => send.mutateAsync(() => own.run({}))} />
        );
      })}
      {asking && ask?.fields && <FormModal title={wordFor(t.ledger.acts, asking)} fields={ask.fields} danger={ask.danger} run={ask.run} close={() => setAsking(undefined)} />}
    </>
  );
}

/** Evidence is known by its digest. */
export function Evidence({ digests }: { digests?: string[] | null }) {
  const t = useText();
  if (!digests?.length) return <EmptyState title={t.file.noDocuments} />;
  return (
    <ul>
      {digests.map((d) => (
        <li key={d}>
          <Typography.Text code copyable>
            {d}
          </Typography.Text>
        </li>
      ))}
    </ul>
  );
}

export function Reported({ reports }: { reports?: { at: string; text: string; evidence: string[] | null }[] | null }) {
  const t = useText();
  return (
    <Table
      size="small"
      rowKey="at"
      pagination={false}
      dataSource={reports ?? []}
      locale={{ emptyText: <EmptyState title={t.watch.notReported} /> }}
      columns={[
        { title: t.portal.time, width: 150, render: (_, r) => minute(r.at) },
        { title: t.watch.rectified, dataIndex: "text" },
        { title: t.org.evidence, width: 260, render: (_, r) => <Evidence digests={r.evidence} /> },
      ]}
    />
  );
}

export const orderActs = (id: string, t: ReturnType<typeof useText>): Record<string, Ask> => ({
  "watch.order.receive": { run: () => post("/v1/orders/{id}/receive", { path: { id } }) },
  "watch.order.report": {
    fields: [
      { name: "text", label: t.watch.rectified, kind: "area", need: true },
      { name: "evidence", label: t.org.evidence, kind: "files" },
    ],
    run: ({ text = "", evidence }) => post("/v1/orders/{id}/report", { path: { id } }, { text, evidence }),
  },
  "watch.order.decide": {
    fields: [
      { name: "ruling", label: t.watch.ruling, kind: "select", need: true, options: Object.entries(t.watch.rulings).map(([value, label]) => ({ value, label })) },
      { name: "due", label: t.watch.dueDay, kind: "day", extra: t.watch.againHint },
      { name: "reason", label: t.common.reason, kind: "area", need: true },
    ],
    run: ({ ruling, due, reason = "" }) => post("/v1/orders/{id}/decide", { path: { id } }, { ruling: ruling as unknown as "accept", due, reason }),
  },
});
