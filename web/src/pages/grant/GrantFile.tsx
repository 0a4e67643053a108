import { Alert, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { GrantPage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { MatterStrip } from "@/ui/MatterStrip";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { guessRate, rho } from "@/util/number";
import { path } from "@/util/path";
import { EndingButton } from "./EndingButton";

const names: Record<string, "suspend" | "lift" | "terminate"> = { "grant.suspend": "suspend", "grant.lift": "lift", "grant.terminate": "terminate" };

/** What follows the term: renewals asked for, or the way to apply anew; and the matter in which its end is deliberated on. */
function Onward({ page }: { page: GrantPage }) {
  const t = useText();
  return (
    <>
      {page.renewable ? (
        <FileTable
          list={{ error: null, isPending: false, data: { items: page.renewals ?? [] } }}
          width={760}
          empty={{ title: t.grant.noRenewals, hint: t.grant.noRenewalsHint }}
          columns={[
            { title: t.grant.renewUntil, dataIndex: "until", width: 140 },
            { title: t.grant.renewReason, dataIndex: "reason" },
            { title: t.scenario.filed, width: 150, render: (_, r) => minute(r.opened) },
            { title: t.common.state, width: 110, render: (_, r) => <StateTag state={r.state === "applied" ? "reviewing" : r.state} /> },
            { title: t.matter.title, width: 100, render: (_, r) => <Link to={path.matter(r.matter)}>{t.common.view}</Link> },
          ]}
        />
      ) : (
        <Alert type="info" showIcon title={t.grant.notRenewable} description={t.grant.notRenewableHint(page.grant.until)} action={<Link to={path.scenario(page.grant.scenario)}>{t.grant.applyAnew}</Link>} />
      )}
      {page.ending && <MatterStrip id={page.ending} title={t.grant.ending} />}
    </>
  );
}

export default function GrantFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/grants/{id}", { path: { id } });
  const [renewing, setRenewing] = useState(false);
  const act = useAct((name: "suspend" | "lift" | "terminate") => post(`/v1/grants/{id}/${name}`, { path: { id } }));
  return (
    <Loaded query={query}>
      {(page) => { const { grant, in_force, why, acts } = page; return (
        <>
        <FilePage
          trail={[{ title: t.shell.menuGrants, to: path.grants() }, { title: grant.title }]}
          title={grant.title}
          state={<StateTag state={in_force ? "in-force" : "not-in-force"} />}
          facts={[
            { label: t.grant.term, value: `${grant.from} – ${grant.until}` },
            { label: t.grant.budget, value: grant.budget ? `rho ${rho(grant.budget)}（${t.budget.level[guessRate(grant.budget).level]}）` : t.scenario.noBudget },
            { label: t.scenario.title, value: <Link to={path.scenario(grant.scenario)}>{t.common.view}</Link> },
            { label: t.grant.agreements, value: <Link to={path.agreement(grant.agreement)}>{t.common.view}</Link> },
          ]}
          acts={acts?.map((o) =>
            o.act === "grant.ending.propose" ? (
              <EndingButton key={o.act} state={o} subject={grant.id} />
            ) : o.act === "grant.renewal.submit" ? (
              <ActButton key={o.act} state={o} primary={o.allowed} label={wordFor(t.ledger.acts, o.act)} run={async () => {}} onOpen={() => setRenewing(true)} />
            ) : (
              <ActButton
                key={o.act}
                state={o}
                dangerous={o.act !== "grant.lift"}
                confirmName={o.act === "grant.terminate" ? grant.title : undefined}
                label={wordFor(t.ledger.acts, o.act)}
                run={() => act.mutateAsync(names[o.act] ?? "suspend")}
              />
            ),
          )}
          banner={!in_force && why && <div className="file-banner"><Alert type="warning" showIcon title={t.grant.notInForce} description={why} /></div>}
          tabs={[
            {
              key: "models",
              label: t.model.title,
              content: (
                <>
                  <Typography.Paragraph>{grant.purpose}</Typography.Paragraph>
                  <Table
                    rowKey="version"
                    pagination={false}
                    dataSource={grant.models ?? []}
                    columns={[
                      { title: t.common.name, render: (_, m) => <Link to={path.model(m.version)}>{m.name}</Link> },
                      { title: t.model.class, dataIndex: "class", render: (v: string) => <Tag>{wordFor(t.model.classes, v)}</Tag> },
                      { title: t.model.hash, dataIndex: "hash", render: (v: string) => <Typography.Text code copyable={{ text: v }}>{v.slice(0, 26)}…</Typography.Text> },
                    ]}
                  />
                </>
              ),
            },
            { key: "onward", label: t.grant.onward, content: <Onward page={page} /> },
          ]}
        />
        {renewing && (
          <FormModal<{ until: string; reason: string }>
            title={t.grant.renew}
            lead={<p>{t.grant.renewLead(grant.until)}</p>}
            close={() => setRenewing(false)}
            run={(v) => post("/v1/grants/{id}/renew", { path: { id } }, v)}
            fields={[
              { name: "until", label: t.grant.renewUntil, kind: "day", need: true },
              { name: "reason", label: t.grant.renewReason, kind: "area", need: true },
            ]}
          />
        )}
        </>
      );}}
    </Loaded>
  );
}
