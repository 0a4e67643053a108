import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Descriptions, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { download, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { readReview } from "@/api/lab";
import type { Me, ReleasePage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton, type ActState } from "@/ui/ActButton";
import { BudgetGauge } from "@/ui/BudgetGauge";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ReviewTable } from "@/ui/ReviewTable";
import { ResultTable } from "@/ui/ResultTable";
import { StateTag } from "@/ui/StateTag";
import { TraceView } from "@/ui/Trace";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { MatterActs } from "../matter/acts";
import { Opinions } from "../matter/parts";
import { Checks } from "./Checks";
import { ExactAudit, ExactCells, PermitView } from "./Exact";
import { RedactModal } from "./RedactModal";

/** What the applicant reads of an exact release in place of its checks, and everybody of one that was recalled. */
function Notes({ page, mine }: { page: ReleasePage; mine: boolean }) {
  const t = useText();
  const { release, people } = page;
  const hides = release.overrides?.filter((o) => o.check < 0) ?? [];
  return (
    <>
      {release.recall && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 12 }}
          title={t.release.recalled(people?.[release.recall.account] ?? release.recall.account, minute(release.recall.at), release.recall.reason)}
          description={t.release.recalledLeft(release.recall.left)}
        />
      )}
      {mine && release.code && <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={`${t.release.code}: ${release.code}`} description={t.release.codeHint} />}
      {hides.length > 0 && (
        <Alert
          type="info"
          showIcon
          style={{ marginBottom: 12 }}
          title={`${t.release.struck}: ${t.release.struckOf(release.struck?.length ?? 0)}`}
          description={hides.map((o) => (
            <div key={o.at}>{t.release.redactedBy(people?.[o.account] ?? o.account, minute(o.at), o.reason)}</div>
          ))}
        />
      )}
    </>
  );
}

