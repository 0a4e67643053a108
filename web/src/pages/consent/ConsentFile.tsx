import { Alert, Descriptions, Tag, Typography } from "antd";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { ConsentItem, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage, Panel } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { SpotTable } from "./SpotTable";

export function Standing({ standing }: { standing: ConsentItem["standing"] }) {
  const t = useText();
  return <Tag color={standing === "valid" ? "success" : standing === "suspended" ? "error" : "default"}>{wordFor(t.my.standings, standing)}</Tag>;
}

/** The document as it was signed. It is asked for only here: reading it shows a person's name. */
function Paper({ id, erased }: { id: string; erased: boolean }) {
  const t = useText();
  const query = useItem("/v1/consents/{id}/document", { path: { id } }, { enabled: !erased });
  if (erased) return <Alert type="info" showIcon title={t.consent.erased} />;
  return (
    <Loaded query={query}>
      {(paper) => (
        <>
          <div className="document-text">{paper.text}</div>
          {paper.signed.scan && (
            <Typography.Link download={`${id}-scan`} href={`data:application/octet-stream;base64,${paper.signed.scan}`}>
              {t.consent.scan}
            </Typography.Link>
          )}
        </>
      )}
    </Loaded>
  );
}

/** A consent file (授权书): what it allows, what was used under it, what spot checks found, and how long its record is kept. */
export default function ConsentFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const { id = "" } = useParams();
  const query = useItem("/v1/consents/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ consent, acts, checks, keep_until }) => {
        const act = (name: string) => acts?.find((a) => a.act === name);
        const { terms } = consent;
        return (
          <FilePage
            trail={[{ title: t.shell.menuCalls, to: path.consents() }, { title: terms.number }]}
            title={terms.number}
            code={consent.id}
            state={<Standing standing={consent.standing} />}
            facts={[
              { label: t.consent.form, value: terms.scan_sm3 ? t.scenario.paper : t.scenario.electronic },
              { label: t.my.term, value: `${terms.from} – ${terms.until}` },
              { label: t.my.used, value: t.my.usedOf(consent.uses, terms.max_uses) },
              { label: t.consent.keepUntil, value: keep_until },
            ]}
            acts={
              <>
                {act("consent.end") && <ActButton state={act("consent.end")} label={wordFor(t.ledger.acts, "consent.end")} dangerous run={({ reason }) => post("/v1/consents/{id}/end", { path: { id } }, { reason: reason ?? "" })} />}
                {act("consent.erase") && <ActButton state={act("consent.erase")} label={wordFor(t.ledger.acts, "consent.erase")} confirmName={terms.number} run={() => post("/v1/consents/{id}/erase", { path: { id } })} />}
              </>
            }
            tabs={[
              {
                key: "terms",
                label: t.consent.terms,
                content: (
                  <Panel>
                    <Descriptions
                      column={1}
                      bordered
                      size="middle"
                      styles={{ label: { width: 180 } }}
                      items={[
                        { label: t.consent.recipients, children: terms.recipients?.map((r) => `${r.name}（${r.role === "user" ? t.consent.user : t.scenario.partner}）`).join("、") },
                        { label: t.scenario.purpose, children: terms.purpose.text },
                        { label: t.my.may, children: terms.data?.map((d) => `${d.name}：${d.fields?.map((f) => f.title).join("、")}`).join("；") },
                        { label: t.my.gets, children: terms.outputs?.map((o) => o.text).join("；") },
                        { label: t.scenario.template, children: terms.template },
                        { label: t.consent.retention, children: terms.retention },
                        { label: t.consent.submitted, children: consent.submitted_by ? orgName(consent.submitted_by) : t.consent.byPerson },
                        { label: t.consent.received, children: minute(consent.received) },
                        { label: t.consent.digest, children: <Typography.Text code copyable>{consent.digest}</Typography.Text> },
                      ]}
                    />
                  </Panel>
                ),
              },
              {
                key: "uses",
                label: t.consent.uses,
                content: (
                  <ResourceTable
                    id="consent-uses"
                    endpoint="/v1/consents/{id}/uses"
                    params={{ path: { id } }}
                    rowKey="id"
                    empty={{ title: t.consent.noUses, hint: t.consent.noUsesHint }}
                    columns={[
                      { key: "at", title: t.call.at, width: 150, render: (c) => minute(c.at) },
                      { key: "organization", title: t.common.org, width: 200 },
                      { key: "title", title: t.call.deployment },
                      { key: "fields", title: t.common.fields, render: (c) => c.fields?.map((f) => <Tag key={f}>{f}</Tag>) },
                      { key: "use", title: t.my.used, width: 110, render: (c) => t.my.useNo(c.use) },
                    ]}
                  />
                ),
              },
              { key: "checks", label: t.consent.checks, content: <Panel flush><SpotTable spots={checks ?? []} draws={Boolean(me.roles?.includes("platform-operator"))} /></Panel> },
              { key: "document", label: t.consent.document, content: <Panel><Paper id={id} erased={Boolean(consent.erased)} /></Panel> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
