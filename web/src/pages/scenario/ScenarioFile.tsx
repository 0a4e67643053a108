import { Button, Descriptions, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Declaration, Me, ScenarioPage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { FilePage, Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { MatterStrip } from "@/ui/MatterStrip";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { guessRate, rho } from "@/util/number";
import { path } from "@/util/path";
import { ScenarioPermits } from "../statistics/Permits";
import { ApplyModal } from "../supply/ApplyModal";
import { DeclareModal } from "./DeclareModal";
import { SignModal } from "../grant/SignModal";

function Content({ page }: { page: ScenarioPage }) {
  const t = useText();
  const { plan } = page.scenario;
  const rate = guessRate(plan.budget);
  return (
    <>
      <Descriptions
        bordered
        column={1}
        size="middle"
        styles={{ label: { width: 160 } }}
        items={[
          { label: t.scenario.purpose, children: plan.purpose },
          { label: t.scenario.solution, children: <div className="document-text">{plan.solution}</div> },
          { label: t.scenario.safety, children: <div className="document-text">{plan.safety}</div> },
          { label: t.scenario.budget, children: plan.budget ? `${t.budget.level[rate.level]}（rho ${rho(plan.budget)}）` : t.scenario.noBudget },
          { label: t.scenario.special, children: plan.special ? t.common.yes : t.common.no },
        ]}
      />
      <Typography.Title level={5} style={{ marginTop: 24 }}>
        {t.scenario.needs}
      </Typography.Title>
      <Table
        size="middle"
        rowKey="resource"
        pagination={false}
        dataSource={plan.needs ?? []}
        columns={[
          { title: t.common.resource, dataIndex: "resource", render: (v: string) => <Link to={path.catalogEntry(v)}>{v}</Link> },
          { title: t.common.fields, dataIndex: "fields", render: (v: string[] | null) => v?.map((f) => <Tag key={f}>{f}</Tag>) },
          { title: t.scenario.why, dataIndex: "why" },
        ]}
      />
    </>
  );
}

function DeclarationPanel({ declaration, me, ahead }: { declaration: Declaration; me: Me; ahead?: boolean }) {
  const t = useText();
  const [signing, setSigning] = useState(false);
  const party = me.org === declaration.org || me.roles?.includes("platform-operator");
  return (
    <>
      <MatterStrip id={declaration.matter} title={t.scenario.declare} day={declaration.opened} />
      <Panel
        title={t.scenario.declaredModels}
        extra={
          <>
            <StateTag state={declaration.state} />
            {declaration.agreement ? (
              <Link to={path.agreement(declaration.agreement)}>{t.grant.openAgreement}</Link>
            ) : (
              declaration.state === "approved" &&
              party &&
              !ahead && (
                <Button type="primary" size="small" onClick={() => setSigning(true)}>
                  {t.grant.sign}
                </Button>
              )
            )}
          </>
        }
        flush
      >
        <Table
          size="small"
          rowKey="version"
          pagination={false}
          dataSource={declaration.models ?? []}
          columns={[
            { title: t.common.name, dataIndex: "name" },
            { title: t.model.class, dataIndex: "class", render: (v: string) => wordFor(t.model.classes, v) },
            { title: t.model.hash, dataIndex: "hash", render: (v: string) => <Typography.Text code copyable={{ text: v }}>{v.slice(0, 22)}…</Typography.Text> },
            { title: "", width: 80, render: (_, m) => <Link to={path.model(m.version)}>{t.common.view}</Link> },
          ]}
        />
      </Panel>
      <Panel title={t.scenario.consents}>
        <Descriptions
          size="small"
          column={1}
          items={[
            { label: t.scenario.signing, children: declaration.papers.signing === "paper" ? `${t.scenario.paper}（${declaration.papers.paper_reason ?? ""}）` : t.scenario.electronic },
            { label: t.scenario.template, children: declaration.papers.template ? <div className="document-text">{declaration.papers.template}</div> : t.scenario.platformTemplate },
            ...(declaration.papers.template_why ? [{ label: t.scenario.templateWhy, children: declaration.papers.template_why }] : []),
            ...(declaration.papers.partner ? [{ label: t.scenario.partner, children: declaration.papers.partner }] : []),
          ]}
        />
      </Panel>
      {signing && <SignModal what={{ declaration: declaration.id }} close={() => setSigning(false)} />}
    </>
  );
}

/** What was applied for under the scenario, and how far it is. */
function DataApplications({ scenario }: { scenario: string }) {
  const t = useText();
  return (
    <ResourceTable
      id="scenario-applications"
      endpoint="/v1/data-applications"
      params={{ query: { scenario } }}
      rowKey="id"
      empty={{ title: t.supply.noApplications, hint: t.supply.applyLead }}
      columns={[
        { key: "id", title: t.supply.application, render: (a) => <Link to={path.application(a.id)}>{a.id}</Link> },
        { key: "items", title: t.supply.items, render: (a) => a.items?.map((i) => <Tag key={i.resource}>{i.title}</Tag>) },
        { key: "parts", title: t.supply.parts, align: "end", render: (a) => a.parts?.length ?? 0 },
        { key: "opened", title: t.supply.filed, render: (a) => minute(a.opened) },
      ]}
    />
  );
}

export default function ScenarioFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/scenarios/{id}", { path: { id } });
  const [doing, setDoing] = useState<"declare" | "apply" | "demand">();
  const procedures = useItem("/v1/regime/procedures");
  const supplied = procedures.data?.items?.some((p) => p.kind === "supply.part");
  return (
    <Loaded query={query}>
      {(page) => (
        <>
          <FilePage
            trail={[{ title: t.scenario.title, to: path.scenarios() }, { title: page.scenario.plan.title }]}
            title={page.scenario.plan.title}
            state={
              <>
                <StateTag state={page.scenario.state} /> {page.scenario.plan.ahead && <Tag>{t.provider.aheadTag}</Tag>}
              </>
            }
            facts={[
              { label: t.scenario.filed, value: minute(page.scenario.opened) },
              { label: t.scenario.declarations, value: page.declarations?.length || undefined },
              { label: t.grant.title, value: page.grants?.map((g) => <Link key={g.id} to={path.grant(g.id)}>{g.from} – {g.until}</Link>) },
            ]}
            acts={
              <>
                {page.scenario.permit && me.org === page.scenario.org && (
                  <ButtonLink to={`${path.lab()}?scenario=${page.scenario.id}`}>{t.lab.open}</ButtonLink>
                )}
                {supplied && me.org === page.scenario.org && !page.scenario.plan.ahead && (
                  <>
                    <Button onClick={() => setDoing("demand")}>{t.supply.demand}</Button>
                    <Button disabled={!page.scenario.permit} title={page.scenario.permit ? undefined : t.supply.noApplicationsHint} onClick={() => setDoing("apply")}>
                      {t.supply.apply}
                    </Button>
                  </>
                )}
                {page.acts?.map((o) => (
                  <ActButton key={o.act} state={o} primary label={wordFor(t.ledger.acts, o.act)} run={async () => {}} onOpen={() => setDoing("declare")} />
                ))}
              </>
            }
            tabs={[
              {
                key: "progress",
                label: t.scenario.progress,
                content: (
                  <div style={{ paddingTop: 8 }}>
                    <MatterStrip id={page.scenario.matter} title={t.scenario.predeclare} />
                    {page.declarations?.map((d) => (
                      <DeclarationPanel key={d.id} declaration={d} me={me} ahead={page.scenario.plan.ahead} />
                    ))}
                    {!page.declarations?.length && <EmptyState title={t.scenario.noDeclaration} hint={t.scenario.noDeclarationHint} />}
                  </div>
                ),
              },
              ...(supplied ? [{ key: "data", label: t.supply.application, content: <DataApplications scenario={page.scenario.id} /> }] : []),
              ...(page.acts && !page.scenario.plan.ahead ? [{ key: "statistics", label: t.release.exact, content: <ScenarioPermits scenario={page.scenario} /> }] : []),
              { key: "content", label: t.file.content, content: <Content page={page} /> },
            ]}
          />
          {doing === "declare" && <DeclareModal scenario={page.scenario} close={() => setDoing(undefined)} />}
          {doing === "apply" && <ApplyModal scenario={page.scenario} close={() => setDoing(undefined)} />}
          {doing === "demand" && (
            <FormModal<{ what: string; why: string }>
              title={t.supply.demand}
              lead={<Typography.Paragraph type="secondary">{t.supply.demandLead}</Typography.Paragraph>}
              fields={[
                { name: "what", label: t.supply.what, kind: "area", need: true, max: 1000 },
                { name: "why", label: t.supply.demandWhy, kind: "area", need: true, max: 1000 },
              ]}
              run={(v) => post("/v1/scenarios/{id}/demands", { path: { id } }, v)}
              close={() => setDoing(undefined)}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