/** The reviewer's page: the table, every check with its numbers, what it does to the budgets or what an exact one has in common with others, the decision. */
export default function ReleaseFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/releases/{id}", { path: { id } });
  const matterId = query.data?.release.matter;
  const matter = useItem("/v1/matters/{id}", { path: { id: matterId ?? "" } }, { enabled: Boolean(matterId) });
  const save = useAct(() => download("/v1/releases/{id}/export", { path: { id } }, `${id}.csv`));
  const pack = useAct(() => download("/v1/releases/{id}/package", { path: { id } }, `${id}.zip`));
  const [hiding, setHiding] = useState(false);
  return (
    <Loaded query={query}>
      {(page) => {
        const { release, table, plan, threshold, usage, acts, review, exact, permit } = page;
        const state = (name: string) => acts?.find((o) => o.act === name) as ActState | undefined;
        const mine = release.org === me.org;
        const exactly = release.mode === "exact";
        return (
        <FilePage
          trail={[{ title: t.release.title, to: path.releases() }, { title: release.title }]}
          title={release.title}
          state={
            <>
              <StateTag state={release.state} /> {exactly && <Tag color="blue">{t.release.exact}</Tag>}
            </>
          }
          clock={matter.data?.matter.steps?.filter((s) => s.state === "open").map((s) => <Deadline key={s.id} value={s.deadline && { ...s.deadline, left: s.left }} />)}
          acts={
            <>
              {matter.data && <MatterActs page={matter.data} me={me} />}
              {state("output.redact") && <ActButton state={state("output.redact")} label={t.release.redact} run={() => Promise.resolve()} onOpen={() => setHiding(true)} />}
              {state("output.recall") && (
                <ActButton state={state("output.recall")} dangerous label={t.release.recall} run={({ reason = "" }) => post("/v1/releases/{id}/recall", { path: { id } }, { reason })} />
              )}
              {state("output.cancel") && (
                <>
                  <ActButton state={state("output.cancel")} label={t.release.cancelDraft} run={() => post("/v1/releases/{id}/cancel", { path: { id } })} />
                  <ActButton primary label={t.release.submitDraft} run={() => post("/v1/releases/{id}/submit", { path: { id } })} />
                </>
              )}
              {state("output.export") && release.state !== "draft" && (
                <>
                  <ActButton state={state("output.export")} label={t.release.package} run={() => pack.mutateAsync(undefined)} />
                  <ActButton state={state("output.export")} primary icon={<DownloadOutlined aria-hidden />} label={t.release.export} run={() => save.mutateAsync(undefined)} />
                </>
              )}
              {hiding && <RedactModal page={page} close={() => setHiding(false)} />}
            </>
          }
          facts={[
            { label: t.common.purpose, value: release.purpose },
            { label: t.release.recipient, value: release.recipient },
            { label: t.assessment.trains, value: release.trains },
            { label: t.release.retention, value: release.retention },
            { label: t.common.created, value: minute(release.opened) },
            { label: t.release.exports, value: release.exports || undefined },
          ]}
          banner={
            <>
              <Notes page={page} mine={mine} />
              {Boolean(usage?.length) && (
                <div className="file-banner gauges">
                  {usage?.map((b) => (
                    <BudgetGauge
                      key={b.kind + b.resource + b.period}
                      label={`${b.title} · ${wordFor(t.budget.kinds, b.kind)}${b.period ? ` ${b.period}` : ""}`}
                      cap={b.cap}
                      spent={Math.max(0, b.charged - plan.rho)}
                      now={Math.min(plan.rho, b.charged)}
                    />
                  ))}
                </div>
              )}
            </>
          }
          tabs={[
            {
              key: "table",
              label: t.release.table,
              content: table.columns?.length ? (
                <>
                  <Typography.Paragraph type="secondary">{exactly ? t.release.exactTable : t.release.tableNote(threshold)}</Typography.Paragraph>
                  <ResultTable table={table} noised={!exactly} />
                </>
              ) : (
                <EmptyState title={t.release.notYet} hint={t.release.notYetHint} />
              ),
            },
            exactly && mine
              ? { key: "checks", label: t.release.checks, content: <EmptyState title={t.release.applicantChecks} hint={t.release.applicantChecksHint} /> }
              : {
                  key: "checks",
                  label: `${t.release.checks} ${t.release.passed(release.checks?.filter((c) => c.outcome === "pass").length ?? 0, release.checks?.length ?? 0)}`,
                  content: <Checks page={page} />,
                },
            ...(exact
              ? [
                  { key: "cells", label: t.release.cells, content: <ExactCells exact={exact} /> },
                  { key: "audit", label: t.release.audit, content: <ExactAudit exact={exact} /> },
                ]
              : []),
            ...(permit ? [{ key: "permit", label: t.release.permit, content: <PermitView permit={permit} ended={!page.permit_in_force} /> }] : []),
            ...(matter.data ? [{ key: "opinions", label: t.file.opinions, content: <Opinions steps={matter.data.matter.steps ?? []} /> }] : []),
            { key: "model", label: t.model.checks, content: <ReviewTable review={readReview(review)} /> },
            { key: "trace", label: t.trace.title, content: <TraceView endpoint="/v1/releases/{id}/trace" id={id} lead={t.trace.productLead} /> },
            {
              key: "evidence",
              label: exactly ? t.release.provenance : t.release.evidence,
              content: (
                <Descriptions
                  bordered
                  column={1}
                  items={[
                    ...(exactly
                      ? []
                      : [
                          { label: t.release.mechanism, children: wordFor(t.release.mechanisms, plan.mechanism) },
                          { label: t.lab.charge, children: `rho ${rho(plan.rho)}` },
                          { label: t.lab.cells, children: plan.cells },
                          { label: t.lab.threshold, children: t.lab.thresholdOf(threshold) },
                        ]),
                    { label: t.release.run, children: release.run },
                    ...(release.digest ? [{ label: t.release.digest, children: <Typography.Text copyable>{release.digest}</Typography.Text> }] : []),
                  ]}
                />
              ),
            },
          ]}
        />
        );
      }}
    </Loaded>
  );
}
