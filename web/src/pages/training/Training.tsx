import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Form, Input, InputNumber, Modal, Radio, Skeleton, Typography } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useAct, useList } from "@/api/hooks";
import type { Me, Sheet, Training as Result } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemPage, ProblemView } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";

/** The exam of one course: what is right is known to the server only. */
function Exam({ course, close }: { course: Sheet; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<{ answers: number[] }>();
  const [result, setResult] = useState<Result>();
  const send = useAct(({ answers }: { answers: number[] }) => post("/v1/courses/{id}/exam", { path: { id: course.id } }, { answers }), setResult);
  return (
    <Modal
      open
      width={720}
      title={course.title}
      okText={result ? t.common.close : t.training.submit}
      confirmLoading={send.isPending}
      onOk={() => (result ? close() : form.submit())}
      onCancel={close}
      mask={{ closable: false }}
    >
      {result ? (
        <Alert type={result.passed ? "success" : "warning"} showIcon title={result.passed ? t.training.passed(result.score ?? 0) : t.training.failed(result.score ?? 0, course.pass)} description={result.until && t.training.until(result.until)} />
      ) : (
        <Form form={form} layout="vertical" onFinish={(values) => send.mutate(values)}>
          {course.questions?.map((q, i) => (
            <Form.Item key={q.text} name={["answers", i]} label={`${i + 1}. ${q.text}`} rules={[{ required: true, message: t.common.required }]}>
              <Radio.Group vertical options={(q.options ?? []).map((o, n) => ({ value: n, label: o }))} />
            </Form.Item>
          ))}
        </Form>
      )}
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}

interface Draft {
  title: string;
  text: string;
  pass: number;
  questions: { text: string; options: string[]; answer: number }[];
}

function CourseModal({ close }: { close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<{ title: string; text: string; pass: number; questions: { text: string; options: string; answer: number }[] }>();
  const send = useAct((draft: Draft) => post("/v1/courses", {}, draft), close);
  const need = [{ required: true, message: t.common.required }];
  return (
    <Modal open width={760} title={t.training.publish} okText={t.training.publish} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ pass: 60, questions: [{}] }}
        onFinish={(v) => send.mutate({ ...v, questions: v.questions.map((q) => ({ text: q.text, options: q.options.split("\n").map((o) => o.trim()).filter(Boolean), answer: q.answer - 1 })) })}
      >
        <Form.Item name="title" label={t.notice.title} rules={need}>
          <Input />
        </Form.Item>
        <Form.Item name="text" label={t.training.text} rules={need}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} />
        </Form.Item>
        <Form.Item name="pass" label={t.training.pass} rules={need}>
          <InputNumber min={1} max={100} />
        </Form.Item>
        <Form.List name="questions">
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <Panel key={row.key} title={t.training.question(row.name + 1)} extra={<Button type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t.common.remove} onClick={() => remove(row.name)} />}>
                  <Form.Item name={[row.name, "text"]} label={t.training.asked} rules={need}>
                    <Input />
                  </Form.Item>
                  <Form.Item name={[row.name, "options"]} label={t.training.options} extra={t.training.optionsHint} rules={need}>
                    <Input.TextArea autoSize={{ minRows: 2 }} />
                  </Form.Item>
                  <Form.Item name={[row.name, "answer"]} label={t.training.answer} rules={need}>
                    <InputNumber min={1} />
                  </Form.Item>
                </Panel>
              ))}
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                {t.common.add}
              </Button>
            </>
          )}
        </Form.List>
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}

/** 培训与考试: the courses, and one's own exam. */
export default function Training() {
  const t = useText();
  const me = useOutletContext<Me>();
  const list = useList("/v1/courses");
  const [sitting, setSitting] = useState<Sheet>();
  const [publishing, setPublishing] = useState(false);
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator") ?? false;
  return (
    <>
      <PageHead
        title={t.shell.menuTraining}
        lead={t.training.lead}
        extra={
          office && (
            <Button type="primary" onClick={() => setPublishing(true)}>
              {t.training.publish}
            </Button>
          )
        }
      />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 && <EmptyState title={t.training.empty} hint={t.training.emptyHint} />}
      {list.items?.map((c) => (
        <Panel
          key={c.id}
          title={
            <>
              {c.title} <StateTag state={c.state === "open" ? "in-force" : "ended"} />
            </>
          }
          extra={
            <Flex gap={8}>
              {c.state === "open" && (
                <Button type="primary" size="small" onClick={() => setSitting(c)}>
                  {t.training.sit}
                </Button>
              )}
              {office && c.state === "open" && <ActButton size="small" label={t.training.close} confirmName={c.title} run={() => post("/v1/courses/{id}/close", { path: { id: c.id } })} />}
            </Flex>
          }
        >
          <Typography.Paragraph className="document-text">{c.text}</Typography.Paragraph>
          <Typography.Text type="secondary">{t.training.about(c.questions?.length ?? 0, c.pass)}</Typography.Text>
        </Panel>
      ))}
      {sitting && <Exam course={sitting} close={() => setSitting(undefined)} />}
      {publishing && <CourseModal close={() => setPublishing(false)} />}
    </>
  );
}
