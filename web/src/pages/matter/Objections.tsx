import { Button, Space, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { MatterPage, MatterStep } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";

interface Ruling {
  upheld: string;
  verdict?: "return" | "refuse";
  reason: string;
}

function OfStep({ page, step }: { page: MatterPage; step: MatterStep }) {
  const t = useText();
  const id = page.matter.id;
  const may = page.acts?.some((o) => o.act === "matter.object.decide" && o.on === step.id && o.allowed) ?? false;
  // Who objected and how to reach them is for the deciding body only.
  const protests = useItem("/v1/matters/{id}/objections", { path: { id }, query: { step: step.id } }, { enabled: may }).data?.items ?? [];
  const [ruling, setRuling] = useState<string>();
  return (
    <Panel
      title={step.title}
      extra={
        <Space>
          {step.public && <Deadline value={{ ...step.public.deadline, cite: step.publicity?.for.cite }} />}
          {step.public?.notice && <Link to={path.notice(step.public.notice)}>{t.matter.publicNotice}</Link>}
        </Space>
      }
    >
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={step.public?.objections ?? []}
        locale={{ emptyText: <EmptyState title={t.matter.noObjections} /> }}
        columns={[
          { title: t.portal.time, width: 150, render: (_, o) => minute(o.at) },
          {
            title: t.matter.objection,
            render: (_, o) => {
              const p = protests.find((x) => x.id === o.id);
              return p ? (
                <>
                  {p.text}
                  <div>
                    <Typography.Text type="secondary">{`${p.name} · ${p.contact}`}</Typography.Text>
                  </div>
                </>
              ) : (
                t.common.none
              );
            },
          },
          { title: t.common.state, width: 110, render: (_, o) => <Tag color={o.state === "open" ? "warning" : undefined}>{wordFor(t.matter.objectionStates, o.state)}</Tag> },
          { title: t.matter.reply, dataIndex: "reply" },
          { title: t.common.actions, width: 100, render: (_, o) => may && o.state === "open" && <Button size="small" type="primary" onClick={() => setRuling(o.id)}>{t.matter.ruleOn}</Button> },
        ]}
      />
      {ruling && (
        <FormModal<Ruling>
          title={t.matter.ruleOn}
          close={() => setRuling(undefined)}
          run={({ upheld, verdict, reason }) => post("/v1/matters/{id}/objections/decide", { path: { id } }, { step: step.id, objection: ruling, upheld: upheld === "yes", verdict: upheld === "yes" ? verdict : undefined, reason })}
          fields={[
            { name: "upheld", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "no", label: t.matter.objectionStates.dismissed }, { value: "yes", label: t.matter.objectionStates.upheld }] },
            { name: "verdict", label: t.matter.upheldMeans, kind: "select", options: ["return", "refuse"].map((v) => ({ value: v, label: wordFor(t.outcomes, v) })), extra: t.matter.upheldHint },
            { name: "reason", label: t.matter.reply, kind: "area", need: true },
          ]}
        />
      )}
    </Panel>
  );
}

/** 公示 and the objections to it. */
export function Objections({ page }: { page: MatterPage }) {
  return (
    <>
      {page.matter.steps
        ?.filter((s) => s.public)
        .map((s) => (
          <OfStep key={s.id} page={page} step={s} />
        ))}
    </>
  );
}
