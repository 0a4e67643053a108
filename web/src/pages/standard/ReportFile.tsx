import { Alert, Button, Table, Tag } from "antd";
import { Link, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Deviation } from "@/api/types";
import { useText } from "@/text";
import { FilePage } from "@/ui/FilePage";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";

function Deviations({ list, marks, empty }: { list: Deviation[]; marks: boolean; empty: string }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <Table<Deviation>
      size="middle"
      rowKey={(d) => d.check + (d.entry ?? "")}
      pagination={list.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      dataSource={list}
      locale={{ emptyText: <EmptyState title={empty} /> }}
      columns={[
        { title: t.standard.clause, dataIndex: "clause", width: 90 },
        { title: t.standard.asks, render: (_, d) => <>{d.title} {marks && d.new && <Tag color="error">{t.standard.isNew}</Tag>}</> },
        { title: t.standard.object, render: (_, d) => (d.entry ? <Link to={path.catalogEntry(d.entry)}>{d.name}</Link> : t.standard.interface) },
        { title: t.standard.holder, render: (_, d) => d.holder && orgName(d.holder) },
        { title: t.standard.remedy, dataIndex: "remedy" },
      ]}
    />
  );
}

/** 符合性报告. */
export default function ReportFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/conformity/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {(r) => (
        <FilePage
          trail={[{ title: t.standard.title, to: path.standards() }, { title: r.title }]}
          title={`${r.title}（${r.edition}）`}
          state={<Tag color={r.deviations?.length ? "warning" : "success"}>{`${t.standard.deviations} ${r.deviations?.length ?? 0}`}</Tag>}
          acts={<Button href={`/v1/conformity/${encodeURIComponent(r.id)}/deviations.csv`}>{t.standard.download}</Button>}
          facts={[
            { label: t.standard.edition, value: `${r.edition}（${t.standard.version(r.version)}）` },
            { label: t.standard.day, value: minute(r.at) },
            { label: t.standard.entries, value: t.standard.entriesOf(r.entries, r.holders) },
            { label: t.standard.checks, value: r.checks },
            { label: t.standard.former, value: r.former && <Link to={path.conformity(r.former)}>{t.common.view}</Link> },
          ]}
          banner={
            (r.sample || !r.in_force) && (
              <div className="file-banner">
                {r.sample && <Alert type="warning" showIcon title={t.standard.sampleHint} />}
                {!r.in_force && <Alert type="info" showIcon title={t.standard.notInForce} />}
              </div>
            )
          }
          tabs={[
            { key: "deviations", label: `${t.standard.deviations} ${r.deviations?.length ?? 0}`, content: <Deviations list={r.deviations ?? []} marks={Boolean(r.former)} empty={t.standard.none} /> },
            { key: "resolved", label: `${t.standard.resolved} ${r.resolved?.length ?? 0}`, content: <Deviations list={r.resolved ?? []} marks={false} empty={t.standard.noneResolved} /> },
          ]}
        />
      )}
    </Loaded>
  );
}
