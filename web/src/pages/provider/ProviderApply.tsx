import { PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Flex, Form, Input, Select, Upload, type UploadFile } from "antd";
import { useNavigate } from "react-router";
import { keepFile, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Provider } from "@/api/types";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { PackProcedure } from "@/ui/PackProcedure";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { useOfferKinds } from "./parts";

interface Draft {
  services: NonNullable<Provider["services"]>;
  papers?: Record<string, UploadFile[]>;
}

/** 申请评定: the services on offer, and the papers that the procedure asks for. */
export default function ProviderApply() {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Draft>();
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: "party.provider" } });
  const papers = procedure.data?.needs ?? [];
  const { options, listed } = useOfferKinds();
  const slugs = Object.fromEntries(options.map(({ value, label }) => [label, value]));
  const send = useAct(
    async (d: Draft) => {
      const documents = await Promise.all(
        papers.flatMap((p) =>
          (d.papers?.[p.id] ?? []).flatMap((u) => (u.originFileObj ? [keepFile(u.originFileObj).then((digest) => ({ kind: p.id, title: p.title, digest }))] : [])),
        ),
      );
      return post("/v1/providers", {}, { services: d.services.map((s) => ({ kind: slugs[s.kind] ?? s.kind, title: s.title })), documents });
    },
    (p) => void navigate(path.matter(p.matter)),
  );
  const need = [{ required: true, whitespace: true, message: t.common.required }];
  return (
    <>
      <PageHead title={t.provider.apply} lead={t.provider.applyLead} />
      <PackProcedure kind="party.provider" />
      <Panel>
        <Form form={form} layout="vertical" style={{ maxWidth: 820 }} initialValues={{ services: [{}] }} onFinish={(d) => send.mutate(d)} scrollToFirstError>
          <Form.List name="services">
            {(fields, { add, remove }) => (
              <fieldset style={{ border: 0, padding: 0, margin: "0 0 16px" }}>
                <legend style={{ fontSize: 14, color: "inherit", border: 0, marginBottom: 8 }}>{t.provider.services}</legend>
                {fields.map((f, i) => (
                  <Flex key={f.key} gap={8} align="flex-start" wrap>
                    <Form.Item name={[f.name, "kind"]} rules={need} style={{ width: 200 }}>
                      {listed ? (
                        <Select aria-label={`${t.provider.service(i + 1)} ${t.provider.kind}`} placeholder={t.provider.kind} options={options} />
                      ) : (
                        <AutoComplete aria-label={`${t.provider.service(i + 1)} ${t.provider.kind}`} placeholder={t.provider.kind} options={options.map(({ label }) => ({ value: label }))} />
                      )}
                    </Form.Item>
                    <Form.Item name={[f.name, "title"]} rules={need} style={{ flex: 1, minWidth: 240 }}>
                      <Input aria-label={`${t.provider.service(i + 1)} ${t.provider.title}`} placeholder={t.provider.title} maxLength={200} />
                    </Form.Item>
                    {fields.length > 1 && (
                      <Button aria-label={t.provider.removeService(i + 1)} onClick={() => remove(f.name)}>
                        {t.common.remove}
                      </Button>
                    )}
                  </Flex>
                ))}
                <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                  {t.provider.addService}
                </Button>
              </fieldset>
            )}
          </Form.List>
          {papers.map((p) => (
            <Form.Item
              key={p.id}
              name={["papers", p.id]}
              label={p.title}
              valuePropName="fileList"
              getValueFromEvent={(e: { fileList: UploadFile[] }) => e.fileList}
              rules={[{ required: true, message: t.common.required }]}
            >
              <Upload multiple beforeUpload={() => false}>
                <Button>{t.common.upload}</Button>
              </Upload>
            </Form.Item>
          ))}
          {send.error && <ProblemView problem={send.error} />}
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t.provider.apply}
          </Button>
        </Form>
      </Panel>
    </>
  );
}
