import { Table, Timeline } from "antd";
import { useState } from "react";
import { Link, useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem, useList } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { Problem } from "@/api/problem";
import type { Me, ProviderComplaint, ProviderPage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { MatterStrip } from "@/ui/MatterStrip";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { dayOf, minute } from "@/util/day";
import { path } from "@/util/path";
import { useClosed } from "../account/closed";
import { Commissions } from "./Commissions";
import { EngageModal } from "./EngageModal";
import { Disclaimer, keepsRegister, ProviderState, Services, useOfferKinds } from "./parts";

/** 投诉: what was said about the provider, and what verification came to. */
function Complaints({ page, me }: { page: ProviderPage; me: Me }) {
  const t = useText();
  const orgName = useOrgName();
  const closed = useClosed();
  const [verifying, setVerifying] = useState<ProviderComplaint>();
  const finds = me.roles?.some((r) => r === "platform-operator" || r === "data-bureau");
  return (
    <>
      <Table
        size="middle"
        rowKey="id"
        pagination={false}
        scroll={{ x: 900 }}
        dataSource={page.complaints ?? []}
        locale={{ emptyText: <EmptyState title={t.provider.noComplaints} hint={t.provider.noComplaintsHint} /> }}
        columns={[
          { title: t.provider.complaintText, render: (_, c) => c.text },
          { title: t.provider.by, width: 200, render: (_, c) => orgName(c.by) },
          { title: t.provider.filed, width: 150, render: (_, c) => minute(c.filed) },
          { title: t.common.state, width: 100, render: (_, c) => wordFor(t.provider.complaintStates, c.state) },
          { title: t.provider.conclusion, render: (_, c) => c.conclusion ?? t.common.none },
          {
            title: t.common.actions,
            width: 100,
            render: (_, c) =>
              finds && (
                <ActButton
                  size="small"
                  primary
                  state={closed("party.complaint.verify", c.state !== "filed" && t.provider.alreadyVerified, (c.by === me.org || c.org === me.org) && t.provider.ownComplaint)}
                  label={t.provider.verify}
                  run={async () => {}}
                  onOpen={() => setVerifying(c)}
                />
              ),
          },
        ]}
      />
      {verifying && (
        <FormModal<{ accept: "yes" | "no"; reason: string }>
          title={t.provider.verify}
          lead={<p>{verifying.text}</p>}
          close={() => setVerifying(undefined)}
          run={({ accept, reason }) => post("/v1/provider-complaints/{id}/verify", { path: { id: verifying.id } }, { accept: accept === "yes", reason })}
          fields={[
            { name: "accept", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "yes", label: t.provider.verified }, { value: "no", label: t.provider.unfounded }] },
            { name: "reason", label: t.provider.conclusion, kind: "area", need: true },
          ]}
        />
      )}
    </>
  );
}

interface Measure {
  kind: "circulate" | "delist" | "relist";
  complaint?: string;
  listing?: string;
  reason: string;
}

function OperatorActs({ page }: { page: ProviderPage }) {
  const t = useText();
  const closed = useClosed();
  const p = page.provider;
  const [asking, setAsking] = useState<"report" | "measure">();
  const listings = useItem("/v1/organizations/{id}/listings", { path: { id: p.org } });
  const verified = page.complaints?.filter((c) => c.provider === p.id && c.state === "verified") ?? [];
  const standing = listings.data?.items?.filter((l) => l.state === "stands") ?? [];
  const grounded = verified.length + standing.length > 0;
  const kinds = [...(grounded ? ["circulate"] : []), ...(grounded && p.state === "listed" ? ["delist"] : []), ...(p.state === "delisted" ? ["relist"] : [])];
  const published = p.state === "listed" || p.state === "delisted";
  return (
    <>
      <ActButton state={closed("party.provider.report", p.state !== "passed" && t.provider.notPassed)} label={t.provider.report} run={async () => {}} onOpen={() => setAsking("report")} />
      <ActButton
        primary
        state={closed("party.provider.publish", p.state !== "passed" && t.provider.notPassed)}
        label={t.provider.publish}
        run={() => post("/v1/providers/{id}/publish", { path: { id: p.id } })}
      />
      <ActButton
        state={closed("party.provider.measure", !published && t.provider.notListed, kinds.length === 0 && t.provider.noGround)}
        label={t.provider.measure}
        run={async () => {}}
        onOpen={() => setAsking("measure")}
      />
      {asking === "report" && (
        <FormModal<{ number: string; day: string }>
          title={t.provider.report}
          close={() => setAsking(undefined)}
          run={(v) => post("/v1/providers/{id}/report", { path: { id: p.id } }, v)}
          fields={[
            { name: "number", label: t.provider.reportNumber, need: true, max: 120 },
            { name: "day", label: t.provider.reportDay, kind: "day", need: true },
          ]}
        />
      )}
      {asking === "measure" && (
        <FormModal<Measure>
          title={t.provider.measure}
          danger
          lead={<p>{t.provider.measureLead}</p>}
          close={() => setAsking(undefined)}
          run={(v) => post("/v1/providers/{id}/measures", { path: { id: p.id } }, v)}
          fields={[
            { name: "kind", label: t.provider.measures, kind: "select", need: true, options: kinds.map((k) => ({ value: k, label: wordFor(t.provider.measureKinds, k) })) },
            ...(verified.length ? [{ name: "complaint" as const, label: t.provider.measureOn, kind: "select" as const, options: verified.map((c) => ({ value: c.id, label: c.text.slice(0, 60) })) }] : []),
            ...(standing.length ? [{ name: "listing" as const, label: t.provider.measureListing, kind: "select" as const, options: standing.map((l) => ({ value: l.id, label: `${wordFor(t.org.listingKinds, l.kind)} ${l.day} ${l.source}` })) }] : []),
            { name: "reason", label: t.common.reason, kind: "area", need: true },
          ]}
        />
      )}
    </>
  );
}

