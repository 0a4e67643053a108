import { Button, Checkbox, Form, Input, Modal, Radio, Select, Upload } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem, useList } from "@/api/hooks";
import type { Scenario } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  versions: string[];
  solution: string;
  design: string;
  signing: "electronic" | "paper";
  paper_reason?: string;
  own_template?: boolean;
  template?: string;
  template_why?: string;
  third_party?: boolean;
  partner?: string;
  cooperation?: string;
  obtaining?: string;
}

/** What a template must have a place for: the program's own words, in every language. */
const marks = ["授权书编号", "信息主体", "授权对象", "来源和范围", "目的", "用途", "方式", "结果内容", "授权期限", "使用次数", "保存期限", "单独同意"];

/** The text of a template, from a file or typed. */
function TemplateFile({ id, value, onChange }: { id?: string; value?: string; onChange?: (text: string) => void }) {
  const t = useText();
  return (
    <>
      <Input.TextArea id={id} value={value} onChange={(e) => onChange?.(e.target.value)} autoSize={{ minRows: 4, maxRows: 12 }} maxLength={20000} style={{ marginBottom: 8 }} />
      <Upload
        accept=".txt"
        showUploadList={false}
        beforeUpload={(file) => {
          void file.text().then((text) => onChange?.(text));
          return false;
        }}
      >
        <Button>{t.common.upload}</Button>
      </Upload>
    </>
  );
}

/** 场景申报: the models and the papers that the law asks for. */
export function DeclareModal({ scenario, close }: { scenario: Scenario; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const own = useList("/v1/versions", { query: { limit: 100 } });
  const shelf = useList("/v1/versions", { query: { limit: 100, listed: true } });
  const problem = own.problem ?? shelf.problem;
  const choices = new Map([...(own.items ?? []), ...(shelf.items ?? [])].map((v) => [v.id, v]));
  const values = useItem("/v1/regime/values");
  const law = (name: string) => values.data?.items?.find((v) => v.name === name)?.text;
  const through = Form.useWatch("third_party", form);
  const signing = Form.useWatch("signing", form);
  const ownTemplate = Form.useWatch("own_template", form);
  const needsReason = law("consent.paper.reason") === "asked";
  const declare = useAct(
    ({ versions: chosen, ...papers }: Values) => post("/v1/scenarios/{id}/declare", { path: { id: scenario.id } }, { versions: chosen, papers }),
    (declaration) => {
      close();
      void navigate(path.matter(declaration.matter));
    },
  );
  return (
    <Modal open width={760} title={t.scenario.declare} okText={t.scenario.fileDeclaration} confirmLoading={declare.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      {problem && <ProblemView problem={problem} />}
      <Form form={form} layout="vertical" initialValues={{ solution: scenario.plan.solution, signing: "electronic" }} onFinish={(values) => declare.mutate(values)}>
        <Form.Item name="versions" label={t.scenario.chooseModels} extra={t.scenario.chooseModelsHint} rules={[{ required: true, message: t.common.required }]}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            loading={own.loading || shelf.loading}
            notFoundContent={t.scenario.noVersions}
            options={[...choices.values()].map((v) => ({ value: v.id, label: `${v.name} v${v.number}（${wordFor(t.model.classes, v.class)}${v.shared ? `，${t.states.listed}` : ""}）` }))}
          />
        </Form.Item>
        <Form.Item name="solution" label={`《${t.scenario.solution}》`} rules={[{ required: true, min: 4, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} />
        </Form.Item>
        <Form.Item name="design" label={`《${t.scenario.design}》`} extra={t.scenario.designHint} rules={[{ required: true, min: 4, message: t.common.required }]}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} />
        </Form.Item>
        <Form.Item name="signing" label={t.scenario.signing} extra={t.scenario.signingHint}>
          <Radio.Group options={[{ value: "electronic", label: t.scenario.electronic }, { value: "paper", label: t.scenario.paper }]} />
        </Form.Item>
        {signing === "paper" && (
          <Form.Item name="paper_reason" label={t.scenario.paperReason} rules={[{ required: needsReason, whitespace: true, message: t.common.required }]}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} />
          </Form.Item>
        )}
        <Form.Item name="own_template" valuePropName="checked">
          <Checkbox>{t.scenario.ownTemplate}</Checkbox>
        </Form.Item>
        {ownTemplate && (
          <>
            <Form.Item name="template" label={t.scenario.template} extra={<>{t.scenario.templateHint}<br />{marks.map((m) => `【${m}】`).join("")}</>} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
              <TemplateFile />
            </Form.Item>
            <Form.Item name="template_why" label={t.scenario.templateWhy} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={5000} showCount />
            </Form.Item>
          </>
        )}
        <Form.Item name="third_party" valuePropName="checked">
          <Checkbox>{t.scenario.thirdParty}</Checkbox>
        </Form.Item>
        {through && (
          <>
            <Form.Item name="partner" label={t.scenario.partner} extra={t.scenario.partnerHint} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="cooperation" label={t.scenario.cooperation} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={5000} showCount />
            </Form.Item>
            <Form.Item name="obtaining" label={t.scenario.obtaining} rules={[{ required: true, whitespace: true, message: t.common.required }]}>
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={5000} showCount />
            </Form.Item>
          </>
        )}
      </Form>
      {declare.error && <ProblemView problem={declare.error} />}
    </Modal>
  );
}
