import { Alert, Button, Descriptions, Drawer, Dropdown, Space, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Connection, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { FormModal, type FormField } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";

type Kind = Connection["kind"];
type Values = Record<string, string> & { builder_access?: boolean };

/** The papers that the law asks of a kind of system. */
function usePapers(kind: Kind) {
  return useItem("/v1/connection-papers").data?.[kind] ?? [];
}

/** One certificate's part of a form; its fields bear the paper's word. */
function paperFields(t: ReturnType<typeof useText>, what: string, title: string, need: boolean): FormField<Values>[] {
  return [
    { name: `${what}_number`, label: `${title} · ${t.org.certificateNumber}`, need, max: 120 },
    { name: `${what}_issuer`, label: `${title} · ${t.connect.issuer}`, need, max: 120 },
    { name: `${what}_from`, label: `${title} · ${t.connect.validFrom}`, kind: "day", need },
    { name: `${what}_until`, label: `${title} · ${t.connect.validUntil}`, kind: "day", extra: t.designation.untilHint },
    { name: `${what}_paper`, label: `${title} · ${t.org.scan}`, kind: "file", need },
  ];
}

/** The certificates of a form that were filled in. */
const certificates = (v: Values, words: string[]) =>
  words
    .filter((w) => v[`${w}_number`])
    .map((w) => ({ kind: w, number: v[`${w}_number`] ?? "", issuer: v[`${w}_issuer`] ?? "", from: v[`${w}_from`] ?? "", until: v[`${w}_until`], paper: v[`${w}_paper`] ?? "" }));

function Asking({ kind, close }: { kind: Kind; close: () => void }) {
  const t = useText();
  const papers = usePapers(kind);
  return (
    <FormModal<Values>
      key={papers.length}
      title={`${t.connect.ask}：${wordFor(t.connect.kinds, kind)}`}
      lead={papers.map((p) => (
        <p key={p.what}>
          {`${t.connect.needs(p.title)} `}
          <Citation cite={p.cite} />
        </p>
      ))}
      close={close}
      run={(v) =>
        post("/v1/connections", {}, { kind, name: v.name ?? "", purpose: v.purpose ?? "", builder: v.builder, builder_access: v.builder_access, certificates: certificates(v, papers.map((p) => p.what)) })
      }
      fields={[
        { name: "name", label: t.connect.system, need: true, max: 120 },
        { name: "purpose", label: t.connect.purpose, kind: "area", need: true },
        { name: "builder", label: t.connect.builder, max: 120, extra: t.connect.builderHint },
        { name: "builder_access", label: t.connect.builderAccess, kind: "check" },
        ...papers.flatMap((p) => paperFields(t, p.what, p.title, false)),
      ]}
    />
  );
}

/** Shows the key of a connected system, once. */
function KeyShown({ value, close }: { value: string; close: () => void }) {
  const t = useText();
  return <Alert type="success" showIcon closable={{ onClose: close }} title={t.connect.keyOnce} description={<Typography.Text code copyable>{value}</Typography.Text>} style={{ marginBottom: 16 }} />;
}

function ConnectionDrawer({ id, close }: { id: string; close: () => void }) {
  const t = useText();
  const asked = useItem("/v1/connection-papers").data;
  const orgName = useOrgName();
  const query = useItem("/v1/connections/{id}", { path: { id } });
  const [asking, setAsking] = useState<"decide" | "renew">();
  const [key, setKey] = useState<string>();
  return (
    <Drawer open size={760} title={query.data?.name ?? t.connect.connections} onClose={close}>
      <Loaded query={query}>
        {(c) => (
          <>
            {key && <KeyShown value={key} close={() => setKey(undefined)} />}
            {c.lacks?.map((l) => (
              <Alert
                key={l.what}
                type={c.suspended ? "error" : "warning"}
                showIcon
                style={{ marginBottom: 8 }}
                title={
                  <>
                    {`${l.title}：${wordFor(t.org.gapStates, l.state)}${l.since ? `（${t.org.gapSince(l.since)}）` : ""} ${c.suspended ? t.connect.suspendedNow : ""} `}
                    <Citation cite={l.cite} />
                  </>
                }
              />
            ))}
            <Descriptions
              column={1}
              size="small"
              items={[
                { key: "org", label: t.common.org, children: orgName(c.org) },
                { key: "kind", label: t.connect.kind, children: wordFor(t.connect.kinds, c.kind) },
                { key: "purpose", label: t.connect.purpose, children: c.purpose },
                ...(c.builder ? [{ key: "builder", label: t.connect.builder, children: <>{c.builder} {c.builder_access && <Tag color="warning">{t.connect.builderAccess}</Tag>}</> }] : []),
                ...(c.finding ? [{ key: "finding", label: t.connect.finding, children: c.finding }] : []),
                ...(c.exception ? [{ key: "exception", label: t.connect.exception, children: c.exception }] : []),
                ...(c.reason ? [{ key: "reason", label: t.common.reason, children: c.reason }] : []),
                { key: "asked", label: t.common.created, children: minute(c.asked) },
                ...(c.key_opened ? [{ key: "key", label: t.connect.keyOpened, children: minute(c.key_opened) }] : []),
              ]}
            />
            <Space wrap style={{ margin: "16px 0" }}>
              {c.acts?.map((o) => {
                const label = wordFor(t.ledger.acts, o.act);
                if (o.act === "connect.decide" || o.act === "connect.renew")
                  return <ActButton key={o.act} state={o} primary={o.allowed} label={label} run={async () => {}} onOpen={() => setAsking(o.act === "connect.decide" ? "decide" : "renew")} />;
                if (o.act === "connect.key")
                  return <ActButton key={o.act} state={o} label={label} run={async () => setKey((await post("/v1/connections/{id}/key", { path: { id } })).key)} />;
                return <ActButton key={o.act} state={o} dangerous label={label} run={({ reason }) => post("/v1/connections/{id}/close", { path: { id } }, { reason: reason ?? "" })} />;
              })}
            </Space>
            <Typography.Title level={5}>{t.connect.papers}</Typography.Title>
            <Table
              size="small"
              rowKey={(p) => p.kind + p.number}
              pagination={false}
              dataSource={c.certificates ?? []}
              locale={{ emptyText: <EmptyState title={t.connect.noPapers} /> }}
              columns={[
                { title: t.connect.paper, width: 220, render: (_, p) => asked?.[c.kind]?.find((a) => a.what === p.kind)?.title ?? (p.kind === "other" ? t.connect.paper : p.kind) },
                { title: t.org.certificateNumber, dataIndex: "number" },
                { title: t.connect.issuer, dataIndex: "issuer" },
                { title: t.grant.term, width: 200, render: (_, p) => `${p.from} – ${p.until ?? t.law.open}` },
              ]}
            />
            <Typography.Title level={5}>{t.connect.calls}</Typography.Title>
            <Table
              size="small"
              rowKey={(u) => u.month + u.capability}
              pagination={false}
              dataSource={c.uses ?? []}
              locale={{ emptyText: <EmptyState title={t.connect.noCalls} /> }}
              columns={[
                { title: t.connect.month, dataIndex: "month", width: 110 },
                { title: t.connect.capability, render: (_, u) => wordFor(t.connect.capabilities, u.capability) },
                { title: t.connect.answered, dataIndex: "answered", align: "right", width: 110 },
                { title: t.connect.refused, dataIndex: "refused", align: "right", width: 110 },
              ]}
            />
            {asking === "decide" && (
              <FormModal<{ accept: string; reason: string; finding?: string; exception?: string }>
                title={wordFor(t.ledger.acts, "connect.decide")}
                close={() => setAsking(undefined)}
                run={({ accept, ...v }) => post("/v1/connections/{id}/decide", { path: { id } }, { ...v, accept: accept === "yes" })}
                fields={[
                  { name: "accept", label: t.connect.verdict, kind: "select", need: true, options: [{ value: "yes", label: t.connect.accept }, { value: "no", label: t.connect.refuse }] },
                  { name: "reason", label: t.common.reason, kind: "area", need: true },
                  ...(c.builder_access ? [{ name: "finding" as const, label: t.connect.finding, kind: "area" as const, extra: t.connect.findingHint }] : []),
                  ...(c.lacks?.length ? [{ name: "exception" as const, label: t.connect.exception, kind: "area" as const, extra: t.connect.exceptionHint }] : []),
                ]}
              />
            )}
            {asking === "renew" && <Renewing id={id} kind={c.kind} close={() => setAsking(undefined)} />}
          </>
        )}
      </Loaded>
    </Drawer>
  );
}

function Renewing({ id, kind, close }: { id: string; kind: Kind; close: () => void }) {
  const t = useText();
  const papers = usePapers(kind);
  const words = papers.length ? papers.map((p) => ({ what: p.what, title: p.title })) : [{ what: "other", title: t.connect.paper }];
  return (
    <FormModal<Values>
      title={wordFor(t.ledger.acts, "connect.renew")}
      close={close}
      run={(v) => post("/v1/connections/{id}/renew", { path: { id } }, { certificates: certificates(v, words.map((w) => w.what)) })}
      fields={words.flatMap((w) => paperFields(t, w.what, w.title, words.length === 1))}
    />
  );
}

/** 接入系统: which outside systems reach the platform, on which certificates, and how much each calls. */
export function Connections() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [asking, setAsking] = useState<Kind>();
  const [shown, setShown] = useState<string>();
  const asks = Boolean(me.org);
  const color: Record<Connection["state"], string | undefined> = { requested: "processing", connected: "success", refused: "error", closed: undefined };
  return (
    <>
      <ResourceTable
        id="connections"
        endpoint="/v1/connections"
        rowKey="id"
        actions={
          asks && (
            <Dropdown key="new" trigger={["click"]} menu={{ items: Object.entries(t.connect.kinds).map(([k, label]) => ({ key: k, label })), onClick: ({ key: k }) => setAsking(k as Kind) }}>
              <Button type="primary">{t.connect.ask}</Button>
            </Dropdown>
          )
        }
        empty={{ title: t.connect.none, hint: t.connect.noneHint }}
        onRow={(c) => setShown(c.id)}
        columns={[
          { key: "name", title: t.connect.system, render: (c) => <b style={{ fontWeight: 500 }}>{c.name}</b> },
          { key: "org", title: t.common.org, render: (c) => orgName(c.org), value: (c) => orgName(c.org) },
          { key: "kind", title: t.connect.kind, width: 170, render: (c) => wordFor(t.connect.kinds, c.kind) },
          {
            key: "lacks",
            title: t.connect.papers,
            width: 260,
            render: (c) => (c.lacks?.length ? c.lacks.map((l) => <Tag key={l.what} color={l.state === "missing" ? "error" : "warning"}>{`${l.title}：${wordFor(t.org.gapStates, l.state)}`}</Tag>) : t.connect.complete),
            value: (c) => c.lacks?.map((l) => l.title).join("、"),
          },
          { key: "asked", title: t.common.created, width: 150, render: (c) => minute(c.asked) },
          {
            key: "state",
            title: t.common.state,
            width: 120,
            render: (c) => <Tag color={c.suspended ? "error" : color[c.state]}>{c.suspended ? t.connect.suspended : wordFor(t.connect.states, c.state)}</Tag>,
            value: (c) => (c.suspended ? t.connect.suspended : wordFor(t.connect.states, c.state)),
          },
        ]}
      />
      {asking && <Asking kind={asking} close={() => setAsking(undefined)} />}
      {shown && <ConnectionDrawer id={shown} close={() => setShown(undefined)} />}
    </>
  );
}