/** A provider's one file: evaluation, report, publication, complaints and measures. */
export default function ProviderFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const closed = useClosed();
  const office = keepsRegister(me);
  const register = useList("/v1/providers/register", { query: { limit: 200 } }, { enabled: office });
  const directory = useList("/v1/providers", { query: { limit: 200 } }, { enabled: !office });
  const list = office ? register : directory;
  const page = list.items?.find((p) => p.provider.id === id);
  const [asking, setAsking] = useState<"engage" | "complain" | "offer">();
  const offers = useOfferKinds();
  const user = me.roles?.includes("data-user");
  const complains = me.roles?.some((r) => r === "data-user" || r === "platform-operator" || r === "data-bureau");
  const missing = list.items && !page ? new Problem({ status: 404 }, 404) : undefined;
  return (
    <Loaded query={{ data: page, error: list.problem ?? missing, isPending: list.loading, refetch: list.refresh }}>
      {(loaded) => {
        const p = loaded.provider;
        return (
          <FilePage
            trail={[{ title: t.shell.menuProviders, to: path.providerDesk() }, { title: loaded.name }]}
            title={loaded.name}
            state={<ProviderState state={p.state} />}
            facts={[
              { label: t.provider.evaluated, value: p.evaluated && dayOf(p.evaluated) },
              { label: t.provider.reported, value: p.reported && `${p.reported.number} ${p.reported.day}` },
              { label: t.provider.published, value: p.published && dayOf(p.published) },
              { label: t.provider.services, value: <Services provider={p} /> },
            ]}
            acts={
              <>
                {me.roles?.includes("platform-operator") && <OperatorActs page={loaded} />}
                {me.org === p.org && me.roles?.includes("third-party-provider") && (
                  <>
                    {offers.ahead && <ButtonLink to={`${path.scenarioNew()}?ahead=1`}>{t.provider.ahead}</ButtonLink>}
                    <ActButton primary state={closed("party.provider.offer", p.state !== "listed" && t.provider.notListedYet)} label={t.provider.offer} run={async () => {}} onOpen={() => setAsking("offer")} />
                  </>
                )}
                {complains && <ActButton state={closed("party.complaint.file")} label={t.provider.complain} run={async () => {}} onOpen={() => setAsking("complain")} />}
                {user && <ActButton primary state={closed("party.provider.engage", p.org === me.org && t.provider.ownProvider)} label={t.provider.engage} run={async () => {}} onOpen={() => setAsking("engage")} />}
              </>
            }
            banner={
              <>
                {!office && <Disclaimer />}
                {asking === "engage" && <EngageModal provider={loaded} close={() => setAsking(undefined)} />}
                {asking === "offer" && (
                  <FormModal<{ kind: string; title: string }>
                    title={t.provider.offer}
                    lead={<p>{t.provider.offerLead}</p>}
                    close={() => setAsking(undefined)}
                    run={(v) => post("/v1/providers/{id}/offers", { path: { id: p.id } }, v)}
                    fields={[
                      { name: "kind", label: t.provider.kind, kind: offers.listed ? "select" : "text", need: true, options: offers.options },
                      { name: "title", label: t.provider.title, need: true, max: 200 },
                    ]}
                  />
                )}
                {asking === "complain" && (
                  <FormModal<{ text: string; evidence?: string }>
                    title={`${t.provider.complain}：${loaded.name}`}
                    lead={<p>{t.provider.complainLead}</p>}
                    close={() => setAsking(undefined)}
                    run={(v) => post("/v1/providers/{id}/complaints", { path: { id: p.id } }, v)}
                    fields={[
                      { name: "text", label: t.provider.complaintText, kind: "area", need: true, max: 5000 },
                      { name: "evidence", label: t.org.evidence, kind: "file" },
                    ]}
                  />
                )}
              </>
            }
            tabs={[
              ...(office
                ? [
                    { key: "complaints", label: t.provider.complaints, content: <Complaints page={loaded} me={me} /> },
                    { key: "evaluation", label: t.provider.evaluation, content: <MatterStrip id={p.matter} title={t.provider.evaluation} /> },
                  ]
                : []),
              { key: "commissions", label: t.provider.commissions, content: <Commissions provider={p.id} /> },
              {
                key: "measures",
                label: t.provider.measures,
                content: p.measures?.length ? (
                  <Timeline
                    items={p.measures.map((m) => ({
                      color: m.kind === "relist" ? "green" : "red",
                      content: (
                        <>
                          <b>{wordFor(t.provider.measureKinds, m.kind)}</b> {minute(m.at)}
                          <div>{m.reason}</div>
                          {m.notice && <Link to={path.notice(m.notice)}>{t.provider.noticeOf}</Link>}
                        </>
                      ),
                    }))}
                  />
                ) : (
                  <EmptyState title={t.provider.noMeasures} />
                ),
              },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
