import { Button, Collapse, Descriptions, Steps, Table, Tag, Typography } from "antd";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { oversees } from "@/util/rights";
import { FileActs } from "./files";

function Traces({ id }: { id: string }) {
  const t = useText();
  return (
    <ResourceTable
      id="exit-traces"
      endpoint="/v1/exits/{id}/traces"
      params={{ path: { id } }}
      rowKey="id"
      empty={{ title: t.watch.noTraces }}
      columns={[
        { key: "at", title: t.portal.time, width: 150, render: (x) => minute(x.at) },
        { key: "kind", title: t.notice.kind, width: 120, render: (x) => wordFor(t.watch.traceKinds, x.kind) },
        { key: "recipient", title: t.release.recipient },
        { key: "handling", title: t.watch.handling },
      ]}
    />
  );
}

interface Certified {
  Org: string;
  Exit: string;
  Kind: string;
  Closed: string;
  Deleted?: string;
  LogsUntil?: string;
  ArchiveUntil?: string;
  Lines: { What: string; Object: string; Digest: string; State: string; Method: string; At?: string }[] | null;
}

/** The certificate as it is printed, above the text that the ledger's digest is of, and who acknowledged it. */
function Certificate({ text, digest, receipts }: { text: string; digest?: string; receipts?: string[] }) {
  const t = useText();
  const orgName = useOrgName();
  const c = JSON.parse(text) as Certified;
  return (
    <>
      <Button className="no-print" onClick={() => window.print()} style={{ marginBottom: 12 }}>
        {t.space.print}
      </Button>
      <Typography.Title level={4} style={{ textAlign: "center" }}>
        {t.watch.certificate}
      </Typography.Title>
      <Descriptions
        column={1}
        size="small"
        items={[
          { label: t.common.org, children: orgName(c.Org) },
          { label: t.watch.endedKind, children: wordFor(t.watch.permitKinds, c.Kind) },
          { label: t.watch.closedAt, children: minute(c.Closed) },
          ...(c.Deleted ? [{ label: t.watch.deleting, children: minute(c.Deleted) }] : []),
          ...(c.LogsUntil ? [{ label: t.watch.logsUntil, children: c.LogsUntil }] : []),
          ...(c.ArchiveUntil ? [{ label: t.watch.archiveUntil, children: c.ArchiveUntil }] : []),
        ]}
      />
      <Table
        size="small"
        rowKey={(x) => x.What + x.Object}
        pagination={false}
        style={{ margin: "12px 0" }}
        dataSource={c.Lines ?? []}
        columns={[
          { title: t.watch.what, width: 110, render: (_, x) => wordFor(t.watch.held, x.What) },
          { title: t.common.code, render: (_, x) => <Typography.Text code>{x.Object}</Typography.Text> },
          { title: t.common.state, width: 100, render: (_, x) => wordFor(t.watch.taskStates, x.State) },
          { title: t.watch.method, render: (_, x) => x.Method },
          { title: t.portal.time, width: 150, render: (_, x) => x.At && minute(x.At) },
        ]}
      />
      {digest && <Typography.Paragraph copyable={{ text: digest }}>{`${t.file.digest} ${digest}`}</Typography.Paragraph>}
      {Boolean(receipts?.length) && (
        <Typography.Paragraph>
          {t.space.receipts}：{receipts?.join("；")}
        </Typography.Paragraph>
      )}
      <Collapse className="no-print" items={[{ key: "text", label: t.watch.certificateText, children: <pre className="document-text">{text}</pre> }]} />
    </>
  );
}

