import { Checkbox, Form, InputNumber, Modal, Typography } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { rhoUnit } from "@/util/number";
import { path } from "@/util/path";

export function SubmitModal({ model, name, close }: { model: string; name: string; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<{ shared: boolean; rho?: number }>();
  const submit = useAct(
    (values: { shared: boolean; rho?: number }) =>
      post("/v1/models/{id}/submit", { path: { id: model } }, { shared: values.shared ?? false, rho: values.rho ? Math.round(values.rho * rhoUnit) : 0 }),
    (version) => void navigate(path.model(version.id)),
  );
  return (
    <Modal open title={`${t.lab.submit}：${name}`} okText={t.lab.submit} confirmLoading={submit.isPending} onOk={() => form.submit()} onCancel={close}>
      <Typography.Paragraph type="secondary">{t.lab.submitLead}</Typography.Paragraph>
      <Form form={form} layout="vertical" onFinish={(values) => submit.mutate(values)} initialValues={{ shared: false }}>
        <Form.Item name="shared" valuePropName="checked">
          <Checkbox>{t.lab.share}</Checkbox>
        </Form.Item>
        <Form.Item name="rho" label={t.lab.askRho} extra={t.lab.askRhoHint}>
          <InputNumber min={0} step={0.001} style={{ width: 200 }} />
        </Form.Item>
      </Form>
      {submit.error && <ProblemView problem={submit.error} />}
    </Modal>
  );
}
