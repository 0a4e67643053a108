import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Radio, Upload, type UploadFile } from "antd";
import { useNavigate } from "react-router";
import { keepFile, post } from "@/api/client";
import { useAct } from "@/api/hooks";
import { useText } from "@/text";
import { Citation } from "@/ui/Citation";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { useTrainingLaw } from "./law";
import "./training.css";

interface Draft {
  title: string;
  text: string;
  pass: number;
  files?: UploadFile[];
  questions: { text: string; options: string[]; answer: number }[];
}

/** The options of one question, one of them marked as right. */
function Options({ question }: { question: number }) {
  const t = useText();
  const form = Form.useFormInstance<Draft>();
  const answer = Form.useWatch(["questions", question, "answer"], form);
  return (
    <Form.List name={[question, "options"]}>
      {(fields, { add, remove }) => (
        <Form.Item label={t.training.options} extra={t.training.answer + "："+ (typeof answer === "number" ? t.training.option(answer + 1) : t.common.none)}>
          {fields.map((o, i) => (
            <div key={o.key} className="question-option">
              <Radio checked={answer === i} aria-label={t.training.markAnswer(i + 1)} onChange={() => form.setFieldValue(["questions", question, "answer"], i)} />
              <Form.Item name={o.name} noStyle rules={[{ required: true, whitespace: true, message: t.common.required }]}>
                <Input aria-label={`${t.training.question(question + 1)} ${t.training.option(i + 1)}`} maxLength={200} />
              </Form.Item>
              {fields.length > 2 && (
                <Button
                  type="text"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t.training.removeOption(i + 1)}
                  onClick={() => {
                    remove(o.name);
                    if (typeof answer === "number" && answer >= i) form.setFieldValue(["questions", question, "answer"], Math.max(0, answer - 1));
                  }}
                />
              )}
            </div>
          ))}
          {fields.length < 8 && (
            <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add("")}>
              {t.training.addOption}
            </Button>
          )}
        </Form.Item>
      )}
    </Form.List>
  );
}

/** 发布课程: what is to be learned, and the exam that shows it. */
export default function CourseNew() {
  const t = useText();
  const navigate = useNavigate();
  const law = useTrainingLaw();
  const [form] = Form.useForm<Draft>();
  const send = useAct(
    async ({ files, ...d }: Draft) => {
      const file = files?.[0]?.originFileObj;
      return post("/v1/courses", {}, { ...d, material: file && (await keepFile(file)) });
    },
    (c) => void navigate(path.course(c.id)),
  );
  const need = [{ required: true, message: t.common.required }];
  return (
    <>
      <PageHead title={t.training.publish} lead={t.training.publishLead} />
      <Panel>
        <Form form={form} layout="vertical" style={{ maxWidth: 820 }} initialValues={{ pass: law.mark?.int ?? 80, questions: [{ text: "", options: ["", ""], answer: 0 }] }} onFinish={(d) => send.mutate(d)} scrollToFirstError>
          <Form.Item name="title" label={t.training.name} rules={need}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="text" label={t.training.text} rules={need}>
            <Input.TextArea autoSize={{ minRows: 6, maxRows: 20 }} maxLength={50000} showCount />
          </Form.Item>
          <Form.Item name="files" label={t.training.material} valuePropName="fileList" getValueFromEvent={(e: { fileList: UploadFile[] }) => e.fileList}>
            <Upload maxCount={1} beforeUpload={() => false}>
              <Button>{t.common.upload}</Button>
            </Upload>
          </Form.Item>
          <Form.Item
            name="pass"
            label={t.training.pass}
            rules={need}
            extra={
              law.mark && (
                <>
                  {law.mark.title} {law.mark.int} <Citation cite={law.mark.cite} />
                </>
              )
            }
          >
            <InputNumber min={law.mark?.int ?? 1} max={100} />
          </Form.Item>
          <Form.List name="questions">
            {(fields, { add, remove }) => (
              <>
                {fields.map((f, i) => (
                  <section key={f.key} className="question" aria-label={t.training.question(i + 1)}>
                    <Form.Item name={[f.name, "text"]} label={`${t.training.question(i + 1)} ${t.training.questionText}`} rules={need}>
                      <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
                    </Form.Item>
                    <Form.Item name={[f.name, "answer"]} hidden>
                      <InputNumber />
                    </Form.Item>
                    <Options question={f.name} />
                    {fields.length > 1 && (
                      <Button size="small" danger style={{ marginBottom: 12 }} onClick={() => remove(f.name)}>
                        {t.training.removeQuestion(i + 1)}
                      </Button>
                    )}
                  </section>
                ))}
                <Button block type="dashed" icon={<PlusOutlined aria-hidden />} style={{ marginBottom: 20 }} onClick={() => add({ text: "", options: ["", ""], answer: 0 })}>
                  {t.training.addQuestion}
                </Button>
              </>
            )}
          </Form.List>
          {send.error && <ProblemView problem={send.error} />}
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t.training.publish}
          </Button>
        </Form>
      </Panel>
    </>
  );
}
