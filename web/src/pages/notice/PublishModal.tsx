import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, DatePicker, Flex, Form, Input, InputNumber, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useRegime } from "@/api/law";
import { useText, wordFor } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

export type Publishing = "call" | "announcement" | "rules" | "list" | "budget" | "continuation";

interface Values {
  title: string;
  text?: string;
  document?: string;
  for: string;
  field?: string;
  conditions: string;
  window: [Dayjs, Dayjs];
  limit?: number;
  criteria?: { title: string; weight: number }[];
  series: string;
  from: Dayjs;
  entries: { name: string; note?: string }[];
  pack: string;
  until: Dayjs;
}

async function publish(kind: Publishing, v: Values) {
  const day = (d: Dayjs) => d.format("YYYY-MM-DD");
  switch (kind) {
    case "call":
      return post("/v1/notices/call", {}, {
        title: v.title,
        text: v.text,
        document: v.document,
        for: v.for,
        field: v.field,
        conditions: v.conditions,
        opens: v.window[0].toISOString(),
        closes: v.window[1].toISOString(),
        limit: v.limit ?? undefined,
        criteria: v.criteria?.length ? v.criteria : undefined,
      });
    case "continuation":
      return post("/v1/notices/continue", {}, { pack: v.pack, until: day(v.until), document: v.document ?? "", text: v.text });
    default:
      return post("/v1/notices", {}, {
        kind,
        title: v.title,
        text: v.text ?? "",
        document: v.document,
        ...(kind === "rules" || kind === "list" ? { series: v.series, from: day(v.from) } : {}),
        ...(kind === "list" ? { entries: v.entries } : {}),
      });
  }
}

function CallFields() {
  const t = useText();
  const need = [{ required: true, message: t.common.required }];
  const procedures = useItem("/v1/regime/procedures");
  return (
    <>
      <Form.Item name="for" label={t.notice.callFor} rules={need}>
        <Select options={procedures.data?.items?.map((p) => ({ value: p.kind, label: p.title }))} loading={procedures.isPending} />
      </Form.Item>
      <Form.Item name="field" label={t.notice.field} extra={t.notice.fieldHint}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="window" label={t.notice.window} rules={need} extra={t.notice.windowHint}>
        <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="conditions" label={t.notice.conditions} rules={need}>
        <Input.TextArea autoSize={{ minRows: 3 }} maxLength={20000} />
      </Form.Item>
      <Form.Item name="limit" label={t.notice.limit} extra={t.notice.limitHint}>
        <InputNumber min={1} max={1000} precision={0} />
      </Form.Item>
      <Criteria />
    </>
  );
}

/** 评选标准: by what the candidates are ranked; published with the call, scored on its page. */
function Criteria() {
  const t = useText();
  const need = [{ required: true, message: t.common.required }];
  return (
    <Form.List name="criteria">
      {(rows, { add, remove }) => (
        <Form.Item label={t.notice.criteria} extra={t.notice.criteriaHint}>
          {rows.map((row, i) => (
            <Flex key={row.key} gap={8} style={{ marginBottom: 8 }}>
              <Form.Item name={[row.name, "title"]} noStyle rules={need}>
                <Input placeholder={t.notice.criterion} aria-label={t.notice.criterionOf(i + 1)} maxLength={60} />
              </Form.Item>
              <Form.Item name={[row.name, "weight"]} noStyle rules={need}>
                <InputNumber min={1} max={100} precision={0} placeholder={t.notice.weight} aria-label={t.notice.weightOf(i + 1)} />
              </Form.Item>
              <Button type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t.common.remove} onClick={() => remove(row.name)} />
            </Flex>
          ))}
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
            {t.notice.addCriterion}
          </Button>
        </Form.Item>
      )}
    </Form.List>
  );
}

function ListLines() {
  const t = useText();
  return (
    <Form.List name="entries" initialValue={[{}]}>
      {(rows, { add, remove }) => (
        <Form.Item label={t.notice.entries}>
          {rows.map((row) => (
            <Flex key={row.key} gap={8} style={{ marginBottom: 8 }}>
              <Form.Item name={[row.name, "name"]} noStyle rules={[{ required: true, message: t.common.required }]}>
                <Input placeholder={t.notice.entry} aria-label={t.notice.entry} />
              </Form.Item>
              <Form.Item name={[row.name, "note"]} noStyle>
                <Input placeholder={t.common.note} aria-label={t.common.note} />
              </Form.Item>
              <Button type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t.common.remove} onClick={() => remove(row.name)} />
            </Flex>
          ))}
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
            {t.common.add}
          </Button>
        </Form.Item>
      )}
    </Form.List>
  );
}

/** One form per kind of notice; the server says what is missing. */
export function PublishModal({ kind, close }: { kind: Publishing; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const regime = useRegime();
  const [form] = Form.useForm<Values>();
  const send = useAct(
    (values: Values) => publish(kind, values),
    (page) => {
      close();
      void navigate(path.notice(page.notice.id));
    },
  );
  const need = [{ required: true, message: t.common.required }];
  const edition = kind === "rules" || kind === "list";
  return (
    <Modal open width={720} title={t.notice.publishOf(wordFor(t.portal.noticeKinds, kind))} okText={t.notice.publish} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      <Form form={form} layout="vertical" onFinish={(values) => send.mutate(values)}>
        {kind === "continuation" ? (
          <>
            <Form.Item name="pack" label={t.law.rules} rules={need}>
              <Select options={regime.data?.packs?.filter((p) => p.trial_until).map((p) => ({ value: p.id, label: p.title }))} />
            </Form.Item>
            <Form.Item name="until" label={t.law.until} rules={need}>
              <DatePicker />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="title" label={t.notice.title} rules={need}>
            <Input maxLength={200} />
          </Form.Item>
        )}
        <Form.Item name="document" label={t.notice.document} rules={kind === "continuation" || kind === "budget" ? need : []}>
          <Input maxLength={120} />
        </Form.Item>
        {kind === "call" && <CallFields />}
        {edition && (
          <Flex gap={16} wrap>
            <Form.Item name="series" label={t.notice.series} extra={t.notice.seriesHint} rules={[...need, { pattern: /^[a-z][a-z0-9-]{1,59}$/, message: t.notice.seriesHint }]}>
              <Input />
            </Form.Item>
            <Form.Item name="from" label={t.law.inForce} rules={need}>
              <DatePicker />
            </Form.Item>
          </Flex>
        )}
        {kind === "list" && <ListLines />}
        <Form.Item name="text" label={t.notice.text} rules={kind === "call" || kind === "continuation" ? [] : need}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 16 }} maxLength={20000} showCount />
        </Form.Item>
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
