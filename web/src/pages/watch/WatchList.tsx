import { Button, Tabs, Tag } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Duty, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { PageHead, Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { searchesLog } from "@/util/rights";
import { Erasures } from "./Erasures";
import { Evaluations } from "./Evaluations";
import { Inspections } from "./Inspections";
import { NetworkLog } from "./NetworkLog";
import "../desk/desk.css";

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** Grounds that somebody chooses; the others follow from another decision. */
const ordering = new Set(["breach", "complaint", "evaluation", "inspection", "agreement", "security", "harm"]);

/** An order that no longer closes anything. */
const lifted = (state: string) => state === "accepted" || state === "revoked";

interface Direction {
  org: string;
  measure: "circulate" | "rectify" | "delist" | "suspend";
  ground: "breach" | "complaint" | "evaluation" | "inspection" | "agreement" | "security" | "harm";
  reason: string;
  due?: string;
  basis?: string;
  evidence?: string[];
}

interface Ending {
  org: string;
  ground: Direction["ground"] | "request";
  reason: string;
  basis?: string;
}

function Orders({ office }: { office: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ResourceTable
        id="orders"
        endpoint="/v1/orders"
        rowKey="id"
        actions={office && <Button key="new" type="primary" onClick={() => setAsking(true)}>{t.watch.issue}</Button>}
        empty={{ title: t.watch.noOrders, hint: t.watch.noOrdersHint }}
        onRow={(o) => void navigate(path.order(o.id))}
        columns={[
          { key: "org", title: t.common.org, render: (o) => <b style={{ fontWeight: 500 }}>{orgName(o.org)}</b>, value: (o) => orgName(o.org) },
          { key: "measure", title: t.watch.measure, width: 130, render: (o) => wordFor(t.watch.measures, o.measure) },
          { key: "reason", title: t.common.reason, ellipsis: true },
          { key: "closed", title: t.watch.access, width: 110, render: (o) => <Tag color={o.closed && !lifted(o.state) ? "error" : undefined}>{o.closed ? (lifted(o.state) ? t.watch.accessWasClosed : t.watch.accessClosed) : t.watch.accessOpen}</Tag> },
          { key: "due", title: t.matter.due, width: 230, render: (o) => o.due && <Deadline compact closed={o.state === "failed" || lifted(o.state)} value={{ due: o.due, explain: o.explain }} /> },
          { key: "state", title: t.common.state, width: 110, render: (o) => wordFor(t.watch.orderStates, o.state) },
        ]}
      />
      {asking && (
        <FormModal<Direction>
          title={t.watch.issue}
          close={() => setAsking(false)}
          run={async (v) => {
            const page = await post("/v1/orders", {}, v);
            void navigate(path.order(page.order.id));
          }}
          fields={[
            { name: "org", label: t.common.org, kind: "org", need: true },
            { name: "measure", label: t.watch.measure, kind: "select", need: true, options: options(t.watch.measures) },
            { name: "ground", label: t.watch.ground, kind: "select", need: true, options: options(t.watch.grounds).filter((g) => ordering.has(g.value)) },
            { name: "due", label: t.watch.dueDay, kind: "day", extra: t.watch.dueHint },
            { name: "reason", label: t.common.reason, kind: "area", need: true },
            { name: "basis", label: t.watch.basis },
            { name: "evidence", label: t.org.evidence, kind: "files" },
          ]}
        />
      )}
    </>
  );
}

/** What the platform refused or found by itself, for who is concerned: the body that authorized the developer, providers, supervisors. */
function Findings() {
  const t = useText();
  const orgName = useOrgName();
  return (
    <ResourceTable
      id="findings"
      endpoint="/v1/findings"
      rowKey="id"
      empty={{ title: t.space.noneFound, hint: t.space.noneFoundHint }}
      columns={[
        { key: "at", title: t.portal.time, width: 150, render: (f) => minute(f.at), value: (f) => f.at },
        { key: "org", title: t.common.org, render: (f) => <b style={{ fontWeight: 500 }}>{orgName(f.org)}</b>, value: (f) => orgName(f.org) },
        { key: "kind", title: t.notice.kind, width: 190, render: (f) => wordFor(t.space.findingKinds, f.kind), value: (f) => wordFor(t.space.findingKinds, f.kind) },
        { key: "what", title: t.watch.what },
        { key: "result", title: t.space.result },
      ]}
    />
  );
}

function Exits({ office }: { office: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ResourceTable
        id="exits"
        endpoint="/v1/exits"
        rowKey="id"
        actions={office && <Button key="new" danger onClick={() => setAsking(true)}>{t.watch.terminate}</Button>}
        empty={{ title: t.watch.noExits, hint: t.watch.noExitsHint }}
        onRow={(e) => void navigate(path.exit(e.id))}
        columns={[
          { key: "org", title: t.common.org, render: (e) => <b style={{ fontWeight: 500 }}>{orgName(e.org)}</b>, value: (e) => orgName(e.org) },
          { key: "ground", title: t.watch.ground, width: 150, render: (e) => wordFor(t.watch.grounds, e.ground) },
          { key: "closed", title: t.watch.closedAt, width: 150, render: (e) => minute(e.closed) },
          { key: "tasks", title: t.watch.tasks, width: 120, render: (e) => `${e.tasks?.filter((x) => x.state !== "open").length ?? 0}/${e.tasks?.length ?? 0}`, value: (e) => e.tasks?.length },
          { key: "logs_until", title: t.watch.logsUntil, width: 130 },
          { key: "state", title: t.common.state, width: 120, render: (e) => wordFor(t.watch.exitStates, e.state) },
        ]}
      />
      {asking && (
        <FormModal<Ending>
          title={t.watch.terminate}
          danger
          close={() => setAsking(false)}
          run={async (v) => {
            const page = await post("/v1/exits", {}, v);
            void navigate(path.exit(page.exit.id));
          }}
          lead={<p>{t.watch.terminateLead}</p>}
          fields={[
            { name: "org", label: t.common.org, kind: "org", need: true },
            { name: "ground", label: t.watch.ground, kind: "select", need: true, options: options(t.watch.grounds).filter((g) => g.value === "request" || ordering.has(g.value)) },
            { name: "reason", label: t.common.reason, kind: "area", need: true },
            { name: "basis", label: t.watch.basis },
          ]}
        />
      )}
    </>
  );
}

/** What one's own organization must report, from the first day of the term until it is accepted. */
function Duties({ org }: { org: string }) {
  const t = useText();
  const credit = useItem("/v1/organizations/{id}/credit", { path: { id: org } });
  const [filing, setFiling] = useState<Duty>();
  const open = (credit.data?.reports ?? []).filter((d) => d.state !== "filed" && d.state !== "accepted");
  if (open.length === 0) return null;
  return (
    <Panel title={t.watch.mustReport}>
      <ul className="bulk-results">
        {open.map((d) => (
          <li key={d.permit + d.kind + d.from}>
            <div style={{ flex: 1 }}>
              <b>{wordFor(t.watch.reportKinds, d.kind)}</b> {d.from} – {d.until} · {wordFor(t.roles, d.to)} <Deadline compact value={{ due: d.due, explain: d.explain }} />
            </div>
            <Button size="small" type="primary" onClick={() => setFiling(d)}>
              {t.watch.fileReport}
            </Button>
          </li>
        ))}
      </ul>
      {filing && (
        <FormModal<{ text: string }>
          title={`${t.watch.fileReport}：${wordFor(t.watch.reportKinds, filing.kind)}`}
          close={() => setFiling(undefined)}
          run={({ text }) => post("/v1/reports", {}, { permit: filing.permit, kind: filing.kind, from: filing.from, text })}
          fields={[{ name: "text", label: t.file.content, kind: "area", need: true, max: 20000, extra: t.watch.reportHint }]}
        />
      )}
    </Panel>
  );
}

function Reports() {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const me = useOutletContext<Me>();
  return (
    <>
      {me.org && <Duties org={me.org} />}
    <ResourceTable
      id="reports"
      endpoint="/v1/reports"
      rowKey="id"
      empty={{ title: t.watch.noReports, hint: t.watch.noReportsHint }}
      onRow={(r) => void navigate(path.report(r.id))}
      columns={[
        { key: "kind", title: t.watch.report, width: 150, render: (r) => <b style={{ fontWeight: 500 }}>{wordFor(t.watch.reportKinds, r.kind)}</b> },
        { key: "org", title: t.common.org, render: (r) => orgName(r.org), value: (r) => orgName(r.org) },
        { key: "period", title: t.watch.period, width: 210, render: (r) => `${r.from} – ${r.until}`, value: (r) => `${r.from} ${r.until}` },
        { key: "to", title: t.watch.to, width: 170, render: (r) => wordFor(t.roles, r.to) },
        { key: "due", title: t.matter.due, width: 230, render: (r) => <Deadline compact closed={r.state === "accepted" || r.state === "filed"} value={{ due: r.due, explain: r.explain }} /> },
        { key: "state", title: t.common.state, width: 110, render: (r) => <Tag color={r.state === "overdue" ? "error" : r.state === "accepted" ? "success" : r.state === "due" ? "warning" : undefined}>{wordFor(t.watch.reportStates, r.state)}</Tag> },
      ]}
    />
    </>
  );
}

interface Grievance {
  accused: string;
  topic: "service" | "monopoly" | "fees" | "security" | "quality" | "other";
  text: string;
  evidence?: string[];
}

function Complaints() {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ResourceTable
        id="complaints"
        endpoint="/v1/complaints"
        rowKey="id"
        actions={<Button key="new" type="primary" onClick={() => setAsking(true)}>{t.watch.complain}</Button>}
        empty={{ title: t.watch.noComplaints, hint: t.watch.noComplaintsHint }}
        onRow={(c) => void navigate(path.complaint(c.id))}
        columns={[
          { key: "number", title: t.common.code, width: 150 },
          { key: "accused", title: t.watch.accused, render: (c) => orgName(c.accused), value: (c) => orgName(c.accused) },
          { key: "topic", title: t.watch.topic, width: 130, render: (c) => wordFor(t.watch.topics, c.topic) },
          { key: "to", title: t.watch.to, width: 170, render: (c) => wordFor(t.roles, c.to) },
          { key: "due", title: t.matter.due, width: 230, render: (c) => c.due && <Deadline compact closed={c.state !== "filed"} value={{ due: c.due, explain: c.explain }} /> },
          { key: "state", title: t.common.state, width: 110, render: (c) => wordFor(t.watch.complaintStates, c.state) },
        ]}
      />
      {asking && (
        <FormModal<Grievance>
          title={t.watch.complain}
          close={() => setAsking(false)}
          run={async (v) => {
            const page = await post("/v1/complaints", {}, v);
            void navigate(path.complaint(page.complaint.id));
          }}
          fields={[
            { name: "accused", label: t.watch.accused, kind: "org", need: true },
            { name: "topic", label: t.watch.topic, kind: "select", need: true, options: options(t.watch.topics) },
            { name: "text", label: t.watch.facts, kind: "area", need: true },
            { name: "evidence", label: t.org.evidence, kind: "files" },
          ]}
        />
      )}
    </>
  );
}

