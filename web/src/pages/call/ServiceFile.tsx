import { Alert, Button, Flex, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Deployment, Me, ServiceMonth, TestKey } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Chart } from "@/ui/Chart";
import { FilePage, Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { PlainTable } from "@/ui/ResultTable";
import { StateTag } from "@/ui/StateTag";
import { TraceView } from "@/ui/Trace";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

const milliseconds = (microseconds: number) => (microseconds / 1000).toFixed(1);

/** 月度可用性: what was answered, refused and failed in each month. */
function Months({ service }: { service: string }) {
  const t = useText();
  const query = useItem("/v1/deployments/{id}/months", { path: { id: service } });
  return (
    <Loaded query={query}>
      {({ items }) => {
        const oldest = [...(items ?? [])].reverse();
        if (!oldest.length) return <EmptyState title={t.service.noMonths} hint={t.service.noMonthsHint} />;
        return (
          <Flex vertical gap={16}>
            <Chart
              kind="bar"
              height={240}
              labelTitle={t.space.month}
              data={{
                labels: oldest.map((m) => m.month),
                series: [
                  { name: t.service.answered, values: oldest.map((m) => m.ok) },
                  { name: t.service.refused, values: oldest.map((m) => m.refused) },
                  { name: t.service.failed, values: oldest.map((m) => m.failed) },
                ],
              }}
            />
            <Table<ServiceMonth>
              size="small"
              rowKey="month"
              pagination={false}
              scroll={{ x: "max-content" }}
              footer={() => t.service.how}
              dataSource={items ?? []}
              columns={[
                { title: t.space.month, dataIndex: "month" },
                { title: t.service.calls, align: "end", render: (_, m) => grouped(m.calls) },
                { title: t.service.answered, align: "end", render: (_, m) => grouped(m.ok) },
                { title: t.service.refused, align: "end", render: (_, m) => grouped(m.refused) },
                { title: t.service.failed, align: "end", render: (_, m) => grouped(m.failed) },
                { title: t.service.availability, align: "end", render: (_, m) => `${(m.availability / 10).toFixed(1)}%` },
                { title: t.service.latency, align: "end", render: (_, m) => `${milliseconds(m.latency)} / ${milliseconds(m.slowest)}` },
                { title: t.service.bytes, align: "end", render: (_, m) => grouped(m.bytes) },
              ]}
            />
          </Flex>
        );
      }}
    </Loaded>
  );
}

function KeyTag({ of }: { of: TestKey }) {
  const t = useText();
  if (of.closed) return <Tag>{t.service.keyClosed}</Tag>;
  return of.expired ? <Tag color="warning">{t.service.keyExpired}</Tag> : <Tag color="success">{t.service.keyOpen}</Tag>;
}

const total = (key: TestKey, of: "answered" | "refused") => (key.uses ?? []).reduce((sum, month) => sum + month[of], 0);

/** 测试接口: keys, whom to ask about, what to put in place of a document. */
function Sandbox({ service, own }: { service: Deployment; own: boolean }) {
  const t = useText();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ key: { id: string }; secret: string }>();
  const query = useItem("/v1/deployments/{id}/sandbox", { path: { id: service.id } });
  const open = service.state === "open";
  const make = wordFor(t.ledger.acts, "serve.test.open");
  const endpoint = `${window.location.origin}/v1/sandbox/${encodeURIComponent(service.id)}/call`;
  return (
    <Loaded query={query}>
      {(box) => {
        const body = JSON.stringify({
          request_id: "my-request-0001",
          subject: box.people?.[0]?.subject,
          scenario: service.scenario,
          params: service.params?.length ? Object.fromEntries(service.params.map((p) => [p.name, p.values?.[0] ?? ""])) : undefined,
          consent: "test_granted",
        });
        return (
          <Flex vertical gap={16}>
            <Alert type={open ? "info" : "warning"} showIcon title={open ? t.service.sandboxLead : t.service.ended} />
            <Panel
              title={t.service.keys}
              extra={
                own &&
                open && (
                  <Button type="primary" onClick={() => setMaking(true)}>
                    {make}
                  </Button>
                )
              }
            >
              {made && (
                <Alert
                  type="warning"
                  showIcon
                  style={{ marginBottom: 12 }}
                  title={t.service.once}
                  description={
                    <Typography.Text code copyable aria-label={t.service.keys}>
                      {made.secret}
                    </Typography.Text>
                  }
                />
              )}
              <Table<TestKey>
                size="small"
                rowKey="id"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={box.keys ?? []}
                locale={{ emptyText: <EmptyState title={t.service.noKeys} hint={t.service.noKeysHint} /> }}
                columns={[
                  { title: t.service.label, dataIndex: "label" },
                  { title: t.common.created, render: (_, k) => minute(k.opened) },
                  { title: t.service.until, render: (_, k) => minute(k.until) },
                  { title: t.service.used, render: (_, k) => t.service.usedOf(total(k, "answered"), total(k, "refused")) },
                  { title: t.common.state, render: (_, k) => <KeyTag of={k} /> },
                  {
                    title: "",
                    align: "end",
                    render: (_, k) =>
                      own &&
                      !k.closed && (
                        <ActButton
                          size="small"
                          label={wordFor(t.ledger.acts, "serve.test.close")}
                          confirmName={k.label}
                          run={async () => {
                            await post("/v1/deployments/{id}/test-keys/{key}/close", { path: { id: service.id, key: k.id } });
                            if (k.id === made?.key.id) setMade(undefined);
                          }}
                        />
                      ),
                  },
                ]}
              />
            </Panel>
            <Panel title={t.service.endpoint}>
              <Typography.Paragraph code copyable>
                {`POST ${endpoint}`}
              </Typography.Paragraph>
              <Typography.Text type="secondary">{t.service.example}</Typography.Text>
              <Typography.Paragraph code copyable style={{ marginBottom: 0, wordBreak: "break-all" }}>
                {`curl ${endpoint} -H 'Authorization: Bearer ${made?.secret ?? "test_…"}' -H 'Content-Type: application/json' -d '${body}'`}
              </Typography.Paragraph>
            </Panel>
            <Panel title={t.service.people}>
              <PlainTable columns={[t.service.number, t.service.record]} rows={(box.people ?? []).map((p) => [p.subject, p.record ? t.service.hasRecord : t.call.noRecord])} />
            </Panel>
            <Panel title={t.service.words}>
              <PlainTable columns={["consent", t.service.outcome]} rows={(box.consents ?? []).map((c) => [c.consent, c.says ?? t.service.carries])} />
            </Panel>
            {making && (
              <FormModal<{ label: string; days: number }>
                title={make}
                fields={[
                  { name: "label", label: t.service.label, need: true, max: 60, extra: t.service.labelHint },
                  { name: "days", label: t.service.days, kind: "number", need: true, initial: 90, extra: t.service.daysHint },
                ]}
                run={async (v) => setMade(await post("/v1/deployments/{id}/test-keys", { path: { id: service.id } }, v))}
                close={() => setMaking(false)}
              />
            )}
          </Flex>
        );
      }}
    </Loaded>
  );
}

