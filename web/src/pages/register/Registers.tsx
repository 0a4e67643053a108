import { Button, Drawer, Space, Tabs, Tag } from "antd";
import { useState } from "react";
import { Link, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Filing, Me, Seal } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { PageHead } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { keepsSeals, oversees } from "@/util/rights";
import { PermitRegister } from "../statistics/Permits";
import { Assessments } from "./Assessments";
import { Channels } from "./Channels";
import { Connections } from "./Connections";
import { Designations } from "./Designations";
import { Experts } from "./Experts";
import { Templates } from "./Templates";

const color: Record<Filing["state"], string> = { due: "warning", filed: "processing", acknowledged: "success" };

function subjectOf(filing: Filing): string | undefined {
  switch (filing.kind) {
    case "agreement":
      return path.agreement(filing.subject);
    case "scenario":
      return path.scenario(filing.subject);
    case "authorization":
      return path.authorization(filing.subject);
    case "grant":
      return path.grant(filing.subject);
    default:
      return undefined;
  }
}

/** 备案登记簿: what was filed with whom under which number, and what came back. */
function Filings() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [answering, setAnswering] = useState<Filing>();
  const submit = useAct((f: Filing) => post("/v1/filings", {}, { subject: f.subject, to: f.to as "data-bureau" }));
  const keeps = (f: Filing) => me.roles?.includes(f.to);
  return (
    <>
      <ResourceTable
        id="filings"
        endpoint="/v1/filings"
        rowKey="id"
        filters={[{ name: "state", label: t.common.state, tabs: true, options: Object.entries(t.register.states).map(([value, label]) => ({ value, label })) }]}
        empty={{ title: t.register.noFilings, hint: t.register.noFilingsHint }}
        columns={[
          {
            key: "title",
            title: t.register.subject,
            render: (f) => {
              const to = subjectOf(f);
              if (f.origin) return <>{f.title} <Tag>{t.register.fromNode(f.origin.name)}</Tag></>;
              return to ? <Link to={to}>{f.title}</Link> : f.title;
            },
            value: (f) => f.title,
          },
          { key: "owner", title: t.common.org, width: 190, render: (f) => f.origin?.org ?? orgName(f.owner), value: (f) => f.origin?.org ?? orgName(f.owner) },
          { key: "to_title", title: t.register.to, width: 180 },
          { key: "number", title: t.register.number, width: 150 },
          { key: "filed", title: t.register.filed, width: 150, render: (f) => minute(f.filed) },
          { key: "received", title: t.register.received, width: 180, render: (f) => f.received && `${f.received.number} ${minute(f.received.at)}`, value: (f) => f.received?.number },
          { key: "state", title: t.common.state, width: 100, render: (f) => <Tag color={color[f.state]}>{wordFor(t.register.states, f.state)}</Tag> },
          {
            key: "act",
            title: t.common.actions,
            width: 120,
            render: (f) =>
              f.state === "due" && !keeps(f) ? (
                <ActButton size="small" label={t.register.submit} run={() => submit.mutateAsync(f)} />
              ) : f.state === "filed" && keeps(f) ? (
                <Button size="small" type="primary" onClick={() => setAnswering(f)}>
                  {t.register.acknowledge}
                </Button>
              ) : null,
          },
        ]}
      />
      {answering && (
        <FormModal<{ number: string; note?: string }>
          title={t.register.acknowledgeOf(answering.title)}
          ok={t.register.acknowledge}
          close={() => setAnswering(undefined)}
          run={(v) => post("/v1/filings/{id}/acknowledge", { path: { id: answering.id } }, v)}
          fields={[
            { name: "number", label: t.register.receivedNumber, need: true, max: 120 },
            { name: "note", label: t.common.note, kind: "area" },
          ]}
        />
      )}
    </>
  );
}

function Uses({ seal, close }: { seal: Seal; close: () => void }) {
  const t = useText();
  return (
    <Drawer open size={720} title={t.register.usesOf(seal.name)} onClose={close}>
      <ResourceTable
        id="seal-uses"
        endpoint="/v1/seals/{id}/uses"
        params={{ path: { id: seal.id } }}
        rowKey="id"
        empty={{ title: t.register.noUses }}
        columns={[
          { key: "at", title: t.portal.time, width: 150, render: (u) => minute(u.at) },
          { key: "name", title: t.common.person, width: 120 },
          { key: "agreement", title: t.grant.agreements, render: (u) => <Link to={path.agreement(u.agreement)}>{t.grant.openAgreement}</Link>, value: (u) => u.agreement },
          { key: "digest", title: t.file.digest, render: (u) => `${u.digest.slice(0, 24)}…`, value: (u) => u.digest },
        ]}
      />
    </Drawer>
  );
}

