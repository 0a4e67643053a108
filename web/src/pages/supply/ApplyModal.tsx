import { Alert, Checkbox, Form, Input, Modal, Select, Typography } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Plan, Scenario } from "@/api/types";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface ItemValue {
  fields?: string[];
  raw?: boolean;
  reason?: string;
}

type Values = Record<string, ItemValue>;
type Need = NonNullable<Plan["needs"]>[number];

/** One resource of the scenario's need: which of its items, and whether raw. */
function NeedInputs({ need, raw }: { need: Need; raw?: boolean }) {
  const t = useText();
  const { data, error } = useItem("/v1/catalog/{id}", { path: { id: need.resource } });
  const entry = data?.entry;
  const name = entry?.title ?? need.resource;
  return (
    <fieldset className="need-row" aria-label={name} style={{ border: 0, margin: 0 }}>
      {error && <ProblemView problem={error} />}
      <Form.Item name={[need.resource, "fields"]} label={entry?.returned ? `${name}（${t.supply.returned}）` : name} extra={t.supply.fieldsHint}>
        <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} aria-label={`${name} ${t.common.fields}`} options={need.fields?.map((f) => ({ value: f, label: entry?.fields?.find((x) => x.name === f)?.title ?? f }))} />
      </Form.Item>
      <Form.Item name={[need.resource, "raw"]} valuePropName="checked" style={{ marginBottom: 8 }}>
        <Checkbox>{t.supply.raw}</Checkbox>
      </Form.Item>
      {raw && (
        <Form.Item name={[need.resource, "reason"]} label={t.supply.rawReason} extra={t.supply.rawHint}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} showCount />
        </Form.Item>
      )}
    </fieldset>
  );
}

/** The application for data: item by item, out of what the scenario was approved for. */
export function ApplyModal({ scenario, close }: { scenario: Scenario; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const apply = useAct(
    (values: Values) =>
      post("/v1/scenarios/{id}/data-applications", { path: { id: scenario.id } }, {
        items: Object.entries(values)
          .filter(([, v]) => v.fields?.length)
          .map(([resource, v]) => ({ resource, fields: v.fields ?? [], raw: v.raw ?? false, reason: v.raw ? (v.reason ?? "") : "" })),
      }),
    (filed) => void navigate(path.application(filed.id)),
  );
  const watched = Form.useWatch([], form) ?? {};
  const chosen = Object.values(watched).some((v) => v?.fields?.length);
  return (
    <Modal open title={t.supply.apply} width={720} onCancel={close} okText={t.supply.file} okButtonProps={{ loading: apply.isPending, disabled: !chosen, title: chosen ? undefined : t.supply.chooseFirst }} onOk={() => form.submit()} destroyOnHidden>
      <Typography.Paragraph type="secondary">{t.supply.applyLead}</Typography.Paragraph>
      {apply.error && <ProblemView problem={apply.error} />}
      <Form form={form} layout="vertical" onFinish={(values) => apply.mutate(values)} initialValues={Object.fromEntries((scenario.plan.needs ?? []).map((n) => [n.resource, { fields: n.fields ?? [] }]))}>
        {scenario.plan.needs?.map((need) => (
          <NeedInputs key={need.resource} need={need} raw={watched[need.resource]?.raw} />
        ))}
      </Form>
      {!scenario.plan.needs?.length && <Alert type="info" title={t.supply.noNeeds} />}
    </Modal>
  );
}
