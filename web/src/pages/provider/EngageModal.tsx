import { Checkbox, Form, Input, Modal, Select, Typography } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { ProviderPage } from "@/api/types";
import { useText } from "@/text";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Draft {
  content: string;
  price?: string;
  scenario?: string;
  read: boolean;
}

/** Chooses a provider under the disclaimer that was shown: the digest of exactly these words goes with it. */
export function EngageModal({ provider, close }: { provider: ProviderPage; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Draft>();
  const disclaimer = useItem("/v1/providers/disclaimer");
  const scenarios = useItem("/v1/scenarios", { query: { limit: 100 } });
  const send = useAct(
    async (d: Draft) => {
      const { sm3 } = await import("sm-crypto-v2");
      return post("/v1/providers/{id}/engage", { path: { id: provider.provider.id } }, {
        content: d.content,
        price: d.price || undefined,
        scenario: d.scenario,
        disclaimer_sm3: sm3(new TextEncoder().encode(disclaimer.data?.text ?? "")),
      });
    },
    () => {
      close();
      void navigate(path.commissions());
    },
  );
  return (
    <Modal open title={`${t.provider.engage}：${provider.name}`} okText={t.provider.engage} confirmLoading={send.isPending} okButtonProps={{ disabled: !disclaimer.data }} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      <Typography.Paragraph type="secondary">{t.provider.engageLead}</Typography.Paragraph>
      <Form name="engage" form={form} layout="vertical" onFinish={(d) => send.mutate(d)}>
        <Form.Item name="content" label={t.provider.content} rules={[{ required: true, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={5000} showCount />
        </Form.Item>
        <Form.Item name="price" label={t.provider.price} extra={t.provider.priceHint}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="scenario" label={t.provider.scenario}>
          <Select allowClear options={scenarios.data?.items?.map((s) => ({ value: s.id, label: s.plan.title })) ?? []} />
        </Form.Item>
        <Typography.Title level={5}>{t.provider.disclaimer}</Typography.Title>
        <Loaded query={disclaimer}>
          {({ text }) => (
            <div className="document-text" tabIndex={0} role="region" aria-label={t.provider.disclaimer} style={{ maxHeight: 200, overflow: "auto", marginBottom: 12 }}>
              {text}
            </div>
          )}
        </Loaded>
        <Form.Item name="read" valuePropName="checked" rules={[{ validator: (_, v) => (v ? Promise.resolve() : Promise.reject(new Error(t.provider.ackFirst))) }]}>
          <Checkbox>{t.provider.ack}</Checkbox>
        </Form.Item>
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