/** A data service: how it does month by month, and how to try it out. */
export default function ServiceFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const { id = "" } = useParams();
  const query = useItem("/v1/deployments/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {(d) => {
        const own = d.org === me.org && Boolean(me.roles?.includes("data-user"));
        return (
          <FilePage
            trail={[{ title: t.shell.menuCalls, to: path.services() }, { title: d.title }]}
            title={d.title}
            code={d.id}
            state={<StateTag state={d.state === "open" ? "active" : "closed"} />}
            facts={[
              { label: t.space.of_org, value: orgName(d.org) },
              { label: t.call.daily, value: d.daily || t.call.unlimited },
              { label: t.common.created, value: minute(d.opened) },
              { label: t.assessment.trains, value: d.trains },
              { label: t.model.hash, value: <Typography.Text code>{d.model_hash.slice(0, 20)}…</Typography.Text> },
            ]}
            acts={
              (own || me.roles?.includes("platform-operator")) &&
              d.state === "open" && <ActButton confirmName={d.title} label={wordFor(t.ledger.acts, "serve.close")} run={() => post("/v1/deployments/{id}/close", { path: { id } })} />
            }
            tabs={[
              { key: "months", label: t.service.months, content: <Months service={id} /> },
              { key: "trace", label: t.trace.title, content: <TraceView endpoint="/v1/services/{id}/trace" id={id} lead={t.trace.productLead} /> },
              { key: "sandbox", label: t.service.sandbox, content: <Sandbox service={d} own={own} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