/** 合同专用章: whose word each carries, who keeps it, and every use of it. */
function Seals() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Seal>();
  const colleagues = useItem("/v1/colleagues").data?.items ?? [];
  const keepers = [{ value: me.account, label: me.name }, ...colleagues.filter((c) => c.account !== me.account).map((c) => ({ value: c.account, label: c.name }))];
  return (
    <>
      <ResourceTable
        id="seals"
        endpoint="/v1/seals"
        rowKey="id"
        actions={
          <Button key="new" type="primary" onClick={() => setAsking(true)}>
            {t.register.registerSeal}
          </Button>
        }
        empty={{ title: t.register.noSeals, hint: t.register.noSealsHint }}
        columns={[
          { key: "name", title: t.common.name, render: (s) => <b style={{ fontWeight: 500 }}>{s.name}</b> },
          { key: "role", title: t.register.speaksFor, width: 180, render: (s) => wordFor(t.roles, s.role) },
          { key: "by", title: t.register.keptBy, width: 200, render: (s) => orgName(s.by), value: (s) => orgName(s.by) },
          { key: "document", title: t.notice.document, width: 180 },
          { key: "opened", title: t.common.created, width: 150, render: (s) => minute(s.opened) },
          { key: "state", title: t.common.state, width: 100, render: (s) => <StateTag state={s.closed ? "ended" : "in-force"} /> },
          {
            key: "act",
            title: t.common.actions,
            width: 170,
            render: (s) => (
              <Space>
                <Button size="small" onClick={() => setShown(s)}>
                  {t.register.uses}
                </Button>
                {!s.closed && s.by === me.org && <ActButton size="small" label={t.register.closeSeal} confirmName={s.name} run={() => post("/v1/seals/{id}/close", { path: { id: s.id } })} />}
              </Space>
            ),
          },
        ]}
      />
      {asking && (
        <FormModal<{ name: string; role: string; keepers: string[]; document: string }>
          title={t.register.registerSeal}
          close={() => setAsking(false)}
          run={(v) => post("/v1/seals", {}, v)}
          fields={[
            { name: "name", label: t.common.name, need: true, max: 120 },
            { name: "role", label: t.register.speaksFor, kind: "select", need: true, options: ["government", "data-bureau", "coordination-mechanism", "platform-operator"].map((r) => ({ value: r, label: wordFor(t.roles, r) })) },
            { name: "keepers", label: t.register.keepers, kind: "multiple", need: true, extra: t.register.keepersHint, initial: [me.account], options: keepers },
            { name: "document", label: t.notice.document, need: true, extra: t.register.sealDocumentHint },
          ]}
        />
      )}
      {shown && <Uses seal={shown} close={() => setShown(undefined)} />}
    </>
  );
}

/** The registers that authorities keep: filings and contract seals. */
export default function Registers() {
  const t = useText();
  const me = useOutletContext<Me>();
  const [search, setSearch] = useSearchParams();
  return (
    <>
      <PageHead title={t.shell.menuRegisters} lead={t.register.lead} />
      <Tabs
        activeKey={search.get("tab") ?? "filings"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "filings", label: t.register.filings, children: <Filings /> },
          ...(keepsSeals(me) ? [{ key: "seals", label: t.register.seals, children: <Seals /> }] : []),
          { key: "templates", label: t.template.title, children: <Templates /> },
          { key: "designations", label: t.designation.title, children: <Designations /> },
          { key: "statistics", label: t.release.permit, children: <PermitRegister /> },
          { key: "assessments", label: t.assessment.title, children: <Assessments /> },
          { key: "connections", label: t.connect.connections, children: <Connections /> },
          { key: "channels", label: t.connect.channels, children: <Channels /> },
          ...(oversees(me) ? [{ key: "experts", label: t.register.experts, children: <Experts /> }] : []),
        ]}
      />
    </>
  );
}