/** 退出: access is closed first; then what was held is deleted, with evidence, and certified; logs and archives are kept on. */
export default function ExitFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/exits/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ exit: e, acts, text }) => {
        const title = t.watch.exitOf(orgName(e.org));
        return (
          <FilePage
            trail={[{ title: t.watch.exits, to: `${path.watch()}?tab=exits` }, { title }]}
            title={title}
            state={wordFor(t.watch.exitStates, e.state)}
            clock={e.due && <Deadline closed={e.state !== "deleting"} value={{ due: e.due, explain: e.explain }} />}
            facts={[
              { label: t.watch.ground, value: wordFor(t.watch.grounds, e.ground) },
              { label: t.cite.article, value: e.article },
              { label: t.watch.closedAt, value: minute(e.closed) },
              { label: t.watch.logsUntil, value: e.logs_until },
              { label: t.watch.archiveUntil, value: e.archive_until },
            ]}
            acts={
              <FileActs
                acts={acts}
                asks={{
                  "watch.exit.delete": { run: () => post("/v1/exits/{id}/delete", { path: { id } }) },
                  "watch.exit.receive": { run: () => post("/v1/exits/{id}/receive", { path: { id } }) },
                  "watch.exit.reopen": {
                    fields: [{ name: "finding", label: t.watch.finding, kind: "area", need: true }],
                    run: ({ finding }) => post("/v1/exits/{id}/reopen", { path: { id } }, { finding: finding ?? "" }),
                    danger: true,
                  },
                  "watch.exit.certify": { run: () => post("/v1/exits/{id}/certify", { path: { id } }) },
                }}
              />
            }
            banner={
              <div className="file-banner">
                <Steps
                  size="small"
                  current={e.state === "certified" ? 3 : e.state === "deleted" ? 2 : 1}
                  items={[
                    { title: t.watch.closedAt, content: minute(e.closed) },
                    { title: t.watch.deleting, content: e.deleted && minute(e.deleted) },
                    { title: t.watch.certificate, content: e.certified && minute(e.certified) },
                  ]}
                />
              </div>
            }
            tabs={[
              {
                key: "tasks",
                label: `${t.watch.tasks} ${e.tasks?.length ?? 0}`,
                content: (
                  <Table
                    size="small"
                    rowKey={(x) => x.what + x.object}
                    pagination={false}
                    dataSource={e.tasks ?? []}
                    columns={[
                      { title: t.watch.what, render: (_, x) => wordFor(t.watch.held, x.what) },
                      { title: t.common.code, render: (_, x) => <Typography.Text code>{x.object}</Typography.Text> },
                      { title: t.common.state, width: 110, render: (_, x) => <Tag color={x.state === "done" ? "success" : x.state === "kept" ? undefined : "warning"}>{wordFor(t.watch.taskStates, x.state)}</Tag> },
                      { title: t.watch.method, dataIndex: "method" },
                      { title: t.file.digest, render: (_, x) => x.digest && <Typography.Text copyable={{ text: x.digest }}>{x.digest.slice(0, 20)}…</Typography.Text> },
                      { title: t.portal.time, width: 150, render: (_, x) => minute(x.at) },
                    ]}
                  />
                ),
              },
              ...(oversees(me) ? [{ key: "traces", label: t.watch.traces, content: <Traces id={id} /> }] : []),
              ...(e.checks?.length
                ? [
                    {
                      key: "checks",
                      label: `${t.watch.checks} ${e.checks.length}`,
                      content: (
                        <Table
                          size="small"
                          rowKey="at"
                          pagination={false}
                          dataSource={e.checks}
                          columns={[
                            { title: t.portal.time, width: 170, render: (_, x) => minute(x.at) },
                            { title: t.common.state, width: 110, render: (_, x) => <Tag color={x.passed ? "success" : "error"}>{x.passed ? t.watch.checkPassed : t.watch.checkFailed}</Tag> },
                            { title: t.watch.finding, dataIndex: "finding" },
                          ]}
                        />
                      ),
                    },
                  ]
                : []),
              { key: "reason", label: t.common.reason, content: <Typography.Paragraph className="document-text">{e.reason}</Typography.Paragraph> },
              ...(text ? [{ key: "certificate", label: t.watch.certificate, content: <Certificate text={text} digest={e.certificate} receipts={e.receipts?.map((r) => `${orgName(r.org)} ${minute(r.at)}`)} /> }] : []),
            ]}
          />
        );
      }}
    </Loaded>
  );
}
