import { Checkbox, Form, Input, Modal, Select } from "antd";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useList } from "@/api/hooks";
import type { Scenario } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  versions: string[];
  solution: string;
  design: string;
  template?: string;
  third_party?: boolean;
  partner?: string;
  cooperation?: string;
  obtaining?: string;
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
  const through = Form.useWatch("third_party", form);
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
      <Form form={form} layout="vertical" initialValues={{ solution: scenario.plan.solution }} onFinish={(values) => declare.mutate(values)}>
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
