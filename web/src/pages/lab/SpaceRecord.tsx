import { Flex, Progress, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { SpaceRecord as Record_, SpaceSeat, SpaceSupply } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { mebibytes, MiB } from "@/util/bytes";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Bill } from "./Governance";

const unbounded = 2 ** 50;

const seconds = (microseconds: number) => (microseconds / 1e6).toFixed(1);

/** How full one quota is; one that nobody set is only counted. */
function Bar({ label, used, of, unit }: { label: string; used: number; of: number; unit: string }) {
  const t = useText();
  const free = of >= unbounded / MiB;
  const percent = free ? 0 : Math.min(100, Math.round((100 * used) / Math.max(1, of)));
  return (
    <div style={{ minWidth: 200, flex: 1 }}>
      <Flex justify="space-between">
        <span>{label}</span>
        <Typography.Text type={percent >= 90 ? "danger" : "secondary"}>
          {used} {free ? unit : t.space.of(String(of), unit)}
        </Typography.Text>
      </Flex>
      <Progress percent={percent} showInfo={false} status={percent >= 90 ? "exception" : "normal"} aria-label={label} />
    </div>
  );
}

function Seats({ record, id }: { record: Record_; id: string }) {
  const t = useText();
  const orgName = useOrgName();
  const [adding, setAdding] = useState(false);
  const commissions = useItem("/v1/commissions", { query: { state: "running", limit: 100 } }, { enabled: adding }).data?.items ?? [];
  const state = (act: string) => record.acts?.find((a) => a.act === act);
  return (
    <>
      <Flex justify="flex-end" style={{ marginBottom: 12 }}>
        <ActButton primary state={state("lab.seat.add")} label={wordFor(t.ledger.acts, "lab.seat.add")} run={async () => {}} onOpen={() => setAdding(true)} />
      </Flex>
      <Table<SpaceSeat>
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={record.seats ?? []}
        locale={{ emptyText: <EmptyState title={t.space.noSeats} /> }}
        columns={[
          { title: t.common.name, render: (_, s) => `${s.name}（${s.login}）` },
          { title: t.space.of_org, render: (_, s) => orgName(s.org) },
          { title: t.space.tools, render: (_, s) => (s.tools?.length ? s.tools.map((x) => <Tag key={x}>{wordFor(t.space.toolNames, x)}</Tag>) : t.space.allTools) },
          { title: t.common.created, render: (_, s) => minute(s.opened) },
          { title: t.common.state, render: (_, s) => (s.state === "active" && !s.closed ? <Tag color="success">{t.space.seatActive}</Tag> : <Typography.Text type="secondary">{s.closed ?? s.why}</Typography.Text>) },
          {
            title: "",
            align: "end",
            render: (_, s) =>
              s.state === "active" && (
                <ActButton size="small" state={state("lab.seat.end")} label={wordFor(t.ledger.acts, "lab.seat.end")} run={() => post("/v1/spaces/{id}/seats/{seat}/end", { path: { id, seat: s.id } })} />
              ),
          },
        ]}
      />
      {adding && (
        <FormModal<{ login: string; commission?: string; tools?: string[] }>
          title={wordFor(t.ledger.acts, "lab.seat.add")}
          fields={[
            { name: "login", label: t.space.login, need: true, extra: t.space.loginHint },
            { name: "commission", label: t.space.commission, kind: "select", extra: t.space.commissionHint, options: commissions.map((c) => ({ value: c.id, label: `${c.provider_name}：${c.content}` })) },
            { name: "tools", label: t.space.tools, kind: "multiple", extra: t.space.toolsHint, options: (record.tools ?? []).map((x) => ({ value: x.id, label: wordFor(t.space.toolNames, x.id) })) },
          ]}
          run={(values) => post("/v1/spaces/{id}/seats", { path: { id } }, values)}
          close={() => setAdding(false)}
        />
      )}
    </>
  );
}

