import { Alert, Button, Form, Input, Modal, Select, Tag, Typography } from "antd";
import { get, post } from "@/api/client";
import { useAct, useAsk } from "@/api/hooks";
import { valueText } from "@/api/lab";
import type { ReleasePage } from "@/api/types";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";

interface Values {
  cells: number[];
  reason: string;
}

/** The cells that still are shown, by what names them. */
function shown(page: ReleasePage, missing: string): { value: number; label: string }[] {
  const keys = (page.table.columns ?? []).flatMap((c, i) => (c.kind === "key" ? [i] : []));
  return (page.table.rows ?? [])
    .filter((r) => r.fields?.some((f, i) => !keys.includes(i) && !f.hidden))
    .map((r) => ({ value: r.cell, label: keys.map((i) => r.fields?.[i]?.label ?? valueText(r.fields?.[i]?.value) ?? missing).join(" · ") || String(r.cell) }));
}

/** Hides further cells. What else goes with them, and whether the rest still passes, is shown before anything is done. */
export function RedactModal({ page, close }: { page: ReleasePage; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const id = page.release.id;
  const look = useAsk((cells: number[]) => get("/v1/releases/{id}/redaction", { path: { id }, query: { cells } }));
  const redact = useAct((values: Values) => post("/v1/releases/{id}/redact", { path: { id } }, values), close);
  const seen = look.data;
  return (
    <Modal
      open
      width={640}
      title={t.release.redact}
      onCancel={close}
      mask={{ closable: false }}
      footer={[
        <Button key="close" onClick={close}>
          {t.common.cancel}
        </Button>,
        <Button key="look" loading={look.isPending} onClick={() => void form.validateFields(["cells"]).then(({ cells }) => look.mutate(cells))}>
          {t.release.preview}
        </Button>,
        <Button key="go" type="primary" danger disabled={!seen?.passed} title={seen?.passed ? undefined : t.release.previewFirst} loading={redact.isPending} onClick={() => form.submit()}>
          {t.release.redact}
        </Button>,
      ]}
    >
      <Typography.Paragraph type="secondary">{t.release.redactLead}</Typography.Paragraph>
      <Form form={form} layout="vertical" onFinish={(values) => redact.mutate(values)} onValuesChange={(changed: Partial<Values>) => changed.cells && look.reset()}>
        <Form.Item name="cells" label={t.release.cells} rules={[{ required: true, message: t.common.required }]}>
          <Select mode="multiple" options={shown(page, t.result.missing)} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="reason" label={t.act.reason} rules={[{ required: true, whitespace: true, min: 2, message: t.act.reasonRequired }]}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} showCount />
        </Form.Item>
      </Form>
      {seen && (
        <Alert
          type={seen.passed ? "info" : "error"}
          showIcon
          title={seen.passed ? t.release.wouldLeave(seen.shown, seen.hidden) : t.release.wouldFail(seen.why ?? "")}
          description={
            Boolean(seen.also?.length) && (
              <>
                {t.release.also(seen.also?.length ?? 0)}{" "}
                {seen.also?.map((name) => (
                  <Tag key={name}>{name}</Tag>
                ))}
              </>
            )
          }
        />
      )}
      {look.error && <ProblemView problem={look.error} />}
      {redact.error && <ProblemView problem={redact.error} />}
    </Modal>
  );
}
