import { DownloadOutlined } from "@ant-design/icons";
import { Button, Flex, Segmented, Select, Skeleton, Table, Typography } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { type Every, openFile, useOpenResource, useOpenRows, useOpenSeries } from "@/api/open";
import type { OpenItem } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Chart } from "@/ui/Chart";
import { FilePage, Panel } from "@/ui/FilePage";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";
import "./open.css";

const previewRows = 50;

function Trend({ resource }: { resource: OpenItem }) {
  const t = useText();
  const charts = resource.charts ?? [];
  const [field, setField] = useState(charts[0] ?? "");
  const [every, setEvery] = useState<Every>("month");
  const series = useOpenSeries(resource.id, field, every);
  return (
    <Panel
      title={t.portal.trend}
      extra={
        <Flex gap={8} wrap>
          <Select
            aria-label={t.common.fields}
            value={field}
            onChange={setField}
            style={{ minWidth: 150 }}
            options={charts.map((name) => ({ value: name, label: resource.fields?.find((f) => f.name === name)?.title ?? name }))}
          />
          <Segmented value={every} onChange={setEvery} options={(["day", "month", "year"] as const).map((value) => ({ value, label: t.portal.every[value] }))} />
        </Flex>
      }
    >
      {series.error ? (
        <ProblemView problem={series.error} />
      ) : series.data ? (
        <Chart
          kind="line"
          labelTitle={t.portal.time}
          data={{ labels: series.data.labels ?? [], series: (series.data.series ?? []).map((s) => ({ ...s, values: s.values ?? [] })) }}
        />
      ) : (
        <Skeleton active />
      )}
    </Panel>
  );
}

function Preview({ id, titles }: { id: string; titles: Map<string, string> }) {
  const t = useText();
  const rows = useOpenRows(id, previewRows);
  if (rows.error) return <ProblemView problem={rows.error} />;
  if (rows.isPending) return <Skeleton active />;
  return (
    <>
      <Typography.Paragraph type="secondary">{t.portal.previewHint(previewRows)}</Typography.Paragraph>
      <Table
        size="small"
        rowKey={(row) => (row as (string | null)[]).join("\u0001")}
        pagination={false}
        scroll={{ x: "max-content", y: 480 }}
        dataSource={(rows.data?.rows ?? []) as (string | null)[][]}
        columns={(rows.data?.columns ?? []).map((name, i) => ({
          key: name,
          title: (
            <>
              {titles.get(name) ?? name}
              {titles.has(name) && <div className="column-code">{name}</div>}
            </>
          ),
          render: (_: unknown, row: (string | null)[]) => row[i] ?? t.common.none,
        }))}
      />
    </>
  );
}

export default function OpenResource() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useOpenResource(id);
  return (
    <div className="portal-inner portal-page">
      <Loaded query={query}>
        {(resource) => (
          <FilePage
            trail={[{ title: t.portal.openData, to: path.open() }, { title: resource.title }]}
            title={resource.title}
            facts={[
              { label: t.portal.holder, value: resource.holder_name },
              { label: t.portal.rowsLabel, value: t.common.rows(grouped(resource.rows)) },
              { label: t.portal.cycle, value: wordFor(t.catalog.cycles, resource.cycle) },
              { label: t.portal.updatedAt, value: resource.snapshot && minute(resource.updated) },
              { label: t.portal.license, value: resource.licence },
            ]}
            acts={
              <>
                <Button type="primary" icon={<DownloadOutlined aria-hidden />} href={openFile(id, "csv")} download>
                  {t.portal.downloadCsv}
                </Button>
                <Button icon={<DownloadOutlined aria-hidden />} href={openFile(id, "json")} download>
                  {t.portal.downloadJson}
                </Button>
              </>
            }
            tabs={[
              {
                key: "data",
                label: t.portal.preview,
                content: (
                  <>
                    {resource.summary && <Typography.Paragraph style={{ maxWidth: 820, lineHeight: 1.9 }}>{resource.summary}</Typography.Paragraph>}
                    {Boolean(resource.charts?.length) && <Trend resource={resource} />}
                    <Preview id={id} titles={new Map(resource.fields?.map((f) => [f.name, f.title]))} />
                  </>
                ),
              },
              {
                key: "fields",
                label: t.portal.fieldList,
                content: (
                  <Table
                    size="small"
                    rowKey="name"
                    pagination={false}
                    dataSource={resource.fields ?? []}
                    columns={[
                      { title: t.common.name, dataIndex: "title" },
                      { title: t.common.code, dataIndex: "name", render: (v: string) => <code>{v}</code> },
                      { title: t.catalog.type, dataIndex: "type", render: (v: string) => wordFor(t.catalog.types, v) },
                      { title: t.common.unit, dataIndex: "unit" },
                      { title: t.common.note, dataIndex: "note" },
                    ]}
                  />
                ),
              },
              ...(resource.source
                ? [{ key: "source", label: t.portal.source, content: <Typography.Paragraph style={{ whiteSpace: "pre-wrap", maxWidth: 820 }}>{resource.source}</Typography.Paragraph> }]
                : []),
            ]}
          />
        )}
      </Loaded>
    </div>
  );
}
