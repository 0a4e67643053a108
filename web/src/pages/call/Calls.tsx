import { SearchOutlined } from "@ant-design/icons";
import { Alert, Button, Descriptions, Form, Input, Result, Select, Statistic, Tabs, Tag, Typography, Upload } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useList } from "@/api/hooks";
import type { Answer, Me, SignedDocument } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { Receipt } from "@/ui/Receipt";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { hex } from "@/util/bytes";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Standing } from "../consent/ConsentFile";
import "./call.css";

interface Values {
  deployment: string;
  subject: string;
  consent?: string;
  params?: Record<string, string>;
}

function requestId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(12)));
}

function AnswerView({ answer }: { answer: Answer }) {
  const t = useText();
  return (
    <div className="answer">
      <div className="answer-values">
        {answer.outputs?.map((o) => (
          <Statistic key={o.name} title={o.title || o.name} value={o.value ?? t.call.noRecord} />
        ))}
      </div>
      <Descriptions
        size="small"
        column={1}
        items={[
          { label: t.call.only, children: t.call.onlyThis },
          { label: t.call.use, children: `${answer.use} / ${answer.max_uses}` },
          { label: t.call.at, children: minute(answer.at) },
          { label: t.call.request, children: <code>{answer.request_id}</code> },
        ]}
      />
      <Receipt seq={answer.receipt} />
    </div>
  );
}

function Ask() {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const [document, setDocument] = useState<{ name: string; body: SignedDocument }>();
  const [unreadable, setUnreadable] = useState(false);
  const deployments = useList("/v1/deployments");
  const consents = useList("/v1/consents");
  const picked = Form.useWatch("deployment", form);
  const params = deployments.items?.find((d) => d.id === picked)?.params ?? [];
  const ask = useAct((values: Values) =>
    post("/v1/deployments/{id}/call", { path: { id: values.deployment } }, {
      request_id: requestId(),
      subject: values.subject.trim(),
      scenario: deployments.items?.find((d) => d.id === values.deployment)?.scenario ?? "",
      params: params.length ? values.params : undefined,
      consent: document ? undefined : values.consent,
      document: document?.body,
    }),
  );
  if (deployments.items?.length === 0) {
    return (
      <Panel>
        <EmptyState title={t.call.noDeployments} hint={t.call.noDeploymentsHint} />
      </Panel>
    );
  }
  return (
    <div className="call-grid">
      <Panel title={t.call.ask}>
        {deployments.problem && <ProblemView problem={deployments.problem} />}
        <Form form={form} layout="vertical" onFinish={(values) => ask.mutate(values)}>
          <Form.Item name="deployment" label={t.call.deployment} rules={[{ required: true, message: t.common.required }]}>
            <Select loading={deployments.loading} options={deployments.items?.filter((d) => d.state === "open").map((d) => ({ value: d.id, label: d.title }))} />
          </Form.Item>
          {params.map((p) => (
            <Form.Item key={p.name} name={["params", p.name]} label={`${t.lab.params} :${p.name}`} extra={t.call.paramHint} rules={[{ required: true, message: t.common.required }]}>
              <Select options={p.values?.map((value) => ({ value, label: value }))} />
            </Form.Item>
          ))}
          <Form.Item name="subject" label={t.call.subject} extra={t.call.subjectHint} rules={[{ required: true, message: t.common.required }]}>
            <Input autoComplete="off" maxLength={40} />
          </Form.Item>
          <Form.Item name="consent" label={t.call.consent} extra={t.call.consentHint}>
            <Select
              allowClear
              disabled={Boolean(document)}
              loading={consents.loading}
              options={consents.items?.map((c) => ({ value: c.id, label: `${c.terms.number} ${c.terms.purpose.text}（${wordFor(t.my.standings, c.standing)}）` }))}
            />
          </Form.Item>
          <Form.Item label={t.call.orDocument}>
            <Upload
              accept=".json"
              maxCount={1}
              fileList={document ? [{ uid: "1", name: document.name }] : []}
              onRemove={() => setDocument(undefined)}
              beforeUpload={(file) => {
                void file.text().then((text) => {
                  try {
                    setDocument({ name: file.name, body: JSON.parse(text) as SignedDocument });
                    setUnreadable(false);
                  } catch {
                    setUnreadable(true);
                  }
                });
                return false;
              }}
            >
              <Button>{t.common.upload}</Button>
            </Upload>
            {unreadable && <Alert type="error" title={t.call.unreadable} />}
          </Form.Item>
          <Button type="primary" htmlType="submit" icon={<SearchOutlined aria-hidden />} loading={ask.isPending}>
            {t.call.go}
          </Button>
        </Form>
      </Panel>
      <Panel title={t.call.answer}>
        {ask.error ? (
          <ProblemView problem={ask.error} />
        ) : ask.data ? (
          <AnswerView answer={ask.data} />
        ) : (
          <Result icon={<SearchOutlined style={{ color: "#b6c1d2" }} aria-hidden />} subTitle={t.call.order} />
        )}
      </Panel>
    </div>
  );
}

