import { Button, DatePicker, Drawer, Flex, Select, Statistic, Table, Tag, Typography } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { ModelUse } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Chart } from "@/ui/Chart";
import { PageHead, Panel } from "@/ui/FilePage";
import { LineageGraph } from "@/ui/LineageGraph";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { grouped, rho, rhoUnit } from "@/util/number";
import { path } from "@/util/path";

/** One model with what it took from the resource, what it gave, and what of it left. */
function ModelDrawer({ model, table, close }: { model: ModelUse; table: string; close: () => void }) {
  const t = useText();
  const outputs = (model.lineage ?? []).map((f) => ({
    name: f.output,
    class: f.standing,
    sources: (f.sources ?? []).flatMap((s) => (s.ways ?? []).slice(0, 1).map((use) => ({ table, column: s.column, use }))),
  }));
  return (
    <Drawer open size={820} title={`${model.name} v${model.number}`} onClose={close} extra={model.asked && <Link to={path.model(model.version)}>{t.use.openModel}</Link>}>
      <Typography.Title level={3}>{t.use.lineage}</Typography.Title>
      <Typography.Paragraph type="secondary">{t.use.lineageHint}</Typography.Paragraph>
      <LineageGraph outputs={outputs} />
      <Typography.Title level={3}>{t.use.results}</Typography.Title>
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        aria-label={t.use.results}
        dataSource={model.released ?? []}
        locale={{ emptyText: <EmptyState title={t.use.noResults} hint={t.use.noResultsHint} /> }}
        columns={[
          { title: t.common.created, render: (_, r) => minute(r.opened) },
          { title: t.common.purpose, dataIndex: "purpose" },
          { title: t.release.recipient, dataIndex: "recipient" },
          { title: t.lab.mode, render: (_, r) => (r.exact ? <Tag color="blue">{t.release.exact}</Tag> : t.lab.noised) },
          { title: t.release.exports, align: "end", dataIndex: "exports" },
          { title: t.common.state, render: (_, r) => <StateTag state={r.state} /> },
        ]}
      />
    </Drawer>
  );
}

/** A department's own data in use: by whom, for what, with which models, how often, what it told and what left. */
export default function DataUse() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const [shown, setShown] = useState<{ model: ModelUse; table: string }>();
  const choose = (changes: Record<string, string | undefined>) =>
    setSearch(
      (before) => {
        for (const [name, value] of Object.entries(changes)) {
          if (value) before.set(name, value);
          else before.delete(name);
        }
        return before;
      },
      { replace: true },
    );
  const asked = { resource: search.get("resource") ?? undefined, from: search.get("from") ?? undefined, until: search.get("until") ?? undefined };
  const all = useItem("/v1/data-use");
  const query = useItem("/v1/data-use", { query: asked });
  return (
    <>
      <PageHead title={t.use.title} lead={t.use.lead} />
      <Flex gap={12} wrap style={{ marginBottom: 16 }}>
        <Select
          aria-label={t.common.resource}
          style={{ minWidth: 260 }}
          allowClear
          placeholder={t.use.allResources}
          value={asked.resource}
          onChange={(value?: string) => choose({ resource: value })}
          options={all.data?.resources?.map((r) => ({ value: r.resource, label: r.title }))}
        />
        <DatePicker.RangePicker
          picker="month"
          aria-label={t.use.period}
          allowClear={false}
          value={query.data && [dayjs(query.data.from), dayjs(query.data.until)]}
          onChange={(v) => v?.[0] && v[1] && choose({ from: v[0].format("YYYY-MM"), until: v[1].format("YYYY-MM") })}
        />
      </Flex>
      <Loaded query={query}>
        {(use) => {
          const resources = use.resources ?? [];
          const months = use.months ?? [];
          const sum = (of: "runs" | "calls" | "results" | "exports" | "rho") => resources.reduce((n, r) => n + r[of], 0);
          if (!resources.length) return <Panel><EmptyState title={t.use.none} hint={t.use.noneHint} /></Panel>;
          return (
            <>
              <Panel title={t.use.byMonth}>
                <Flex gap={48} wrap style={{ marginBottom: 16 }}>
                  <Statistic title={t.use.runs} value={sum("runs")} />
                  <Statistic title={t.use.calls} value={sum("calls")} />
                  <Statistic title={t.use.charged} value={rho(sum("rho"))} />
                  <Statistic title={t.use.results} value={sum("results")} />
                  <Statistic title={t.release.exports} value={sum("exports")} />
                </Flex>
                <Chart
                  kind="bar"
                  height={240}
                  labelTitle={t.use.month}
                  data={{
                    labels: months.map((m) => m.month),
                    series: [
                      { name: t.use.runs, values: months.map((m) => m.runs) },
                      { name: t.use.calls, values: months.map((m) => m.calls) },
                      { name: t.use.results, values: months.map((m) => m.results) },
                    ],
                  }}
                />
                <Chart kind="bar" height={160} labelTitle={t.use.month} data={{ labels: months.map((m) => m.month), series: [{ name: t.use.charged, unit: "rho", values: months.map((m) => m.rho / rhoUnit) }] }} />
              </Panel>
              {resources.map((r) => (
                <Panel
                  key={r.resource}
                  flush
                  title={<Link to={path.catalogEntry(r.resource)}>{r.title}</Link>}
                  extra={<Typography.Text type="secondary">{t.use.sum(r.models?.length ?? 0, r.runs, r.calls, r.results)}</Typography.Text>}
                >
                  <Table<ModelUse>
                    size="middle"
                    rowKey={(m) => m.version + m.scenario}
                    pagination={false}
                    scroll={{ x: "max-content" }}
                    aria-label={r.title}
                    dataSource={r.models ?? []}
                    locale={{ emptyText: <EmptyState title={t.use.unused} hint={t.use.unusedHint} /> }}
                    columns={[
                      { title: t.scenario.name, render: (_, m) => (m.asked ? <Link to={path.scenario(m.scenario)}>{m.purpose}</Link> : m.purpose) },
                      { title: t.use.user, dataIndex: "org_name" },
                      {
                        title: t.model.title,
                        render: (_, m) => (
                          <Button type="link" style={{ paddingInline: 0 }} onClick={() => setShown({ model: m, table: r.title })}>
                            {m.name} v{m.number}
                          </Button>
                        ),
                      },
                      { title: t.model.class, render: (_, m) => wordFor(t.model.classes, m.class) },
                      { title: t.use.fields, render: (_, m) => [...new Set((m.lineage ?? []).flatMap((f) => (f.sources ?? []).map((s) => s.column)))].map((c) => <Tag key={c}>{c}</Tag>) },
                      { title: t.use.runs, align: "end", render: (_, m) => grouped(m.runs) },
                      { title: t.use.calls, align: "end", render: (_, m) => grouped(m.calls) },
                      { title: t.use.charged, align: "end", render: (_, m) => rho(m.rho) },
                      { title: t.use.results, align: "end", render: (_, m) => grouped(m.results) },
                      { title: t.common.state, render: (_, m) => (m.granted ? <Tag color="success">{t.use.granted}</Tag> : <Tag>{t.use.notGranted}</Tag>) },
                    ]}
                  />
                </Panel>
              ))}
            </>
          );
        }}
      </Loaded>
      {shown && <ModelDrawer model={shown.model} table={shown.table} close={() => setShown(undefined)} />}
    </>
  );
}
