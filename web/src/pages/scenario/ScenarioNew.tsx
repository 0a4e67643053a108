import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Col, Form, Input, InputNumber, Row, Select, Steps, Typography } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem, useList } from "@/api/hooks";
import type { Entry, Plan } from "@/api/types";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { useGradeName } from "@/ui/Grade";
import { PackProcedure } from "@/ui/PackProcedure";
import { ProblemView } from "@/ui/ProblemView";
import { dropDraft, keepDraft, readDraft } from "@/util/draft";
import { guessRate, rhoUnit } from "@/util/number";
import { path } from "@/util/path";

const kind = "grant.prescenario";

type Values = Omit<Plan, "budget"> & { budget: number };

function NeedInputs({ name, entries, remove }: { name: number; entries: Entry[]; remove?: () => void }) {
  const t = useText();
  const gradeName = useGradeName();
  const form = Form.useFormInstance<Values>();
  const resource = Form.useWatch(["needs", name, "resource"], form) as string | undefined;
  const entry = entries.find((e) => e.id === resource);
  return (
    <Row gutter={12} className="need-row">
      <Col xs={24} md={8}>
        <Form.Item name={[name, "resource"]} label={t.common.resource} rules={[{ required: true, message: t.common.required }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={entries.map((e) => ({ value: e.id, label: e.title }))}
            onChange={() => form.setFieldValue(["needs", name, "fields"], [])}
          />
        </Form.Item>
      </Col>
      <Col xs={24} md={15}>
        <Form.Item name={[name, "fields"]} label={t.common.fields} extra={t.scenario.leastHint} rules={[{ required: true, message: t.common.required }]}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            disabled={!entry}
            options={entry?.fields?.map((f) => ({ value: f.name, label: `${f.title}（${gradeName(f.grade)}）` }))}
          />
        </Form.Item>
      </Col>
      <Col xs={4} md={1}>
        {remove && <Button type="text" danger icon={<DeleteOutlined aria-hidden />} onClick={remove} style={{ marginTop: 30 }} aria-label={t.common.remove} />}
      </Col>
      <Col span={23}>
        <Form.Item name={[name, "why"]} label={t.scenario.why} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 2 }} />
        </Form.Item>
      </Col>
    </Row>
  );
}

export default function ScenarioNew() {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const [kept, setKept] = useState(false);
  // 先行开发: a provider's filing, with no data user.
  const ahead = useSearchParams()[0].has("ahead");
  const draftName = ahead ? "scenario.ahead" : "scenario.new";
  const catalog = useList("/v1/catalog", { query: { state: "published", limit: 100 } });
  const entries = catalog.items?.filter((e) => e.operate?.access !== "no") ?? [];
  const calls = useItem("/v1/notices", { query: { kind: "call", limit: 100 } }).data?.items?.filter((c) => c.call?.for === kind) ?? [];
  const budget = Form.useWatch("budget", form) ?? 0;
  const rate = guessRate(budget * rhoUnit);
  const file = useAct(
    (values: Values) => post("/v1/scenarios", {}, { plan: { ...values, ahead: ahead || undefined, special: values.special ?? false, budget: Math.round((values.budget ?? 0) * rhoUnit) } }),
    (scenario) => {
      dropDraft(draftName);
      void navigate(path.matter(scenario.matter));
    },
  );
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={readDraft<Values>(draftName) ?? { needs: [{}], budget: 0, special: false }}
      onValuesChange={(_, values) => setKept(keepDraft(draftName, values))}
      onFinish={(values) => file.mutate(values)}
      scrollToFirstError
    >
      <PageHead
        title={ahead ? t.provider.ahead : t.scenario.create}
        lead={ahead ? t.provider.aheadLead : t.scenario.formLead}
        extra={
          <>
            {kept && <Typography.Text type="secondary">{t.common.draftSaved}</Typography.Text>}
            <Button type="primary" htmlType="submit" loading={file.isPending}>
              {t.scenario.file}
            </Button>
          </>
        }
      />
      <Steps size="small" current={0} items={(ahead ? t.provider.aheadPath : t.scenario.path).map((title) => ({ title }))} style={{ marginBottom: 20, maxWidth: 1000 }} />
      {file.error && <ProblemView problem={file.error} />}
      {catalog.problem && <ProblemView problem={catalog.problem} />}
      <PackProcedure kind={kind} />
      <Panel title={t.scenario.predeclare}>
        <Form.Item name="title" label={t.scenario.name} rules={[{ required: true, min: 2, max: 100, message: t.common.required }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="purpose" label={t.scenario.purpose} extra={t.scenario.purposeHint} rules={[{ required: true, min: 4, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} showCount />
        </Form.Item>
        <Form.Item name="field" label={t.notice.field}>
          <Input maxLength={60} />
        </Form.Item>
        {calls.length > 0 && (
          <Form.Item name="call" label={t.portal.noticeKinds.call} extra={t.authorization.callHint}>
            <Select
              allowClear
              options={calls.map((c) => ({ value: c.id, label: `${c.title}（${c.open ? t.notice.taking : t.notice.notTaking}）` }))}
              onChange={(id: string) => form.setFieldValue("field", calls.find((c) => c.id === id)?.call?.field || form.getFieldValue("field"))}
            />
          </Form.Item>
        )}
        <Form.Item name="special" valuePropName="checked">
          <Checkbox>{t.scenario.special}</Checkbox>
        </Form.Item>
      </Panel>
      <Panel title={t.scenario.needs}>
        <Form.List name="needs">
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <NeedInputs key={row.key} name={row.name} entries={entries} remove={rows.length > 1 ? () => remove(row.name) : undefined} />
              ))}
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                {t.scenario.addResource}
              </Button>
            </>
          )}
        </Form.List>
      </Panel>
      <Panel title={t.scenario.solution}>
        <Form.Item name="solution" rules={[{ required: true, min: 4, message: t.common.required }]} extra={t.scenario.solutionHint}>
          <Input.TextArea aria-label={t.scenario.solution} autoSize={{ minRows: 5 }} maxLength={20000} showCount />
        </Form.Item>
        <Form.Item name="safety" label={t.scenario.safety} rules={[{ required: true, min: 4, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 3 }} maxLength={5000} showCount />
        </Form.Item>
        <Form.Item name="budget" label={t.scenario.budget} extra={budget > 0 ? `${t.budget.level[rate.level]}。${t.scenario.budgetHint}` : t.scenario.budgetHint}>
          <InputNumber min={0} max={0.1366} step={0.005} style={{ width: 200 }} />
        </Form.Item>
      </Panel>
    </Form>
  );
}
