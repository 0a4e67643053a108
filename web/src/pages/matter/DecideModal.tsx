import { DeleteOutlined, PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Form, Input, Modal, Radio, Select, Typography, Upload, type UploadFile } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keepFile, post } from "@/api/client";
import { useRegime } from "@/api/law";
import { useAct } from "@/api/hooks";
import type { MatterPage, MatterStep } from "@/api/types";
import { signReview } from "@/sign/review";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { Deadline } from "@/ui/Deadline";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { readable, Reading } from "./Reading";

type Verdict = "pass" | "return" | "refuse" | "agree" | "disagree";

interface Values {
  interest?: "none" | "some";
  conflict?: string;
  verdict: Verdict;
  reason: string;
  checks?: Record<string, boolean>;
  to?: string;
  items?: { kind: string; what: string }[];
  excuse?: string;
  number?: string;
  file?: UploadFile[];
}

/** 补正, told once and whole, or 退回 to an earlier step. */
function Return({ page, step }: { page: MatterPage; step: MatterStep }) {
  const t = useText();
  const to = Form.useWatch("to") as string | undefined;
  const earlier = (page.matter.steps ?? []).filter((s) => s.state === "done" && s.id !== step.id);
  const papers = (page.matter.documents ?? []).map((d) => ({ value: d.kind, label: d.title }));
  return (
    <>
      {earlier.length > 0 && (
        <Form.Item name="to" label={t.matter.returnTo}>
          <Select allowClear placeholder={t.matter.returnToApplicant} options={earlier.map((s) => ({ value: s.id, label: `${s.title}（${s.role_title}）` }))} />
        </Form.Item>
      )}
      {!to && (
        <Form.List name="items">
          {(rows, { add, remove }) => (
            <Form.Item label={t.matter.lacks} extra={t.matter.lacksHint}>
              {rows.map((row) => (
                <Flex key={row.key} gap={8} style={{ marginBottom: 8 }}>
                  <Form.Item name={[row.name, "kind"]} noStyle rules={[{ required: true, message: t.common.required }]}>
                    <Select style={{ width: 220 }} aria-label={t.file.documents} placeholder={t.file.documents} options={papers} />
                  </Form.Item>
                  <Form.Item name={[row.name, "what"]} noStyle rules={[{ required: true, message: t.common.required }]}>
                    <Input aria-label={t.matter.lack} placeholder={t.matter.lack} />
                  </Form.Item>
                  <Button type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t.common.remove} onClick={() => remove(row.name)} />
                </Flex>
              ))}
              <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                {t.matter.addLack}
              </Button>
            </Form.Item>
          )}
        </Form.List>
      )}
    </>
  );
}

/** A decision taken elsewhere, by a government or a mechanism: its number and its paper. */
function Elsewhere() {
  const t = useText();
  const need = [{ required: true, message: t.common.required }];
  return (
    <>
      <Form.Item name="number" label={t.notice.document} rules={need}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="file" label={t.matter.recordPaper} rules={need} valuePropName="fileList" getValueFromEvent={(e: { fileList: UploadFile[] }) => e.fileList}>
        <Upload maxCount={1} beforeUpload={() => false}>
          <Button icon={<UploadOutlined aria-hidden />}>{t.common.upload}</Button>
        </Upload>
      </Form.Item>
    </>
  );
}

/** 利害关系, before anything else: whoever was drawn says that nothing ties them to the application, or stands aside. */
function Interest({ step }: { step: MatterStep }) {
  const t = useText();
  const interest = Form.useWatch("interest") as Values["interest"];
  return (
    <fieldset className="decide-checks">
      <legend>{t.matter.interest}</legend>
      <Form.Item name="interest" extra={t.matter.interestHint} rules={[{ required: true, message: t.matter.interestMissing }]}>
        <Radio.Group
          vertical
          aria-label={t.matter.interest}
          options={[
            { value: "none", label: t.matter.interestNone },
            { value: "some", label: t.matter.interestSome },
          ]}
        />
      </Form.Item>
      {interest === "some" && (
        <>
          <Form.Item name="conflict" label={t.matter.conflict} rules={[{ required: true, whitespace: true, min: 2, message: t.act.reasonRequired }]}>
            <Input.TextArea rows={3} maxLength={2000} showCount />
          </Form.Item>
          <Alert
            type="warning"
            showIcon
            style={{ marginBottom: 12 }}
            title={
              <>
                {t.matter.recuseEffect(step.need)} {step.need_cite && <Citation cite={step.need_cite} />}
              </>
            }
          />
        </>
      )}
    </fieldset>
  );
}

/**
 * What a decider fills in at one step, beside what they read: a conclusion on every check, an outcome, a reason; where the law asks, a
 * signature.
 */
