import { Alert, Form, Input, Modal, Radio, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { MatterPage, MatterStep } from "@/api/types";
import { signReview } from "@/sign/review";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { ProblemView } from "@/ui/ProblemView";

type Verdict = "pass" | "return" | "refuse" | "agree" | "disagree";

interface Values {
  verdict: Verdict;
  reason: string;
  checks?: Record<string, boolean>;
}

/** What a decider fills in at one step: a conclusion on every check, an outcome, a reason; where the law asks, a signature. */
export function DecideModal({ page, step, account, close }: { page: MatterPage; step: MatterStep; account: string; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const verdict = Form.useWatch("verdict", form);
  const [signing, setSigning] = useState<unknown>();
  // The server gives the text only to those who must sign it.
  const signs = Boolean(verdict === "pass" && page.sign_text);
  const decide = useAct(
    async (values: Values) => {
      setSigning(undefined);
      let signature: Awaited<ReturnType<typeof signReview>> | undefined;
      if (values.verdict === "pass" && page.sign_text) {
        try {
          signature = await signReview(account, page.sign_text);
        } catch (error) {
          setSigning(error);
          throw error;
        }
      }
      return post("/v1/matters/{id}/decide", { path: { id: page.matter.id } }, { step: step.id, ...values, signature });
    },
    close,
  );
  return (
    <Modal
      open
      width={640}
      title={t.matter.decideTitle(step.title)}
      okText={t.matter.submitOpinion}
      okButtonProps={{ loading: decide.isPending, danger: verdict === "refuse" }}
      onOk={() => form.submit()}
      onCancel={close}
      mask={{ closable: false }}
    >
      <Form form={form} layout="vertical" onFinish={(values) => decide.mutate(values)}>
        <Typography.Paragraph type="secondary">
          {page.matter.title} <Citation cite={step.cite} />
        </Typography.Paragraph>
        {Boolean(step.checks?.length) && (
          <fieldset className="decide-checks">
            <legend>{t.matter.checks}</legend>
            {step.checks?.map((check) => (
              <Form.Item
                key={check.id}
                name={["checks", check.id]}
                label={check.title}
                layout="horizontal"
                colon={false}
                labelCol={{ flex: "auto" }}
                wrapperCol={{ flex: "none" }}
                labelAlign="left"
                rules={[{ required: true, message: t.matter.checkMissing }]}
              >
                <Radio.Group
                  optionType="button"
                  size="small"
                  options={[
                    { value: true, label: t.matter.met },
                    { value: false, label: t.matter.unmet },
                  ]}
                />
              </Form.Item>
            ))}
          </fieldset>
        )}
        <Form.Item name="verdict" label={t.matter.outcome} rules={[{ required: true, message: t.common.required }]}>
          <Radio.Group options={(step.may ?? []).map((v) => ({ value: v, label: wordFor(t.outcomes, v) }))} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t.matter.reason}
          extra={t.matter.reasonHint}
          rules={[{ required: true, whitespace: true, min: 2, message: t.act.reasonRequired }]}
        >
          <Input.TextArea rows={4} maxLength={2000} showCount />
        </Form.Item>
        {signs && (
          <Alert
            type="info"
            showIcon
            title={t.matter.signHint}
            description={<pre className="receipt-text" style={{ margin: 0 }}>{page.sign_text}</pre>}
          />
        )}
        {Boolean(decide.error ?? signing) && <ProblemView problem={decide.error ?? signing} />}
      </Form>
    </Modal>
  );
}
