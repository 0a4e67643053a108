import { Alert, Button, Descriptions, Space, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { FileTable } from "@/ui/FileTable";
import { Loaded } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { readsFile } from "@/util/rights";

interface Listing {
  kind: "criminal" | "administrative" | "dishonest-debtor" | "tax" | "serious-breach";
  day: string;
  source: string;
  text?: string;
}

interface Breach {
  kind: "environment" | "safety" | "intellectual" | "trust" | "other";
  day: string;
  what: string;
  evidence: string[];
}

/** 负面清单: records of punishments and dishonesty that rules look at. */
export function Listings({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/listings", { path: { id: org } });
  const [asking, setAsking] = useState(false);
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  return (
    <Panel title={t.org.listings} extra={office && <Button size="small" onClick={() => setAsking(true)}>{t.org.recordListing}</Button>}>
      <FileTable
        size="small"
        list={list}
        empty={{ title: t.org.noListings }}
        columns={[
          { title: t.notice.kind, render: (_, l) => wordFor(t.org.listingKinds, l.kind) },
          { title: t.org.day, dataIndex: "day", width: 120 },
          { title: t.org.source, dataIndex: "source" },
          { title: t.common.note, render: (_, l) => l.reason ?? l.text },
          { title: t.common.state, width: 110, render: (_, l) => <Tag color={l.state === "stands" ? "error" : undefined}>{wordFor(t.org.listingStates, l.state)}</Tag> },
          { title: t.common.actions, width: 110, render: (_, l) => office && l.state === "stands" && <ActButton size="small" dangerous label={t.org.lift} run={({ reason }) => post("/v1/listings/{id}/lift", { path: { id: l.id } }, { reason: reason ?? "" })} /> },
        ]}
      />
      {asking && (
        <FormModal<Listing>
          title={t.org.recordListing}
          close={() => setAsking(false)}
          run={(v) => post("/v1/organizations/{id}/listings", { path: { id: org } }, v)}
          fields={[
            { name: "kind", label: t.notice.kind, kind: "select", need: true, options: Object.entries(t.org.listingKinds).map(([value, label]) => ({ value, label })) },
            { name: "day", label: t.org.day, kind: "day", need: true },
            { name: "source", label: t.org.source, need: true, extra: t.org.sourceHint },
            { name: "text", label: t.common.note, kind: "area" },
          ]}
        />
      )}
    </Panel>
  );
}

interface Relation {
  related: string;
  basis: "same-controller" | "parent" | "shared-officers";
  document: string;
}

/** 关联企业: organizations that count as one asker in the disclosure ledger. */
export function Related({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/related", { path: { id: org } });
  const [asking, setAsking] = useState(false);
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  return (
    <Panel title={t.org.related} extra={office && <Button size="small" onClick={() => setAsking(true)}>{t.org.recordRelated}</Button>}>
      <FileTable
        size="small"
        list={list}
        empty={{ title: t.org.noRelated }}
        columns={[
          { title: t.org.relatedName, dataIndex: "name" },
          { title: t.org.relatedBasis, width: 150, render: (_, r) => wordFor(t.org.relatedBases, r.basis) },
          { title: t.org.source, dataIndex: "document" },
          { title: t.common.state, width: 110, render: (_, r) => <Tag color={r.ended ? undefined : "processing"}>{r.ended ? t.org.relatedEnded : t.org.relatedStands}</Tag> },
          { title: t.common.actions, width: 110, render: (_, r) => office && !r.ended && <ActButton size="small" dangerous label={t.org.endRelated} run={({ reason }) => post("/v1/related/{id}/end", { path: { id: r.id } }, { reason: reason ?? "" })} /> },
        ]}
      />
      {asking && (
        <FormModal<Relation>
          title={t.org.recordRelated}
          close={() => setAsking(false)}
          run={(v) => post("/v1/organizations/{id}/related", { path: { id: org } }, v)}
          fields={[
            { name: "related", label: t.org.relatedId, kind: "org", need: true, extra: t.org.relatedHint },
            { name: "basis", label: t.org.relatedBasis, kind: "select", need: true, options: Object.entries(t.org.relatedBases).map(([value, label]) => ({ value, label })) },
            { name: "document", label: t.org.source, need: true, extra: t.org.relatedSource },
          ]}
        />
      )}
    </Panel>
  );
}

/** A list that came with the file it stands in. */
const settled = { error: null, isPending: false };

/** 信用档案: everything that counts when the organization applies again. */
export function Credit({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const file = useItem("/v1/organizations/{id}/credit", { path: { id: org } });
  const [asking, setAsking] = useState(false);
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  return (
    <Loaded query={file}>
      {(c) => {
        const s = c.standing;
        const bad = s.open_orders + s.overdue_reports + s.upheld_complaints > 0 || s.last_evaluation === "fail";
        return (
          <>
            <Alert style={{ margin: "8px 0 12px" }} type={bad ? "warning" : "success"} showIcon title={bad ? t.org.creditBad : t.org.creditGood} />
            <Descriptions
              size="small"
              bordered
              column={{ xs: 1, md: 3 }}
              items={[
                { label: t.org.openOrders, children: s.open_orders },
                { label: t.org.overdueReports, children: s.overdue_reports },
                { label: t.org.upheldComplaints, children: s.upheld_complaints },
                { label: t.org.lastEvaluation, children: s.last_evaluation ? wordFor(t.watch.results, s.last_evaluation) : t.common.none },
                { label: t.org.lastBreach, children: s.last_breach || t.common.none },
              ]}
            />
            <Panel title={t.org.breaches} extra={<Space>{office && <Button size="small" onClick={() => setAsking(true)}>{t.org.recordBreach}</Button>}</Space>}>
              <FileTable
                size="small"
                list={{ ...settled, data: { items: c.breaches } }}
                empty={{ title: t.org.noBreaches }}
                columns={[
                  { title: t.notice.kind, width: 130, render: (_, b) => wordFor(t.org.breachKinds, b.kind) },
                  { title: t.org.day, dataIndex: "day", width: 120 },
                  { title: t.common.note, dataIndex: "what" },
                  { title: t.common.state, width: 110, render: (_, b) => <Tag color={b.state === "standing" ? "error" : undefined}>{wordFor(t.org.breachStates, b.state)}</Tag> },
                  { title: t.common.actions, width: 110, render: (_, b) => office && b.state === "standing" && <ActButton size="small" dangerous label={t.org.revokeBreach} run={({ reason }) => post("/v1/breaches/{id}/revoke", { path: { id: b.id } }, { reason: reason ?? "" })} /> },
                ]}
              />
            </Panel>
            <Panel title={t.watch.orders}>
              <FileTable
                size="small"
                list={{ ...settled, data: { items: c.orders } }}
                empty={{ title: t.watch.noOrders }}
                columns={[
                  { title: t.watch.measure, render: (_, o) => <Link to={path.order(o.id)}>{wordFor(t.watch.measures, o.measure)}</Link> },
                  { title: t.common.reason, dataIndex: "reason" },
                  { title: t.org.day, dataIndex: "issued", width: 120 },
                  { title: t.common.state, width: 110, render: (_, o) => wordFor(t.watch.orderStates, o.state) },
                ]}
              />
            </Panel>
            {readsFile(me, org) && <Listings org={org} me={me} />}
            {readsFile(me, org) && <Related org={org} me={me} />}
            {asking && (
              <FormModal<Breach>
                title={t.org.recordBreach}
                close={() => setAsking(false)}
                run={(v) => post("/v1/organizations/{id}/breaches", { path: { id: org } }, v)}
                fields={[
                  { name: "kind", label: t.notice.kind, kind: "select", need: true, options: Object.entries(t.org.breachKinds).map(([value, label]) => ({ value, label })) },
                  { name: "day", label: t.org.day, kind: "day", need: true },
                  { name: "what", label: t.common.note, kind: "area", need: true },
                  { name: "evidence", label: t.org.evidence, kind: "files", need: true },
                ]}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}
