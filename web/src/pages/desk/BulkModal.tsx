import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Form, Input, Modal, Radio, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Decided, Task } from "@/api/types";
import { useText, wordFor } from "@/text";
import { tone } from "@/theme";
import { Citations } from "@/ui/Citation";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  verdict: "pass" | "refuse" | "agree" | "disagree";
  reason: string;
}

/** One form for several tasks of the same step. Each is an act of its own: one that is refused changes nothing of the others. */
export function BulkModal({ tasks, close }: { tasks: Task[]; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const [results, setResults] = useState<Decided[]>();
  const first = tasks[0];
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: first?.kind ?? "" } }, { enabled: Boolean(first) });
  const step = procedure.data?.steps?.find((s) => s.id === first?.step);
  const send = useAct(
    ({ verdict, reason }: Values) => {
      const checks = verdict === "pass" || verdict === "agree" ? Object.fromEntries((step?.checks ?? []).map((c) => [c.id, true])) : undefined;
      return post("/v1/matters/decide", {}, { items: tasks.map((task) => ({ matter: task.matter, step: task.step, verdict, reason, checks })) });
    },
    (page) => setResults(page.items ?? []),
  );
  // To return asks each applicant for papers of their own: that is done file by file.
  const may = (step?.may ?? ["pass", "refuse"]).filter((v) => v !== "return");
  const titleOf = (matter: string) => tasks.find((x) => x.matter === matter)?.title ?? matter;
  return (
    <Modal
      open
      width={640}
      title={t.desk.bulkTitle(first?.step_title ?? "", tasks.length)}
      okText={results ? t.common.close : t.matter.submitOpinion}
      confirmLoading={send.isPending}
      cancelButtonProps={{ style: results ? { display: "none" } : undefined }}
      onOk={() => (results ? close() : form.submit())}
      onCancel={close}
      mask={{ closable: false }}
    >
      {results ? (
        <ul className="bulk-results">
          {results.map((r) => (
            <li key={r.matter + r.step}>
              {r.done ? <CheckCircleFilled style={{ color: tone.good }} aria-label={t.act.done} /> : <CloseCircleFilled style={{ color: tone.bad }} aria-label={t.act.notAllowed} />}
              <div>
                <Link to={path.matter(r.matter)}>{titleOf(r.matter)}</Link>
                {r.done ? <Typography.Text type="secondary"> {r.receipt && t.receipt.line(Number(r.receipt))}</Typography.Text> : <div>{r.detail}</div>}
                <Citations cites={r.cites} />
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <Form form={form} layout="vertical" onFinish={(values) => send.mutate(values)}>
          <ul className="bulk-results">
            {tasks.map((task) => (
              <li key={task.id}>
                {task.title} <Typography.Text type="secondary">{task.applicant_name}</Typography.Text>
              </li>
            ))}
          </ul>
          {Boolean(step?.checks?.length) && <Typography.Paragraph type="secondary">{t.desk.bulkChecks(step?.checks?.map((c) => c.title).join("、") ?? "")}</Typography.Paragraph>}
          <Form.Item name="verdict" label={t.matter.outcome} rules={[{ required: true, message: t.common.required }]}>
            <Radio.Group options={may.map((v) => ({ value: v, label: wordFor(t.outcomes, v) }))} />
          </Form.Item>
          <Form.Item name="reason" label={t.matter.reason} extra={t.desk.bulkHint} rules={[{ required: true, whitespace: true, min: 2, message: t.act.reasonRequired }]}>
            <Input.TextArea rows={3} maxLength={2000} showCount />
          </Form.Item>
          {send.error && <ProblemView problem={send.error} />}
        </Form>
      )}
    </Modal>
  );
}
