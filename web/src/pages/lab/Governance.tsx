import { Flex, Table } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useList } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { SpaceRecord } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citations } from "@/ui/Citation";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState } from "@/ui/ProblemView";
import { yuan } from "@/util/number";
import { path } from "@/util/path";

/** 应付费用: what the data user of a space is charged, with the article; who keeps the platform records what the work cost. */
export function Bill({ record }: { record: SpaceRecord }) {
  const t = useText();
  const [recording, setRecording] = useState(false);
  const state = record.acts?.find((a) => a.act === "lab.governance.record");
  const label = wordFor(t.ledger.acts, "lab.governance.record");
  if (!record.bill?.length) return <EmptyState title={t.space.noBill} />;
  return (
    <>
      {state?.allowed && (
        <Flex justify="flex-end" style={{ marginBottom: 12 }}>
          <ActButton primary state={state} label={label} run={async () => {}} onOpen={() => setRecording(true)} />
        </Flex>
      )}
      <Table
        size="small"
        rowKey="title"
        pagination={false}
        dataSource={record.bill}
        columns={[
          { title: t.space.fee, dataIndex: "title" },
          { title: t.space.workTimes, align: "end", dataIndex: "times" },
          { title: t.space.payable, align: "end", render: (_, c) => yuan(c.amount) },
          { title: t.space.basis, render: (_, c) => <Citations cites={[c.cite]} /> },
        ]}
      />
      {recording && (
        <FormModal<{ work: string; amount: number; day: string }>
          title={label}
          lead={<p>{t.space.costLead}</p>}
          fields={[
            { name: "work", label: t.space.work, kind: "area", need: true, max: 2000 },
            { name: "amount", label: t.space.costYuan, kind: "number", need: true },
            { name: "day", label: t.space.workDay, kind: "day", need: true },
          ]}
          run={({ work, amount, day }) => post("/v1/spaces/{id}/governance-costs", { path: { id: record.space.id } }, { work, day, amount: Math.round(amount * 100) })}
          close={() => setRecording(false)}
        />
      )}
    </>
  );
}

/** 治理费用账: the books of whoever bears the work. Shown where something stands in them. */
export function GovernanceBooks() {
  const t = useText();
  const orgName = useOrgName();
  const list = useList("/v1/governance-costs", { query: { limit: 100 } });
  if (!list.items?.length) return null;
  return (
    <Panel title={t.space.books}>
      <Table
        size="small"
        rowKey="id"
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        scroll={{ x: "max-content" }}
        dataSource={list.items}
        columns={[
          { title: t.space.workDay, dataIndex: "day" },
          { title: t.scenario.name, render: (_, c) => <Link to={path.spaceRecord(c.space)}>{c.title}</Link> },
          { title: t.space.work, dataIndex: "work" },
          { title: t.space.cost, align: "end", render: (_, c) => yuan(c.amount) },
          { title: t.space.bearer, render: (_, c) => orgName(c.bearer) },
          { title: t.space.basis, render: (_, c) => <Citations cites={[c.cite]} /> },
        ]}
      />
    </Panel>
  );
}
