import { Alert, Button, Flex, Tag } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Me, PendingEvaluation } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { Panel } from "@/ui/FilePage";
import { FileTable } from "@/ui/FileTable";
import { FormModal, type FormField } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { path } from "@/util/path";

const evaluators = ["data-bureau", "authorizing-department", "coordination-mechanism", "external-assessor"];

interface Finding {
  org?: string;
  from: string;
  until: string;
  result: "pass" | "fail";
  score?: number;
  reason: string;
  measures?: string;
  evidence?: string[];
}

/** Concludes on one authorization that is due, or on an organization's admission; the figures are the platform's own. */
function EvaluateModal({ of, close }: { of?: PendingEvaluation; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const fields: FormField<Finding>[] = [
    ...(of ? [] : [{ name: "org", label: t.watch.evaluated, kind: "org", need: true, extra: t.watch.evaluatedHint } as FormField<Finding>]),
    { name: "from", label: t.watch.periodFrom, kind: "day", need: true, initial: of?.from },
    { name: "until", label: t.watch.periodUntil, kind: "day", need: true, initial: of?.until, extra: t.watch.periodHint },
    { name: "measures", label: t.watch.measuresOf, extra: t.watch.measuresHint },
    { name: "score", label: t.watch.score, kind: "number", extra: t.watch.scoreHint },
    { name: "result", label: t.watch.result, kind: "select", need: true, options: Object.entries(t.watch.results).map(([value, label]) => ({ value, label })) },
    { name: "reason", label: t.common.reason, kind: "area", need: true, max: 5000 },
    { name: "evidence", label: t.org.evidence, kind: "files" },
  ];
  return (
    <FormModal<Finding>
      title={of ? t.watch.evaluateOf(orgName(of.org), wordFor(t.watch.permitKinds, of.kind)) : t.watch.evaluate}
      lead={<p>{t.watch.evaluateLead}</p>}
      ok={t.watch.conclude}
      fields={fields}
      close={close}
      run={async (v) => {
        const made = await post("/v1/evaluations", {}, of ? { ...v, permit: of.permit } : v);
        void navigate(path.evaluation(made.evaluation.id));
      }}
    />
  );
}

/** 待评估: what is due in this cycle, with the sentence that counts the day. */
function Pendings({ start }: { start: (p: PendingEvaluation) => void }) {
  const t = useText();
  const orgName = useOrgName();
  const list = useItem("/v1/evaluations/pending");
  if (!list.error && list.data?.items?.length === 0) return <Alert type="success" showIcon title={t.watch.nonePending} style={{ marginBottom: 12 }} />;
  return (
    <Panel title={t.watch.pending} flush>
      <FileTable
        size="small"
        width={860}
        rowKey={(p) => p.permit + p.from}
        list={list}
        empty={{ title: t.watch.nonePending }}
        columns={[
          { title: t.common.org, render: (_, p) => <b style={{ fontWeight: 500 }}>{orgName(p.org)}</b> },
          { title: t.watch.permit, width: 130, render: (_, p) => wordFor(t.watch.permitKinds, p.kind) },
          { title: t.watch.period, width: 210, render: (_, p) => `${p.from} – ${p.until}` },
          { title: t.matter.due, width: 220, render: (_, p) => <Deadline compact value={{ due: p.due, explain: p.explain }} /> },
          {
            title: t.common.actions,
            width: 110,
            render: (_, p) => (
              <Button size="small" type="primary" onClick={() => start(p)}>
                {t.watch.conclude}
              </Button>
            ),
          },
        ]}
      />
    </Panel>
  );
}

export function Evaluations() {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const [asking, setAsking] = useState<PendingEvaluation | "new">();
  const may = me.roles?.some((r) => evaluators.includes(r));
  return (
    <>
      {may && <Pendings start={setAsking} />}
      <ResourceTable
        id="evaluations"
        endpoint="/v1/evaluations"
        rowKey="id"
        actions={
          may && (
            <Button key="new" onClick={() => setAsking("new")}>
              {t.watch.evaluate}
            </Button>
          )
        }
        empty={{ title: t.watch.noEvaluations, hint: t.watch.noEvaluationsHint }}
        onRow={(e) => void navigate(path.evaluation(e.id))}
        columns={[
          { key: "org", title: t.common.org, render: (e) => <b style={{ fontWeight: 500 }}>{orgName(e.org)}</b>, value: (e) => orgName(e.org) },
          { key: "kind", title: t.watch.permit, width: 120, render: (e) => wordFor(t.watch.permitKinds, e.kind), value: (e) => wordFor(t.watch.permitKinds, e.kind) },
          { key: "period", title: t.watch.period, width: 210, render: (e) => `${e.from} – ${e.until}`, value: (e) => `${e.from} ${e.until}` },
          { key: "evaluator", title: t.watch.evaluator, width: 180, render: (e) => orgName(e.evaluator), value: (e) => orgName(e.evaluator) },
          { key: "score", title: t.watch.score, width: 90, align: "end", render: (e) => (e.score ? t.watch.points(e.score) : t.common.none), value: (e) => e.score },
          { key: "result", title: t.watch.result, width: 100, render: (e) => <Flex><Tag color={e.result === "pass" ? "success" : "error"}>{wordFor(t.watch.results, e.result)}</Tag></Flex>, value: (e) => wordFor(t.watch.results, e.result) },
          { key: "state", title: t.common.state, width: 110, render: (e) => wordFor(t.watch.evaluationStates, e.state), value: (e) => wordFor(t.watch.evaluationStates, e.state) },
        ]}
      />
      {asking && <EvaluateModal of={asking === "new" ? undefined : asking} close={() => setAsking(undefined)} />}
    </>
  );
}
