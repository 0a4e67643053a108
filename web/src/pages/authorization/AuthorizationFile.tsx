import { Alert, Typography } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { DocumentList } from "@/ui/DocumentList";
import { FilePage } from "@/ui/FilePage";
import { MatterStrip } from "@/ui/MatterStrip";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Filings } from "../grant/AgreementFile";
import { EndingButton } from "../grant/EndingButton";
import { SignModal } from "../grant/SignModal";
import { roleOfLevel } from "./levels";

export default function AuthorizationFile() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/authorizations/{id}", { path: { id } });
  const start = useAct(() => post("/v1/authorizations/{id}/start", { path: { id } }));
  const [signing, setSigning] = useState(false);
  return (
    <Loaded query={query}>
      {({ authorization: a, acts, filings, in_force, why, ending }) => {
        const title = `${orgName(a.org)} · ${t.roles[roleOfLevel[a.level]]}`;
        return (
          <>
            <FilePage
              trail={[{ title: t.shell.menuAuthorizations, to: path.authorizations() }, { title }]}
              title={title}
              state={<StateTag state={in_force ? "in-force" : a.state} />}
              facts={[
                { label: t.authorization.authorizer, value: a.authorizer && orgName(a.authorizer) },
                { label: t.notice.field, value: a.field },
                { label: t.grant.term, value: a.from && `${a.from} – ${a.until}` },
                { label: t.scenario.filed, value: minute(a.opened) },
                { label: t.portal.noticeKinds.call ?? "", value: a.call && <Link to={path.notice(a.call)}>{t.common.view}</Link> },
                { label: t.grant.agreements, value: a.agreement && <Link to={path.agreement(a.agreement)}>{t.grant.openAgreement}</Link> },
              ]}
              acts={acts?.map((o) =>
                o.act === "grant.agreement.sign" ? (
                  a.agreement ? (
                    <ActButton key={o.act} state={o} primary={o.allowed} label={t.grant.sign} run={async () => {}} to={o.allowed ? path.agreement(a.agreement) : undefined} />
                  ) : (
                    <ActButton key={o.act} state={o} primary={o.allowed} label={t.grant.sign} run={async () => {}} onOpen={() => setSigning(true)} />
                  )
                ) : o.act === "grant.ending.propose" ? (
                  <EndingButton key={o.act} state={o} subject={a.id} />
                ) : (
                  <ActButton key={o.act} state={o} primary={o.allowed} label={wordFor(t.ledger.acts, o.act)} run={() => start.mutateAsync(undefined)} />
                ),
              )}
              banner={
                a.permit && !in_force && why ? (
                  <div className="file-banner">
                    <Alert type="warning" showIcon title={t.grant.notInForce} description={why} />
                  </div>
                ) : undefined
              }
              tabs={[
                {
                  key: "progress",
                  label: t.scenario.progress,
                  content: (
                    <>
                      <MatterStrip id={a.matter} />
                      {ending && <MatterStrip id={ending} title={t.grant.ending} />}
                    </>
                  ),
                },
                { key: "statement", label: t.authorization.statement, content: <Typography.Paragraph className="document-text">{a.statement}</Typography.Paragraph> },
                { key: "documents", label: `${t.file.documents} ${a.documents?.length ?? 0}`, content: <DocumentList documents={a.documents ?? []} /> },
                { key: "filings", label: t.register.filings, content: <Filings filings={filings} /> },
              ]}
            />
            {signing && <SignModal what={{ authorization: id, level: a.level }} close={() => setSigning(false)} />}
          </>
        );
      }}
    </Loaded>
  );
}
