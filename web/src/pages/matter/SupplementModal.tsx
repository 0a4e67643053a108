import { Form, Input, Modal, Typography } from "antd";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { MatterPage } from "@/api/types";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { paper } from "@/util/paper";

/** 补正: the applicant's answer to a return, all materials at once. */
export function SupplementModal({ page, close }: { page: MatterPage; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Record<string, string>>();
  const documents = page.matter.documents ?? [];
  const returned = page.matter.steps?.flatMap((s) => s.opinions ?? []).find((o) => o.verdict === "return");
  const send = useAct(
    (values: Record<string, string>) =>
      post("/v1/matters/{id}/supplement", { path: { id: page.matter.id } }, {
        documents: documents.filter((d) => values[d.kind] !== d.text).map((d) => ({ ...d, text: values[d.kind] })),
      }),
    close,
  );
  return (
    <Modal open width={720} title={t.matter.supplement} okText={t.common.submit} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      {returned && (
        <Typography.Paragraph className="cite-meaning">
          <Typography.Text type="secondary">{returned.name}</Typography.Text>
          <br />
          {returned.reason}
        </Typography.Paragraph>
      )}
      <Form form={form} layout="vertical" initialValues={Object.fromEntries(documents.map((d) => [d.kind, d.text]))} onFinish={(values) => send.mutate(values)}>
        {documents.map((d) => (
          <Form.Item key={d.kind} name={d.kind} label={paper(d.title)}>
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} />
          </Form.Item>
        ))}
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
