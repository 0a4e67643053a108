import { UploadOutlined } from "@ant-design/icons";
import { Button, Form, Input, Modal, Typography, Upload, type UploadFile } from "antd";
import { keepFile, post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { MatterDocument, MatterPage } from "@/api/types";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { modelOf, paper } from "@/util/paper";

interface Values {
  texts?: Record<string, string>;
  files?: Record<string, UploadFile[]>;
}

/** 补正: the applicant's answer to a return, all materials at once. A text is reworded, a file replaced. */
export function SupplementModal({ page, close }: { page: MatterPage; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const documents = page.matter.documents ?? [];
  const returned = page.matter.steps?.flatMap((s) => s.opinions ?? []).findLast((o) => o.verdict === "return");
  const lacks = (kind: string) =>
    returned?.items
      ?.filter((i) => i.kind === kind)
      .map((i) => `${t.matter.lack}：${i.what}`)
      .join("；");
  const send = useAct(
    async ({ texts, files }: Values) => {
      const after = await Promise.all(
        documents.map(async (d, n): Promise<MatterDocument> => {
          const file = files?.[n]?.[0]?.originFileObj;
          if (file) return { ...d, digest: await keepFile(file) };
          return d.digest ? d : { ...d, text: texts?.[n] };
        }),
      );
      // Papers of one kind are replaced together, so what stays of a kind goes along.
      const changed = new Set(after.filter((d, n) => d.digest !== documents[n]?.digest || d.text !== documents[n]?.text).map((d) => d.kind));
      return post("/v1/matters/{id}/supplement", { path: { id: page.matter.id } }, { documents: after.filter((d) => changed.has(d.kind)) });
    },
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
      <Form form={form} layout="vertical" initialValues={{ texts: Object.fromEntries(documents.map((d, n) => [n, d.text])) }} onFinish={(values) => send.mutate(values)}>
        {documents.map((d, n) =>
          modelOf(d) ? (
            <Form.Item key={n} name={["texts", String(n)]} label={paper(d.title)} extra={t.matter.modelStays}>
              <Input hidden />
            </Form.Item>
          ) : d.digest ? (
            <Form.Item key={n} name={["files", String(n)]} label={paper(d.title)} extra={lacks(d.kind)} valuePropName="fileList" getValueFromEvent={(e: { fileList: UploadFile[] }) => e.fileList}>
              <Upload maxCount={1} beforeUpload={() => false}>
                <Button icon={<UploadOutlined aria-hidden />} aria-label={`${t.matter.replaceFile}：${d.title}`}>{t.matter.replaceFile}</Button>
              </Upload>
            </Form.Item>
          ) : (
            <Form.Item key={n} name={["texts", String(n)]} label={paper(d.title)} extra={lacks(d.kind)}>
              <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} />
            </Form.Item>
          ),
        )}
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
