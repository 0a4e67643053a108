import { UploadOutlined } from "@ant-design/icons";
import { Alert, Button, Descriptions, Drawer, Progress, Table, Typography, Upload } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { upload } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Snapshot } from "@/api/types";
import { useText } from "@/text";
import { FilePage, Panel } from "@/ui/FilePage";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

/** 质量报告: what the check found, for the holder and the bureau. */
function ReportDrawer({ snapshot, close }: { snapshot: Snapshot; close: () => void }) {
  const t = useText();
  const r = snapshot.report;
  return (
    <Drawer open size={560} title={t.collect.report} onClose={close}>
      {snapshot.reason && <Alert type="error" showIcon title={snapshot.reason} style={{ marginBottom: 12 }} />}
      {Boolean(snapshot.problems?.length) && (
        <ul className="problem-spots">
          {snapshot.problems?.map((p) => (
            <li key={`${p.where}${p.message}`}>
              {p.message} <Typography.Text type="secondary">{p.where}</Typography.Text>
            </li>
          ))}
        </ul>
      )}
      {r && (
        <>
          <Descriptions
            bordered
            size="small"
            column={1}
            items={[
              { label: t.collect.encoding, children: r.encoding },
              { label: t.portal.rowsLabel, children: grouped(r.rows) },
              { label: t.collect.subjects, children: grouped(r.subjects) },
              { label: t.collect.missingKeys, children: grouped(r.missing_keys) },
              { label: t.collect.invalidKeys, children: `${grouped(r.invalid_keys)}${r.invalid_lines?.length ? `（${t.collect.lines} ${r.invalid_lines.join("、")}）` : ""}` },
              { label: t.file.digest, children: <Typography.Text copyable style={{ wordBreak: "break-all" }}>{snapshot.source}</Typography.Text> },
            ]}
          />
          <Typography.Title level={5}>{t.collect.completeness}</Typography.Title>
          <Table
            size="small"
            pagination={false}
            rowKey="name"
            dataSource={r.columns ?? []}
            columns={[
              { title: t.common.fields, dataIndex: "name", render: (v: string) => <code>{v}</code> },
              { title: t.collect.missing, dataIndex: "missing", align: "end", render: (v: number) => grouped(v) },
              { title: t.collect.complete, width: 180, render: (_, c) => <Progress size="small" percent={r.rows ? Math.floor((1 - c.missing / r.rows) * 1000) / 10 : 0} /> },
            ]}
          />
        </>
      )}
    </Drawer>
  );
}

export default function CollectFile() {
  const t = useText();
  const { id = "" } = useParams();
  const entry = useItem("/v1/catalog/{id}", { path: { id } });
  const [shown, setShown] = useState<Snapshot>();
  const load = useAct((file: File) => upload("/v1/catalog/{id}/load", { path: { id }, query: { name: file.name } }, file, "text/csv"));
  return (
    <Loaded query={entry}>
      {({ entry: e, holder_name }) => (
        <FilePage
          trail={[{ title: t.shell.menuCollect, to: path.collect() }, { title: e.title }]}
          title={e.title}
          state={e.supply.snapshot ? <StateTag state="activated" /> : <Typography.Text type="secondary">{t.catalog.noData}</Typography.Text>}
          facts={[
            { label: t.portal.holder, value: holder_name },
            { label: t.portal.rowsLabel, value: grouped(e.supply.rows) },
            { label: t.portal.updatedAt, value: e.supply.snapshot && minute(e.supply.at) },
            { label: t.shell.menuCatalog, value: <Link to={path.catalogEntry(id)}>{t.common.view}</Link> },
          ]}
          acts={
            <Upload accept=".csv,text/csv" showUploadList={false} beforeUpload={(file) => (load.mutate(file), false)}>
              <Button type="primary" icon={<UploadOutlined aria-hidden />} loading={load.isPending}>
                {t.collect.upload}
              </Button>
            </Upload>
          }
          tabs={[
            {
              key: "snapshots",
              label: t.collect.snapshots,
              content: (
                <>
                  <Typography.Paragraph type="secondary">{t.collect.note}</Typography.Paragraph>
                  {load.isPending && <Alert type="info" showIcon title={t.collect.working} />}
                  {load.error && <ProblemView problem={load.error} />}
                  {load.data && <Panel>{t.collect.done(grouped(load.data.rows), grouped(load.data.subjects))}</Panel>}
                  <ResourceTable
                    id="snapshots"
                    endpoint="/v1/catalog/{id}/snapshots"
                    params={{ path: { id } }}
                    rowKey="id"
                    empty={{ title: t.collect.noSnapshots, hint: t.collect.noSnapshotsHint }}
                    onRow={setShown}
                    columns={[
                      { key: "version", title: t.collect.version, width: 80, align: "end", render: (s) => s.version || t.common.none },
                      { key: "name", title: t.collect.file },
                      { key: "rows", title: t.portal.rowsLabel, width: 110, align: "end", render: (s) => grouped(s.rows) },
                      { key: "subjects", title: t.collect.subjects, width: 110, align: "end", render: (s) => grouped(s.subjects) },
                      { key: "started", title: t.common.created, width: 150, render: (s) => minute(s.started) },
                      { key: "state", title: t.common.state, width: 110, render: (s) => <StateTag state={s.state} /> },
                    ]}
                  />
                  {shown && <ReportDrawer snapshot={shown} close={() => setShown(undefined)} />}
                </>
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