/** 监督: orders, exits, reports due, evaluations and complaints. */
export default function WatchList() {
  const t = useText();
  const me = useOutletContext<Me>();
  const [search, setSearch] = useSearchParams();
  const office = me.roles?.some((r) => ["data-bureau", "platform-operator", "authorizing-department", "government"].includes(r)) ?? false;
  return (
    <>
      <PageHead title={t.shell.menuWatch} lead={t.watch.lead} />
      <Tabs
        activeKey={search.get("tab") ?? "orders"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "orders", label: t.watch.orders, children: <Orders office={office} /> },
          { key: "inspections", label: t.inspect.title, children: <Inspections /> },
          { key: "reports", label: t.watch.reports, children: <Reports /> },
          { key: "complaints", label: t.watch.complaints, children: <Complaints /> },
          { key: "evaluations", label: t.watch.evaluations, children: <Evaluations /> },
          { key: "exits", label: t.watch.exits, children: <Exits office={office} /> },
          { key: "findings", label: t.space.findings, children: <Findings /> },
          { key: "erasures", label: t.space.erasures, children: <Erasures org={me.org} /> },
          ...(searchesLog(me) ? [{ key: "log", label: t.netlog.title, children: <NetworkLog /> }] : []),
        ]}
      />
    </>
  );
}
