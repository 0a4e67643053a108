import { Button, Form, Input, Modal } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Run } from "@/api/types";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  purpose: string;
  recipient: string;
  retention: string;
  trains?: string;
}

/** Exact figures are asked out for what their permit says, so its words stand there already. */
export function ReleaseModal({ run, close }: { run: Run; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const permit = useItem("/v1/statistics/{id}", { path: { id: run.statistic ?? "" } }, { enabled: Boolean(run.statistic) });
  const need = [{ required: true, min: 2, message: t.common.required }];
  const ask = useAct(
    (values: Values & { draft?: boolean }) => post("/v1/releases", {}, { run: run.id, ...values }),
    (release) => void navigate(path.release(release.id)),
  );
  return (
    <Modal
      open
      title={t.release.apply}
      okText={t.common.submit}
      confirmLoading={ask.isPending}
      onOk={() => form.submit()}
      onCancel={close}
      mask={{ closable: false }}
      footer={(standard) => (
        <>
          <Button style={{ float: "left" }} onClick={() => void form.validateFields().then((values) => ask.mutate({ ...values, draft: true }))}>
            {t.release.saveDraft}
          </Button>
          {standard}
        </>
      )}
    >
      <Form key={permit.data?.permit.id} form={form} layout="vertical" initialValues={permit.data?.permit} onFinish={(values) => ask.mutate(values)}>
        <Form.Item name="purpose" label={t.common.purpose} rules={[{ required: true, min: 4, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="recipient" label={t.release.recipient} rules={need}>
          <Input />
        </Form.Item>
        <Form.Item name="retention" label={t.release.retention} rules={need}>
          <Input />
        </Form.Item>
        <Form.Item name="trains" label={t.assessment.trains} extra={t.assessment.trainsHint}>
          <Input maxLength={120} />
        </Form.Item>
      </Form>
      {ask.error && <ProblemView problem={ask.error} />}
    </Modal>
  );
}
