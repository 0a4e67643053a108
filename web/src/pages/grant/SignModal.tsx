import { DatePicker, Form, Modal, Typography } from "antd";
import type { Dayjs } from "dayjs";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

/** The data user lays down the term and signs first; the text is the pack's template and is read before the operator signs. */
export function SignModal({ declaration, close }: { declaration: string; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<{ term: [Dayjs, Dayjs] }>();
  const sign = useAct(
    ({ term: [from, until] }: { term: [Dayjs, Dayjs] }) =>
      post("/v1/declarations/{id}/sign", { path: { id: declaration } }, { from: from.format("YYYY-MM-DD"), until: until.format("YYYY-MM-DD") }),
    (agreement) => {
      close();
      void navigate(path.agreement(agreement.id));
    },
  );
  return (
    <Modal open title={t.grant.sign} okText={t.grant.sign} confirmLoading={sign.isPending} onOk={() => form.submit()} onCancel={close}>
      <Typography.Paragraph type="secondary">{t.grant.signLead}</Typography.Paragraph>
      <Form form={form} layout="vertical" onFinish={(values) => sign.mutate(values)}>
        <Form.Item name="term" label={t.grant.term} rules={[{ required: true, message: t.common.required }]}>
          <DatePicker.RangePicker style={{ width: "100%" }} />
        </Form.Item>
      </Form>
      {sign.error && <ProblemView problem={sign.error} />}
    </Modal>
  );
}