export function DecideModal({ page, step, account, close }: { page: MatterPage; step: MatterStep; account: string; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const advised = (page.matter.consultations ?? []).filter((c) => c.advice?.some((a) => a.when));
  const verdict = Form.useWatch("verdict", form);
  const drawn = page.acts?.some((o) => o.act === "matter.recuse" && o.on === step.id && o.allowed) ?? false;
  const interest = Form.useWatch("interest", form);
  const aside = drawn && interest === "some";
  const opinion = !drawn || interest === "none";
  const beside = readable(page);
  const navigate = useNavigate();
  const [signing, setSigning] = useState<unknown>();
  // The server gives the text only to those who must sign it.
  const today = useRegime().data?.today ?? "";
  const missed = (step.clocks ?? []).filter((c) => c.due && c.due < today);
  const asked = missed.length > 0 && missed.every((c) => c.limit.soft);
  const signs = Boolean(verdict === "pass" && page.sign_text);
  const decide = useAct(
    async ({ number, file, interest: declared, conflict, ...values }: Values) => {
      setSigning(undefined);
      if (declared === "some") {
        await post("/v1/matters/{id}/recuse", { path: { id: page.matter.id } }, { step: step.id, reason: conflict ?? "" });
        // The file is closed to them now.
        void navigate(path.expert(), { state: { recused: true } });
        return;
      }
      let signature: Awaited<ReturnType<typeof signReview>> | undefined;
      if (values.verdict === "pass" && page.sign_text) {
        try {
          signature = await signReview(account, page.sign_text);
        } catch (error) {
          setSigning(error);
          throw error;
        }
      }
      const kept = file?.[0]?.originFileObj;
      const document = number && kept ? { number, digest: await keepFile(kept) } : undefined;
      await post("/v1/matters/{id}/decide", { path: { id: page.matter.id } }, { step: step.id, ...values, signature, document, no_conflict: declared === "none" || undefined });
    },
    close,
  );
  return (
    <Modal
      open
      width={beside ? "min(1240px, calc(100vw - 32px))" : 640}
      centered={beside}
      title={t.matter.decideTitle(step.title)}
      okText={aside ? wordFor(t.matter.acts, "matter.recuse") : t.matter.submitOpinion}
      okButtonProps={{ loading: decide.isPending, danger: verdict === "refuse" || aside }}
      onOk={() => form.submit()}
      onCancel={close}
      mask={{ closable: false }}
    >
      <div className={beside ? "decide-beside" : undefined}>
        {beside && <Reading page={page} step={step} />}
        <Form form={form} layout="vertical" onFinish={(values) => decide.mutate(values)}>
          <Typography.Paragraph type="secondary">
            {page.matter.title} <Citation cite={step.cite} /> {step.deadline && <Deadline value={{ ...step.deadline, left: step.left, cite: step.within?.cite ?? step.cite }} />}
          </Typography.Paragraph>
          {drawn && <Interest step={step} />}
          {opinion && (
            <>
              {Boolean(step.checks?.length) && (
                <fieldset className="decide-checks">
                  <legend>{t.matter.checks}</legend>
                  {step.checks?.map((check) => (
                    <Form.Item
                      key={check.id}
                      name={["checks", check.id]}
                      label={
                        <>
                          {check.title} {check.cite && <Citation cite={check.cite} />}
                        </>
                      }
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
              {advised.length > 0 && (
                <Form.Item name="consults" label={t.matter.cite}>
                  <Select mode="multiple" options={advised.map((c) => ({ value: c.id, label: `${c.topic}：${c.advice?.filter((a) => a.when).map((a) => a.name).join("、")}` }))} />
                </Form.Item>
              )}
              <Form.Item
                name="reason"
                label={t.matter.reason}
                extra={t.matter.reasonHint}
                rules={[{ required: true, whitespace: true, min: 2, message: t.act.reasonRequired }]}
              >
                <Input.TextArea rows={4} maxLength={2000} showCount />
              </Form.Item>
              {verdict === "return" && <Return page={page} step={step} />}
              {step.records && verdict && verdict !== "return" && <Elsewhere />}
              {missed[0] && (
                <Form.Item
                  name="excuse"
                  label={t.matter.excuse}
                  extra={
                    <>
                      {asked ? t.matter.excuseHint : t.matter.excuseHard} <Citation cite={(missed.find((c) => !c.limit.soft) ?? missed[0]).limit.cite} />
                    </>
                  }
                  rules={asked ? [{ required: true, whitespace: true, min: 2, message: t.common.required }] : []}
                >
                  <Input.TextArea rows={2} maxLength={2000} />
                </Form.Item>
              )}
              {signs && (
                <Alert
                  type="info"
                  showIcon
                  title={t.matter.signHint}
                  description={<pre className="receipt-text" style={{ margin: 0 }}>{page.sign_text}</pre>}
                />
              )}
            </>
          )}
          {Boolean(decide.error ?? signing) && <ProblemView problem={decide.error ?? signing} />}
        </Form>
      </div>
    </Modal>
  );
}
