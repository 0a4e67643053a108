import { Descriptions, Steps, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useRoleTitle } from "@/api/law";
import type { AgreementPage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { SignModal } from "./SignModal";

function Parties({ agreement }: { agreement: AgreementPage["agreement"] }) {
  const t = useText();
  const roleTitle = useRoleTitle();
  const signed = (role: string, org?: string) => agreement.signatures?.find((s) => s.role === role || (org && s.org === org));
  const parties = agreement.parties ?? [];
  if (parties.length === 0) return <>{agreement.signatures?.map((s) => `${s.name} ${minute(s.at)}`).join("；")}</>;
  return (
    <Table
      size="small"
      rowKey="role"
      pagination={false}
      dataSource={parties}
      columns={[
        { title: t.grant.party, render: (_, p) => p.title || roleTitle(p.role) || p.role },
        { title: t.common.org, render: (_, p) => p.name ?? t.common.none },
        {
          title: t.grant.signatures,
          render: (_, p) => {
            const s = signed(p.role, p.org);
            return s ? `${s.name} ${minute(s.at)}` : <StateTag state="drafted" />;
          },
        },
        { title: t.grant.seal, width: 140, render: (_, p) => (p.seal ? <Tag color={signed(p.role, p.org)?.seal ? "success" : "warning"}>{signed(p.role, p.org)?.seal ? t.grant.sealed : t.grant.sealNeeded}</Tag> : t.common.none) },
      ]}
    />
  );
}

export function Filings({ filings }: { filings: AgreementPage["filings"] }) {
  const t = useText();
  if (!filings?.length) return <EmptyState title={t.register.noFilings} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={filings}
      columns={[
        { title: t.register.to, dataIndex: "to_title" },
        { title: t.common.state, render: (_, f) => <Tag color={f.state === "due" ? "warning" : "success"}>{wordFor(t.register.states, f.state)}</Tag> },
        { title: t.register.number, dataIndex: "number" },
        { title: t.register.filed, render: (_, f) => minute(f.filed) },
        { title: t.register.received, render: (_, f) => f.received && `${f.received.number} ${minute(f.received.at)}` },
      ]}
    />
  );
}

export default function AgreementFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/agreements/{id}", { path: { id } });
  const act = useAct((run: () => Promise<unknown>) => run());
  const [signing, setSigning] = useState(false);
  return (
    <Loaded query={query}>
      {({ agreement, acts, filings }) => {
        const stage = agreement.state === "filed" ? 2 : agreement.state === "signed" ? 1 : 0;
        // The text begins with its name, as the regulation in force calls it.
        const title = agreement.text.trim().split("\n", 1)[0] || wordFor(t.grant.kinds, agreement.kind ?? "scenario");
        const runs: Record<string, () => Promise<unknown>> = {
          "grant.agreement.file": () => post("/v1/agreements/{id}/file", { path: { id } }),
          "grant.start": () => post("/v1/agreements/{id}/start", { path: { id } }),
        };
        return (
          <>
            <FilePage
              trail={[{ title: t.shell.menuGrants, to: `${path.grants()}?tab=agreements` }, { title }]}
              title={title}
              state={<StateTag state={agreement.state} />}
              facts={[
                { label: t.grant.term, value: `${agreement.from} – ${agreement.until}` },
                { label: t.grant.exception, value: agreement.exception },
                { label: t.grant.budget, value: agreement.budget ? `rho ${rho(agreement.budget)}` : undefined },
                { label: t.grant.paidOr, value: agreement.paid === undefined ? undefined : agreement.paid ? t.common.yes : t.common.no },
                { label: t.scenario.title, value: agreement.scenario && <Link to={path.scenario(agreement.scenario)}>{t.common.view}</Link> },
                { label: t.authorization.title, value: agreement.authorization && <Link to={path.authorization(agreement.authorization)}>{t.common.view}</Link> },
              ]}
              acts={acts?.map((o) => {
                if (o.act === "grant.agreement.sign")
                  return <ActButton key={o.act} state={o} primary={o.allowed} label={wordFor(t.ledger.acts, o.act)} run={async () => {}} onOpen={() => setSigning(true)} />;
                const run = runs[o.act];
                return run && <ActButton key={o.act} state={o} primary={o.allowed} label={wordFor(t.ledger.acts, o.act)} run={() => act.mutateAsync(run)} />;
              })}
              banner={
                <div className="file-banner">
                  <Steps
                    size="small"
                    current={stage}
                    items={[
                      { title: t.grant.stages[0], content: agreement.signatures?.map((s) => `${s.name} ${minute(s.at)}`).join("；") },
                      { title: t.grant.stages[1], content: agreement.filed_at && minute(agreement.filed_at) },
                      { title: t.grant.stages[2] },
                    ]}
                  />
                </div>
              }
              tabs={[
                { key: "text", label: t.grant.text, content: <Typography.Paragraph className="document-text">{agreement.text}</Typography.Paragraph> },
                { key: "parties", label: t.grant.parties, content: <Parties agreement={agreement} /> },
                ...(agreement.clauses?.length
                  ? [
                      {
                        key: "clauses",
                        label: `${t.grant.clauses} ${agreement.clauses.length}`,
                        content: (
                          <Descriptions
                            bordered
                            column={1}
                            size="small"
                            styles={{ label: { width: 220 } }}
                            items={agreement.clauses.map((c) => ({ key: c.id, label: c.title, children: c.needs ? <Tag color="warning">{t.grant.clauseMissing}</Tag> : c.text || t.grant.clauseInText }))}
                          />
                        ),
                      },
                    ]
                  : []),
                { key: "filings", label: t.register.filings, content: <Filings filings={filings} /> },
              ]}
            />
            {signing && <SignModal what={{ agreement }} close={() => setSigning(false)} />}
          </>
        );
      }}
    </Loaded>
  );
}
