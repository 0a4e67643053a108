import { Button, Tag, Tooltip } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useOrgName } from "@/api/org";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";

const entering = ["platform-operator", "data-bureau", "authorized-operator"];

interface Draft {
  org: string;
  model: string;
  assessor: string;
  document: string;
  result: "passed" | "failed";
  from: string;
  until: string;
  paper?: string;
}

/** Security conformity assessments of models that data products serve to train or verify. */
export function Assessments() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [adding, setAdding] = useState(false);
  const enters = me.roles?.some((r) => entering.includes(r));
  return (
    <>
      <ResourceTable
        id="assessments"
        endpoint="/v1/assessments"
        rowKey="id"
        actions={enters && <Button key="new" type="primary" onClick={() => setAdding(true)}>{wordFor(t.ledger.acts, "lab.assess")}</Button>}
        empty={{ title: t.assessment.none, hint: t.assessment.lead }}
        columns={[
          { key: "org", title: t.common.org, render: (a) => orgName(a.org), value: (a) => orgName(a.org) },
          { key: "model", title: t.assessment.model },
          { key: "assessor", title: t.assessment.assessor, width: 180 },
          { key: "document", title: t.notice.document, width: 160 },
          { key: "term", title: t.grant.term, width: 190, render: (a) => `${a.from} – ${a.until}`, value: (a) => a.until },
          {
            key: "passed",
            title: t.assessment.result,
            width: 110,
            render: (a) => (
              <Tooltip title={a.reason}>
                <Tag color={!a.in_force ? undefined : a.passed ? "success" : "error"}>
                  {a.ended ? t.assessment.ended : !a.in_force ? t.assessment.lapsed : a.passed ? t.assessment.passed : t.assessment.failed}
                </Tag>
              </Tooltip>
            ),
            value: (a) => (a.passed ? t.assessment.passed : t.assessment.failed),
          },
          ...(enters
            ? [
                {
                  key: "act",
                  title: "",
                  width: 120,
                  render: (a: { id: string; ended?: string }) =>
                    a.ended ? null : (
                      <ActButton size="small" dangerous label={wordFor(t.ledger.acts, "lab.assess.end")} run={({ reason }) => post("/v1/assessments/{id}/end", { path: { id: a.id } }, { reason: reason ?? "" })} />
                    ),
                },
              ]
            : []),
        ]}
      />
      {adding && (
        <FormModal<Draft>
          title={wordFor(t.ledger.acts, "lab.assess")}
          lead={<p>{t.assessment.lead}</p>}
          close={() => setAdding(false)}
          run={({ result, ...draft }) => post("/v1/assessments", {}, { ...draft, passed: result === "passed" })}
          fields={[
            { name: "org", label: t.assessment.owner, kind: "org", need: true },
            { name: "model", label: t.assessment.model, need: true, max: 120, extra: t.assessment.modelHint },
            { name: "assessor", label: t.assessment.assessor, need: true, max: 120 },
            { name: "document", label: t.notice.document, need: true, max: 120 },
            { name: "result", label: t.assessment.result, kind: "select", need: true, options: [{ value: "passed", label: t.assessment.passed }, { value: "failed", label: t.assessment.failed }] },
            { name: "from", label: t.common.from, kind: "day", need: true },
            { name: "until", label: t.common.until, kind: "day", need: true },
            { name: "paper", label: t.assessment.paper, kind: "file" },
          ]}
        />
      )}
    </>
  );
}