function Supplies({ record }: { record: Record_ }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <Table<SpaceSupply>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={record.supplies ?? []}
      locale={{ emptyText: <EmptyState title={t.space.noSupplies} hint={t.space.noSuppliesHint} /> }}
      expandable={{
        defaultExpandAllRows: true,
        expandedRowRender: (s) => (
          <Table
            size="small"
            rowKey={(b) => b.file + b.at}
            pagination={false}
            dataSource={s.batches ?? []}
            columns={[
              { title: t.space.batch, render: (_, b) => <Typography.Text code>{b.load}</Typography.Text> },
              { title: t.space.rows, align: "end", dataIndex: "rows" },
              { title: t.space.volume, align: "end", render: (_, b) => `${mebibytes(b.bytes)} MiB` },
              { title: t.portal.time, render: (_, b) => minute(b.at) },
              { title: t.space.result, render: (_, b) => (b.dropped ? `${minute(b.dropped)} ${b.result ?? ""}` : <Tag color="success">{t.space.inUse}</Tag>) },
            ]}
          />
        ),
      }}
      columns={[
        { title: t.space.resource, dataIndex: "title" },
        { title: t.space.provider, render: (_, s) => orgName(s.provider) },
        { title: t.space.fields, render: (_, s) => s.fields?.join("、") },
        { title: t.space.route, render: (_, s) => wordFor(t.space.routes, s.route) },
        { title: t.space.basis, render: (_, s) => <Typography.Text code>{s.reference ?? s.agreement}</Typography.Text> },
        { title: t.common.state, render: (_, s) => wordFor(t.space.supplyStates, s.state) },
      ]}
    />
  );
}