/** Spot checks of consent files: the operator draws, whoever supervises looks. */
function Draws({ operator }: { operator: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  return (
    <ResourceTable
      id="consent-draws"
      endpoint="/v1/consent-draws"
      rowKey="id"
      onRow={(d) => navigate(path.consentDraw(d.id))}
      actions={
        operator && (
          <ActButton
            key="draw"
            primary
            label={wordFor(t.ledger.acts, "consent.draw")}
            run={async () => navigate(path.consentDraw((await post("/v1/consent-draws", {})).id))}
          />
        )
      }
      empty={{ title: t.consent.noDraws, hint: t.consent.drawLead }}
      columns={[
        { key: "at", title: t.call.at, width: 170, render: (d) => minute(d.at), value: (d) => d.at },
        { key: "of", title: t.consent.of, width: 170, align: "end" },
        { key: "rate", title: t.consent.rate, width: 130, align: "end", render: (d) => `${d.rate / 10}%` },
        { key: "drawn", title: t.consent.drawnCount, width: 130, align: "end" },
        { key: "seed", title: t.matter.seed, render: (d) => <Typography.Text code>{d.seed}</Typography.Text> },
      ]}
    />
  );
}

export default function Calls() {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const asker = me.roles?.includes("data-user");
  const operator = Boolean(me.roles?.includes("platform-operator"));
  const checks = operator || me.roles?.some((r) => r === "data-bureau" || r === "auditor");
  const tab = search.get("tab") ?? (asker ? "ask" : "calls");
  return (
    <>
      <PageHead title={t.shell.menuCalls} lead={t.call.lead} />
      <Tabs
        activeKey={tab}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          ...(asker ? [{ key: "ask", label: t.call.ask, children: <Ask /> }] : []),
          {
            key: "calls",
            label: t.call.records,
            children: (
              <ResourceTable
                id="calls"
                endpoint="/v1/calls"
                rowKey="id"
                empty={{ title: t.call.empty, hint: t.call.emptyHint }}
                columns={[
                  { key: "at", title: t.call.at, width: 150, render: (c) => minute(c.at), value: (c) => c.at },
                  { key: "organization", title: t.common.org, width: 200 },
                  { key: "title", title: t.call.deployment },
                  { key: "number", title: t.call.consent, width: 200, render: (c) => `${c.number}（${t.my.useNo(c.use)}）`, value: (c) => c.number },
                  { key: "fields", title: t.common.fields, render: (c) => c.fields?.map((f) => <Tag key={f}>{f}</Tag>), value: (c) => c.fields?.join(" ") },
                ]}
              />
            ),
          },
          ...(asker
            ? [
                {
                  key: "consents",
                  label: t.consent.title,
                  children: (
                    <ResourceTable
                      id="consents"
                      endpoint="/v1/consents"
                      rowKey="id"
                      onRow={(c) => navigate(path.consent(c.id))}
                      empty={{ title: t.consent.none, hint: t.consent.noneHint }}
                      columns={[
                        { key: "number", title: t.consent.number, render: (c) => c.terms.number, value: (c) => c.terms.number },
                        { key: "purpose", title: t.scenario.purpose, render: (c) => c.terms.purpose.text, value: (c) => c.terms.purpose.text },
                        { key: "until", title: t.my.term, width: 220, render: (c) => `${c.terms.from} – ${c.terms.until}`, value: (c) => c.terms.until },
                        { key: "uses", title: t.my.used, width: 130, render: (c) => t.my.usedOf(c.uses, c.terms.max_uses), value: (c) => c.uses },
                        { key: "standing", title: t.common.state, width: 110, render: (c) => <Standing standing={c.standing} />, value: (c) => c.standing },
                      ]}
                    />
                  ),
                },
              ]
            : []),
          ...(checks ? [{ key: "draws", label: t.consent.draws, children: <Draws operator={operator} /> }] : []),
          {
            key: "deployments",
            label: t.call.deployments,
            children: (
              <ResourceTable
                id="deployments"
                endpoint="/v1/deployments"
                rowKey="id"
                onRow={(d) => navigate(path.service(d.id))}
                empty={{ title: t.call.noDeployments, hint: t.call.noDeploymentsHint }}
                columns={[
                  { key: "title", title: t.common.name },
                  { key: "daily", title: t.call.daily, width: 130, align: "end", render: (d) => d.daily || t.call.unlimited },
                  { key: "model_hash", title: t.model.hash, width: 220, render: (d) => <Typography.Text code>{d.model_hash.slice(0, 20)}…</Typography.Text> },
                  { key: "opened", title: t.common.created, width: 150, render: (d) => minute(d.opened) },
                  { key: "state", title: t.common.state, width: 100, render: (d) => <StateTag state={d.state === "open" ? "active" : "closed"} /> },
                ]}
              />
            ),
          },
        ]}
      />
    </>
  );
}
