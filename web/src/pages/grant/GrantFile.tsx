import { Alert, Table, Tag, Typography } from "antd";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { guessRate, rho } from "@/util/number";
import { path } from "@/util/path";

export default function GrantFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/grants/{id}", { path: { id } });
  const act = useAct((name: "suspend" | "lift" | "terminate") => post(`/v1/grants/{id}/${name}`, { path: { id } }));
  return (
    <Loaded query={query}>
      {({ grant, in_force, why, acts }) => (
        <FilePage
          trail={[{ title: t.shell.menuGrants, to: path.grants() }, { title: grant.title }]}
          title={grant.title}
          state={<StateTag state={in_force ? "in-force" : "suspended"} />}
          facts={[
            { label: t.grant.term, value: `${grant.from} – ${grant.until}` },
            { label: t.grant.budget, value: grant.budget ? `rho ${rho(grant.budget)}（${t.budget.level[guessRate(grant.budget).level]}）` : t.scenario.noBudget },
            { label: t.scenario.title, value: <Link to={path.scenario(grant.scenario)}>{t.common.view}</Link> },
            { label: t.grant.agreements, value: <Link to={path.agreement(grant.agreement)}>{t.common.view}</Link> },
          ]}
          acts={acts?.map((o) => {
            const name = o.act === "grant.terminate" ? "terminate" : o.act === "grant.lift" ? "lift" : "suspend";
            return (
              <ActButton
                key={o.act}
                state={o}
                dangerous={name !== "lift"}
                confirmName={name === "terminate" ? grant.title : undefined}
                label={wordFor(t.ledger.acts, o.act)}
                run={() => act.mutateAsync(name)}
              />
            );
          })}
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
          ]}
        />
      )}
    </Loaded>
  );
}
