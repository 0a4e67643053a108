import { Alert, DatePicker, Flex, Form, Input, InputNumber, Modal, Segmented, Statistic, Table, Tag, Typography } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { DisclosureAccount, DisclosureLine } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Panel } from "@/ui/FilePage";
import { Chart } from "@/ui/Chart";
import { EmptyState, Loaded, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { rho, rhoUnit } from "@/util/number";
import { path } from "@/util/path";

const percent = (part: number) => `${(part * 100).toFixed(2)}%`;

type Kind = "resource-year" | "resource-month" | "resource-lifetime";

interface Values {
  kind: Kind;
  year?: Dayjs;
  month?: Dayjs | null;
  cap: number;
  document: string;
  reason: string;
}

/** A new cap. What it would mean for one person once it is used up is said before anything is decided. */
function DecideModal({ account, close }: { account: DisclosureAccount; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch("kind", form) ?? "resource-year";
  const year = Form.useWatch("year", form);
  const month = Form.useWatch("month", form)?.format("YYYY-MM");
  const cap = Form.useWatch("cap", form);
  const units = Math.round((cap ?? 0) * rhoUnit);
  const of = kind === "resource-year" ? (year?.year() ?? account.year) : 0;
  const scope = kind === "resource-month" ? { month } : { year: of };
  const period = kind === "resource-month" ? (month ?? "") : of ? String(of) : "";
  const line = account.lines?.find((l) => l.kind === kind && (l.period ?? "") === period);
  const figure = useItem("/v1/budgets/figure", { query: { resource: account.resource, kind, ...scope, cap: units } }, { enabled: cap !== undefined && cap !== null });
  const decide = useAct(
    (v: Values) => post("/v1/budgets/decide", {}, { resource: account.resource, kind: v.kind, ...scope, cap: units, document: v.document, reason: v.reason }),
    close,
  );
  const need = [{ required: true, whitespace: true, min: 2, message: t.common.required }];
  return (
    <Modal open width={640} title={t.disclosure.decide} okText={t.disclosure.publish} confirmLoading={decide.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      <Typography.Paragraph type="secondary">{t.disclosure.decideLead}</Typography.Paragraph>
      <Form form={form} layout="vertical" onFinish={(v) => decide.mutate(v)} initialValues={{ kind: "resource-year", year: dayjs(`${account.year}-01-01`) }}>
        <Form.Item name="kind" label={t.disclosure.scope}>
          <Segmented
            options={[
              { value: "resource-year", label: t.disclosure.oneYear },
              ...(account.series ? [{ value: "resource-month", label: t.disclosure.oneMonth }] : []),
              { value: "resource-lifetime", label: t.disclosure.lifetime },
            ]}
          />
        </Form.Item>
        {kind === "resource-year" && (
          <Form.Item name="year" label={t.disclosure.year} rules={[{ required: true, message: t.common.required }]}>
            <DatePicker picker="year" allowClear={false} />
          </Form.Item>
        )}
        {kind === "resource-month" && (
          <Form.Item name="month" label={t.disclosure.month} extra={t.disclosure.monthHint}>
            <DatePicker picker="month" />
          </Form.Item>
        )}
        <Form.Item name="cap" label={t.disclosure.newCap} extra={line && t.disclosure.capNow(rho(line.cap), rho(line.charged))} rules={[{ required: true, message: t.common.required }]}>
          <InputNumber min={0} max={10} step={0.01} style={{ width: 220 }} />
        </Form.Item>
        {figure.data && <Alert type={line && units < line.charged ? "warning" : "info"} showIcon style={{ marginBottom: 16 }} title={t.disclosure.wouldMean(percent(figure.data.membership))} description={line && units < line.charged ? t.disclosure.belowUsed : t.budget.level[levels[figure.data.level] ?? "high"]} />}
        <Form.Item name="document" label={t.disclosure.document} rules={need}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="reason" label={t.act.reason} extra={t.disclosure.reasonHint} rules={need}>
          <Input.TextArea autoSize={{ minRows: 3 }} maxLength={2000} showCount />
        </Form.Item>
      </Form>
      {figure.error && <ProblemView problem={figure.error} />}
      {decide.error && <ProblemView problem={decide.error} />}
    </Modal>
  );
}

const levels: Record<string, string> = { 低: "low", 中: "middle", 高: "high" };
const colors: Record<string, string> = { low: "success", middle: "warning", high: "error" };

function Level({ figure }: { figure: DisclosureLine["figure"] }) {
  const t = useText();
  const level = levels[figure.level] ?? "high";
  return (
    <>
      <Tag color={colors[level]}>{t.budget.level[level]}</Tag> {percent(figure.membership)}
    </>
  );
}

/** What a resource has told so far: each year and the lifetime against its cap, what that means for one person, every decision, and the next one. */
export function DisclosureTab({ resource }: { resource: string }) {
  const t = useText();
  const [deciding, setDeciding] = useState(false);
  const query = useItem("/v1/catalog/{id}/disclosure", { path: { id: resource } });
  const name = (l: { kind: string; period?: string }) =>
    l.kind === "resource-year" ? t.disclosure.yearOf(l.period ?? "") : l.kind === "resource-month" ? t.disclosure.monthOf(l.period) : t.disclosure.lifetime;
  return (
    <Loaded query={query}>
      {(account) => {
        const lines = account.lines ?? [];
        const total = lines.find((l) => l.kind === "resource-lifetime");
        const series = (of: (l: DisclosureLine) => number) => lines.map((l) => of(l) / rhoUnit);
        return (
          <>
            <Flex justify="space-between" align="flex-start" gap={16} style={{ marginBottom: 12 }}>
              <Typography.Text type="secondary">{t.disclosure.lead}</Typography.Text>
              {account.acts?.map((o) => (
                <ActButton key={o.act} state={o} primary label={t.disclosure.decide} run={async () => {}} onOpen={() => setDeciding(true)} />
              ))}
            </Flex>
            <Flex gap={48} wrap style={{ marginBottom: 16 }}>
              {total && <Statistic title={t.disclosure.guess} value={percent(total.figure.membership)} />}
              <Statistic title={t.disclosure.classGuess} value={percent(account.class.membership)} />
              <Statistic title={t.disclosure.attribute} value={total ? `${percent(total.figure.attributeLow)} – ${percent(total.figure.attribute)}` : ""} />
            </Flex>
            <Typography.Paragraph type="secondary">{t.disclosure.guessHint}</Typography.Paragraph>
            <Chart
              kind="bar"
              height={260}
              labelTitle={t.disclosure.scope}
              data={{
                labels: lines.map(name),
                series: [
                  { name: t.disclosure.used, values: series((l) => l.charged - l.reserved), unit: "rho" },
                  { name: t.budget.reserved, values: series((l) => l.reserved), unit: "rho" },
                  { name: t.disclosure.after, values: series((l) => l.charged), unit: "rho" },
                  { name: t.disclosure.cap, values: series((l) => l.cap), unit: "rho" },
                ],
              }}
            />
            <Table<DisclosureLine>
              size="middle"
              style={{ marginTop: 12 }}
              rowKey={(l) => l.kind + (l.period ?? "")}
              pagination={false}
              scroll={{ x: "max-content" }}
              aria-label={t.disclosure.title}
              dataSource={lines}
              columns={[
                { title: t.disclosure.scope, render: (_, l) => name(l) },
                { title: t.disclosure.used, align: "end", render: (_, l) => rho(l.charged - l.reserved) },
                { title: t.budget.reserved, align: "end", render: (_, l) => rho(l.reserved) },
                { title: t.disclosure.after, align: "end", render: (_, l) => `${rho(l.charged)}${l.cap > 0 ? `（${((100 * l.charged) / l.cap).toFixed(1)}%）` : ""}` },
                {
                  title: t.disclosure.cap,
                  align: "end",
                  render: (_, l) => (
                    <>
                      {rho(l.cap)} {l.default && <Tag>{t.disclosure.default}</Tag>}
                    </>
                  ),
                },
                { title: t.disclosure.now, render: (_, l) => <Level figure={l.figure} /> },
                { title: t.disclosure.full, render: (_, l) => <Level figure={l.full} /> },
                { title: t.disclosure.delta, align: "end", render: (_, l) => `${(l.delta / 1e15).toExponential(0)} / ${(l.delta_cap / 1e15).toExponential(0)}` },
              ]}
            />
            <Panel title={t.disclosure.decisions} flush>
              <Table
                size="middle"
                rowKey={(d) => d.at + d.document}
                pagination={false}
                scroll={{ x: "max-content" }}
                aria-label={t.disclosure.decisions}
                dataSource={account.decisions ?? []}
                locale={{ emptyText: <EmptyState title={t.disclosure.noDecisions} hint={t.disclosure.noDecisionsHint} /> }}
                columns={[
                  { title: t.disclosure.decided, render: (_, d) => minute(d.at) },
                  { title: t.disclosure.scope, render: (_, d) => name(d) },
                  { title: t.disclosure.cap, align: "end", render: (_, d) => rho(d.cap) },
                  { title: t.disclosure.document, dataIndex: "document" },
                  { title: t.act.reason, dataIndex: "reason" },
                  { title: "", render: (_, d) => d.notice && <Link to={path.notice(d.notice)}>{t.disclosure.notice}</Link> },
                ]}
              />
            </Panel>
            {deciding && <DecideModal account={account} close={() => setDeciding(false)} />}
          </>
        );
      }}
    </Loaded>
  );
}
