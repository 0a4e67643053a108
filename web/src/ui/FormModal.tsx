import { UploadOutlined } from "@ant-design/icons";
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Modal, Select, Upload, type UploadFile } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import type { ReactNode } from "react";
import { keepFile } from "@/api/client";
import { useAct } from "@/api/hooks";
import { useText } from "@/text";
import { EntryItems, type ChosenItems } from "./EntryItems";
import { EntrySelect } from "./EntrySelect";
import { OrgSelect } from "./OrgSelect";
import { ProblemView } from "./ProblemView";

/** One field of a paper form. Days arrive as 2026-10-09, files as the digest under which they are kept. */
export interface FormField<V> {
  name: keyof V & string;
  label: ReactNode;
  kind?: "text" | "area" | "day" | "number" | "org" | "entry" | "items" | "select" | "multiple" | "tags" | "file" | "files" | "check";
  need?: boolean;
  extra?: ReactNode;
  options?: { value: string; label: ReactNode }[];
  initial?: unknown;
  max?: number;
}

type Raw = Record<string, unknown>;

async function settled<V>(fields: readonly FormField<V>[], raw: Raw): Promise<V> {
  const out: Raw = {};
  for (const f of fields) {
    const value = raw[f.name];
    if (value === undefined || value === null || value === "") continue;
    if (f.kind === "day") out[f.name] = (value as Dayjs).format("YYYY-MM-DD");
    else if (f.kind === "file" || f.kind === "files") {
      const files = (value as UploadFile[]).map((u) => u.originFileObj).filter((o) => o !== undefined);
      const kept = await Promise.all(files.map((o) => keepFile(o)));
      if (kept.length) out[f.name] = f.kind === "file" ? kept[0] : kept;
    } else out[f.name] = value;
  }
  return out as V;
}

function someItem(_: unknown, chosen?: ChosenItems): Promise<void> {
  return chosen?.fields.length ? Promise.resolve() : Promise.reject(new Error());
}

function FieldInput<V>({ field, value, onChange, id }: { field: FormField<V>; value?: never; onChange?: (v: unknown) => void; id?: string }) {
  const t = useText();
  const given = { id, value, onChange };
  switch (field.kind) {
    case "area":
      return <Input.TextArea {...given} autoSize={{ minRows: 3, maxRows: 14 }} maxLength={field.max ?? 2000} showCount />;
    case "day":
      return <DatePicker {...given} style={{ width: "100%" }} />;
    case "number":
      return <InputNumber {...given} style={{ width: "100%" }} />;
    case "org":
      return <OrgSelect {...given} allowClear={!field.need} />;
    case "entry":
      return <EntrySelect {...given} />;
    case "items":
      return <EntryItems {...given} />;
    case "select":
      return <Select {...given} options={field.options} showSearch={{ optionFilterProp: "label" }} allowClear={!field.need} />;
    case "multiple":
      return <Select {...given} mode="multiple" options={field.options} showSearch={{ optionFilterProp: "label" }} />;
    case "tags":
      return <Select {...given} mode="tags" open={false} suffixIcon={null} tokenSeparators={["，", ",", "、", ";"]} />;
    case "file":
    case "files":
      return (
        <Upload id={id} maxCount={field.kind === "file" ? 1 : undefined} multiple={field.kind === "files"} beforeUpload={() => false} fileList={value ?? []} onChange={({ fileList }) => onChange?.(fileList)}>
          <Button icon={<UploadOutlined aria-hidden />}>{t.common.upload}</Button>
        </Upload>
      );
    default:
      return <Input {...given} maxLength={field.max ?? 200} />;
  }
}

interface Props<V> {
  title: ReactNode;
  lead?: ReactNode;
  fields: readonly FormField<V>[];
  ok?: string;
  danger?: boolean;
  /** What would follow from what is filled in so far. */
  preview?: (values: Partial<V>) => ReactNode;
  run: (values: V) => Promise<unknown>;
  close: () => void;
}

/** The small form, everywhere the same: it keeps what was typed when the server refuses, and shows why. */
export function FormModal<V>({ title, lead, fields, ok, danger, preview, run, close }: Props<V>) {
  const t = useText();
  const [form] = Form.useForm<Raw>();
  const filled = Form.useWatch([], form);
  const send = useAct(async (raw: Raw) => run(await settled(fields, raw)), close);
  return (
    <Modal
      open
      width={620}
      title={title}
      okText={ok ?? t.common.submit}
      okButtonProps={{ danger }}
      confirmLoading={send.isPending}
      onOk={() => form.submit()}
      onCancel={close}
      mask={{ closable: false }}
    >
      {lead}
      <Form
        form={form}
        layout="vertical"
        requiredMark
        initialValues={Object.fromEntries(fields.filter((f) => f.initial !== undefined).map((f) => [f.name, f.kind === "day" ? dayjs(f.initial as string) : f.initial]))}
        onFinish={(raw) => send.mutate(raw)}
      >
        {fields.map((f) =>
          f.kind === "check" ? (
            <Form.Item<Raw> key={f.name} name={f.name as string} valuePropName="checked" extra={f.extra}>
              <Checkbox>{f.label}</Checkbox>
            </Form.Item>
          ) : (
            <Form.Item<Raw> key={f.name} name={f.name as string} label={f.label} extra={f.extra} rules={f.need ? [{ required: true, message: t.common.required, ...(f.kind === "items" && { validator: someItem }) }] : []}>
              <FieldInput field={f} />
            </Form.Item>
          ),
        )}
      </Form>
      {preview?.((filled ?? {}) as Partial<V>)}
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