/** 空间档案: term, quotas, people, sessions and what was done, what was supplied, what it used, how it ended. */
export default function SpaceRecordPage() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const [quota, setQuota] = useState(false);
  const query = useItem("/v1/spaces/{id}/record", { path: { id } });
  return (
    <Loaded query={query}>
      {(record) => {
        const { space, meter, term } = record;
        return (
          <>
            <FilePage
              trail={[{ title: t.shell.menuLab, to: path.lab() }, { title: record.title }]}
              title={t.space.record(record.title)}
              code={space.id}
              state={<Tag color={space.state === "closed" ? undefined : "success"}>{space.state === "closed" ? t.space.closed : t.space.open}</Tag>}
              facts={[
                { label: t.space.of_org, value: orgName(space.org) },
                { label: t.space.term, value: term.why ?? (term.until ? `${term.from} — ${term.until}` : "") },
                { label: t.space.closedAt, value: space.closed && minute(space.closed) },
                { label: t.common.reason, value: space.why },
              ]}
              acts={<ActButton state={record.acts?.find((a) => a.act === "lab.space.quota")} label={wordFor(t.ledger.acts, "lab.space.quota")} run={async () => {}} onOpen={() => setQuota(true)} />}
              banner={
                <Flex gap={24} wrap className="file-banner">
                  <Bar label={t.space.runs} used={meter.used.runs} of={meter.quota.runs} unit={t.space.times} />
                  <Bar label={t.space.compute} used={Math.round(meter.used.cpu / 1e6)} of={meter.quota.compute} unit={t.space.seconds} />
                  <Bar label={t.space.storage} used={Number(mebibytes(meter.stored))} of={Math.round(meter.quota.storage / MiB)} unit="MiB" />
                  <Bar label={t.space.seats} used={meter.seats} of={meter.quota.seats} unit={t.space.people} />
                </Flex>
              }
              tabs={[
                { key: "supplies", label: `${t.space.supplies} ${record.supplies?.length ?? 0}`, content: <Supplies record={record} /> },
                { key: "seats", label: `${t.space.seats} ${record.seats?.length ?? 0}`, content: <Seats record={record} id={id} /> },
                {
                  key: "activity",
                  label: t.space.activity,
                  content: (
                    <Table
                      size="small"
                      rowKey={(a) => a.session + a.what + a.object}
                      pagination={{ pageSize: 20, hideOnSinglePage: true }}
                      scroll={{ x: "max-content" }}
                      dataSource={record.activities ?? []}
                      locale={{ emptyText: <EmptyState title={t.space.noActivity} /> }}
                      columns={[
                        { title: t.space.last, render: (_, a) => minute(a.last) },
                        { title: t.common.name, dataIndex: "name" },
                        { title: t.space.tool, render: (_, a) => wordFor(t.space.toolNames, a.what) },
                        { title: t.common.code, render: (_, a) => a.object && <Typography.Text code>{a.object.slice(0, 30)}</Typography.Text> },
                        { title: t.space.count, align: "end", dataIndex: "times" },
                      ]}
                    />
                  ),
                },
                {
                  key: "sessions",
                  label: t.space.sessions,
                  content: (
                    <Table
                      size="small"
                      rowKey="id"
                      pagination={{ pageSize: 20, hideOnSinglePage: true }}
                      dataSource={record.sessions ?? []}
                      locale={{ emptyText: <EmptyState title={t.space.noSessions} /> }}
                      columns={[
                        { title: t.common.name, dataIndex: "name" },
                        { title: t.space.entered, render: (_, s) => minute(s.opened) },
                        { title: t.space.left, render: (_, s) => (s.closed ? minute(s.closed) : <Tag color="processing">{t.space.inside}</Tag>) },
                      ]}
                    />
                  ),
                },
                {
                  key: "statements",
                  label: t.space.statements,
                  content: (
                    <Table
                      size="small"
                      rowKey="month"
                      pagination={false}
                      dataSource={record.statements ?? []}
                      locale={{ emptyText: <EmptyState title={t.space.noStatements} /> }}
                      columns={[
                        { title: t.space.month, dataIndex: "month" },
                        { title: t.space.runs, align: "end", dataIndex: "runs" },
                        { title: t.space.trials, align: "end", dataIndex: "trials" },
                        { title: t.space.compute, align: "end", render: (_, s) => `${seconds(s.cpu)} ${t.space.seconds}` },
                        { title: t.space.rows, align: "end", dataIndex: "rows" },
                        { title: t.space.volume, align: "end", render: (_, s) => `${mebibytes(s.bytes)} MiB` },
                      ]}
                    />
                  ),
                },
                { key: "bill", label: t.space.bill, content: <Bill record={record} /> },
                {
                  key: "findings",
                  label: `${t.space.findings} ${record.findings?.length ?? 0}`,
                  content: (
                    <Table
                      size="small"
                      rowKey="id"
                      pagination={false}
                      dataSource={record.findings ?? []}
                      locale={{ emptyText: <EmptyState title={t.space.noFindings} /> }}
                      columns={[
                        { title: t.portal.time, render: (_, f) => minute(f.at) },
                        { title: t.notice.kind, render: (_, f) => wordFor(t.space.findingKinds, f.kind) },
                        { title: t.watch.what, dataIndex: "what" },
                        { title: t.space.result, dataIndex: "result" },
                      ]}
                    />
                  ),
                },
              ]}
            />
            {quota && (
              <FormModal<{ runs: number; compute: number; storage: number; seats: number }>
                title={wordFor(t.ledger.acts, "lab.space.quota")}
                fields={[
                  { name: "runs", label: `${t.space.runs} (${t.space.times})`, kind: "number", need: true, initial: meter.quota.runs },
                  { name: "compute", label: `${t.space.compute} (${t.space.seconds})`, kind: "number", need: true, initial: meter.quota.compute },
                  { name: "storage", label: `${t.space.storage} (MiB)`, kind: "number", need: true, initial: Math.round(meter.quota.storage / MiB) },
                  { name: "seats", label: `${t.space.seats} (${t.space.people})`, kind: "number", need: true, initial: meter.quota.seats },
                ]}
                run={(v) => post("/v1/spaces/{id}/quota", { path: { id } }, { ...v, storage: v.storage * MiB })}
                close={() => setQuota(false)}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}
