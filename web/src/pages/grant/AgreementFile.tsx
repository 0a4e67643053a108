import { Steps, Typography } from "antd";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";

export default function AgreementFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/agreements/{id}", { path: { id } });
  const act = useAct((run: () => Promise<unknown>) => run());
  return (
    <Loaded query={query}>
      {({ agreement, acts }) => {
        const stage = agreement.state === "filed" ? 2 : agreement.state === "signed" ? 1 : 0;
        const runs: Record<string, () => Promise<unknown>> = {
          "grant.agreement.sign": () =>
            post("/v1/declarations/{id}/sign", { path: { id: agreement.declaration } }, { from: agreement.from, until: agreement.until }),
          "grant.agreement.file": () => post("/v1/agreements/{id}/file", { path: { id } }),
          "grant.start": () => post("/v1/agreements/{id}/start", { path: { id } }),
        };
        return (
          <FilePage
            trail={[{ title: t.shell.menuGrants, to: `${path.grants()}?tab=agreements` }, { title: t.grant.agreementName }]}
            title={`《${t.grant.agreementName}》`}
            state={<StateTag state={agreement.state} />}
            facts={[
              { label: t.grant.term, value: `${agreement.from} – ${agreement.until}` },
              { label: t.grant.budget, value: agreement.budget ? `rho ${rho(agreement.budget)}` : t.scenario.noBudget },
              { label: t.scenario.title, value: <Link to={path.scenario(agreement.scenario)}>{t.common.view}</Link> },
            ]}
            acts={acts?.map((o) => {
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
            tabs={[{ key: "text", label: t.grant.text, content: <Typography.Paragraph className="document-text">{agreement.text}</Typography.Paragraph> }]}
          />
        );
      }}
    </Loaded>
  );
}
