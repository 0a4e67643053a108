import { Descriptions, Segmented, Select, Skeleton, Space, Table, Typography } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useRoleTitle } from "@/api/law";
import type { PackInfo, ProcedureOf } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation, Citations } from "@/ui/Citation";
import { Panel } from "@/ui/FilePage";
import { EmptyState } from "@/ui/ProblemView";
import { Procedure, type ProcedureStep } from "@/ui/Procedure";
import { packSteps } from "@/ui/steps";
import { paper } from "@/util/paper";
import { withinWords } from "@/util/within";
import { useFilter } from "./useFilter";

function StepList({ steps }: { steps: ProcedureStep[] }) {
  const t = useText();
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={steps}
      scroll={{ x: 900 }}
      columns={[
        { title: t.procedure.step, width: 200, render: (_, s) => <b>{s.title}</b> },
        { title: t.procedure.by, width: 160, render: (_, s) => wordFor(t.roles, s.by) },
        { title: t.procedure.within, width: 130, render: (_, s) => s.within ?? t.common.none },
        {
          title: t.matter.checks,
          render: (_, s) => (
            <>
              {s.checks?.length ? <ul className="plain-list">{s.checks.map((c) => <li key={c}>{c}</li>)}</ul> : null}
              {s.traits?.length ? <Typography.Text type="secondary">{s.traits.join("；")}</Typography.Text> : null}
            </>
          ),
        },
        { title: t.procedure.outcomes, width: 170, render: (_, s) => s.may?.map((m) => wordFor(t.outcomes, m)).join("、") },
        { title: t.law.ruleCite, width: 110, render: (_, s) => <Citations cites={[...(s.cite ? [s.cite] : []), ...(s.also ?? [])]} /> },
      ]}
    />
  );
}

function Terms({ p }: { p: ProcedureOf }) {
  const t = useText();
  const roleTitle = useRoleTitle();
  const papers = (list: ProcedureOf["needs"]) => list?.map((n) => paper(n.title)).join("、");
  return (
    <Descriptions
      size="small"
      column={1}
      style={{ marginTop: 14 }}
      styles={{ label: { width: 110 } }}
      items={[
        { label: t.procedure.applicant, children: p.applicant?.map((r) => roleTitle(r)).join("、") || t.common.none },
        ...(p.needs?.length ? [{ label: t.file.documents, children: papers(p.needs) }] : []),
        ...(p.ways ?? []).map((w) => ({
          label: w.title,
          children: (
            <span>
              {papers(w.needs)} <Citation cite={w.cite} />
            </span>
          ),
        })),
        ...(p.supplement ? [{ label: t.procedure.supplement, children: <span>{withinWords(p.supplement, t)} <Citation cite={p.supplement.cite} /></span> }] : []),
        ...(p.appeal
          ? [{ label: t.procedure.appeal, children: <span>{t.procedure.appealTo(p.appeal.to_title, withinWords(p.appeal.within, t) ?? "")} <Citation cite={p.appeal.cite} /></span> }]
          : []),
      ]}
    />
  );
}

function OneProcedure({ p }: { p: ProcedureOf }) {
  const t = useText();
  const [as, setAs] = useState<"diagram" | "list">("diagram");
  const steps = packSteps(p, t);
  return (
    <Panel
      title={p.title}
      extra={
        <Space>
          <Segmented
            size="small"
            value={as}
            onChange={setAs}
            options={[
              { value: "diagram", label: t.procedure.asDiagram },
              { value: "list", label: t.procedure.asList },
            ]}
          />
          <Citation cite={p.cite} />
        </Space>
      }
    >
      {as === "diagram" ? <Procedure steps={steps} label={p.title} /> : <StepList steps={steps} />}
      <Terms p={p} />
    </Panel>
  );
}

/** Every kind of matter that a pack decides, drawn from the pack itself. */
export function Procedures({ procedures, pack, pending }: { procedures: readonly ProcedureOf[]; pack: PackInfo; pending: boolean }) {
  const t = useText();
  const [search] = useSearchParams();
  const filter = useFilter();
  const mine = procedures.filter((p) => p.pack === pack.id || p.joined?.includes(pack.id));
  const kind = search.get("kind");
  const shown = mine.filter((p) => !kind || p.kind === kind);
  if (pending && mine.length === 0) return <Skeleton active />;
  if (mine.length === 0) return <EmptyState title={t.law.noProcedures} />;
  return (
    <div style={{ paddingTop: 8 }}>
      {mine.length > 3 && (
        <Select
          allowClear
          aria-label={t.procedure.pick}
          placeholder={t.procedure.pick}
          value={kind ?? undefined}
          onChange={(v) => filter("kind", v)}
          style={{ width: 320, marginBottom: 12 }}
          options={mine.map((p) => ({ value: p.kind, label: p.title }))}
        />
      )}
      {shown.map((p) => (
        <OneProcedure key={p.kind} p={p} />
      ))}
    </div>
  );
}
