import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Checkbox, Button, Col, Form, Input, InputNumber, Row, Select, Skeleton, Table } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { post, put } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { CatalogField, EntryBody } from "@/api/types";
import { useText, wordFor } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { Grade } from "@/ui/Grade";
import { ProblemPage, ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { FieldDrawer } from "./FieldDrawer";

const blank: Partial<EntryBody> = {
  unit: "",
  max_rows_per_subject: 0,
  served: "store",
  cycle: "monthly",
  share: { access: "conditional" },
  open: { access: "no" },
  operate: { access: "conditional" },
  fields: [],
};

function ChannelInputs({ name, label, names }: { name: "share" | "open" | "operate"; label: string; names: Record<string, string> }) {
  const t = useText();
  const access = Form.useWatch([name, "access"]) as string | undefined;
  return (
    <Row gutter={12}>
      <Col xs={24} md={6}>
        <Form.Item name={[name, "access"]} label={label} rules={[{ required: true }]}>
          <Select options={["unconditional", "conditional", "no"].map((value) => ({ value, label: wordFor(names, value) }))} />
        </Form.Item>
      </Col>
      {access === "conditional" && (
        <Col xs={24} md={18}>
          <Form.Item name={[name, "condition"]} label={t.catalog.condition} rules={[{ required: true, message: t.common.required }]}>
            <Input />
          </Form.Item>
        </Col>
      )}
      {access === "no" && (
        <>
          <Col xs={24} md={9}>
            <Form.Item name={[name, "reason"]} label={t.common.reason} rules={[{ required: true, message: t.common.required }]}>
              <Input />
            </Form.Item>
          </Col>
          <Col xs={24} md={9}>
            <Form.Item name={[name, "basis"]} label={t.problem.basis} rules={[{ required: true, message: t.common.required }]}>
              <Input />
            </Form.Item>
          </Col>
        </>
      )}
    </Row>
  );
}

function EntryForm({ id, initial }: { id?: string; initial: Partial<EntryBody> }) {
  const t = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<EntryBody>();
  const [fields, setFields] = useState<CatalogField[]>(initial.fields ?? []);
  const [editing, setEditing] = useState<number>();
  const unit = Form.useWatch("unit", form);
  const save = useAct(
    (values: EntryBody) => {
      const body = { ...initial, ...values, fields };
      return id ? put("/v1/catalog/{id}", { path: { id } }, body) : post("/v1/catalog", {}, body);
    },
    (saved) => void navigate(path.catalogEntry(saved.entry.id)),
  );
  return (
    <Form form={form} layout="vertical" initialValues={initial} onFinish={(values) => save.mutate(values)} scrollToFirstError>
      <PageHead
        title={id ? t.catalog.editTitle : t.catalog.create}
        lead={t.catalog.formLead}
        extra={
          <>
            <Button onClick={() => void navigate(-1)}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t.common.saveDraft}
            </Button>
          </>
        }
      />
      {save.error && <ProblemView problem={save.error} />}
      <Panel title={t.catalog.basic}>
        <Row gutter={16}>
          <Col xs={24} md={12}>
            <Form.Item name="title" label={t.catalog.resource} rules={[{ required: true, message: t.common.required }]}>
              <Input maxLength={100} />
            </Form.Item>
          </Col>
          <Col xs={24} md={6}>
            <Form.Item name="table" label={t.catalog.table} extra={t.catalog.tableHint} rules={[{ required: true, pattern: /^[a-z][a-z0-9_]*$/, message: t.catalog.tableHint }]}>
              <Input />
            </Form.Item>
          </Col>
          <Col xs={24} md={6}>
            <Form.Item name="cycle" label={t.portal.cycle}>
              <Select options={Object.entries(t.catalog.cycles).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
          </Col>
          <Col span={24}>
            <Form.Item name="summary" label={t.catalog.summary}>
              <Input.TextArea autoSize={{ minRows: 2 }} />
            </Form.Item>
          </Col>
          <Col xs={24} md={8}>
            <Form.Item name="office" label={t.catalog.office}>
              <Input />
            </Form.Item>
          </Col>
          <Col xs={24} md={8}>
            <Form.Item name="system" label={t.catalog.system}>
              <Input />
            </Form.Item>
          </Col>
          <Col xs={24} md={8}>
            <Form.Item name="keywords" label={t.catalog.keywords}>
              <Select mode="tags" open={false} tokenSeparators={["，", ",", " "]} />
            </Form.Item>
          </Col>
          <Col xs={24} md={8}>
            <Form.Item name="unit" label={t.catalog.unit} extra={t.catalog.unitHint}>
              <Select
                options={[
                  { value: "", label: t.catalog.units.none },
                  { value: "person", label: t.catalog.units.person },
                ]}
              />
            </Form.Item>
          </Col>
          {unit === "person" && (
            <Col xs={24} md={8}>
              <Form.Item name="max_rows_per_subject" label={t.catalog.maxRows} rules={[{ required: true, type: "number", min: 1, message: t.common.required }]}>
                <InputNumber style={{ width: "100%" }} min={1} />
              </Form.Item>
            </Col>
          )}
          {unit === "person" && (
            <Col xs={24} md={8}>
              <Form.Item name="series_item" label={t.catalog.series} extra={t.catalog.seriesHint}>
                <Input />
              </Form.Item>
            </Col>
          )}
          <Col span={24}>
            <Form.Item name="source" label={t.portal.source}>
              <Input.TextArea autoSize={{ minRows: 1 }} />
            </Form.Item>
          </Col>
        </Row>
      </Panel>
      <Panel title={t.catalog.channels}>
        <ChannelInputs name="share" label={t.catalog.share} names={t.catalog.shareAccess} />
        <ChannelInputs name="open" label={t.catalog.open} names={t.catalog.access} />
        <ChannelInputs name="operate" label={t.catalog.operate} names={t.catalog.operateAccess} />
        <Row gutter={12}>
          <Col xs={24} md={12}>
            <Form.Item name="returned" valuePropName="checked">
              <Checkbox>{t.catalog.fromProvince}</Checkbox>
            </Form.Item>
            <Form.Item name="licence" label={t.portal.license}>
              <Input />
            </Form.Item>
          </Col>
          <Col xs={24} md={12}>
            <Form.Item name="grade_basis" label={t.catalog.gradeBasis}>
              <Input />
            </Form.Item>
          </Col>
        </Row>
      </Panel>
      <Panel
        title={`${t.common.fields} ${fields.length}`}
        extra={
          <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing(fields.length)}>
            {t.catalog.addField}
          </Button>
        }
        flush
      >
        <Table<CatalogField>
          size="small"
          rowKey="name"
          pagination={false}
          dataSource={fields}
          locale={{ emptyText: t.catalog.noFields }}
          columns={[
            { title: t.common.name, dataIndex: "title" },
            { title: t.common.code, dataIndex: "name", render: (v: string) => <code>{v}</code> },
            { title: t.catalog.type, dataIndex: "type", render: (v: string) => wordFor(t.catalog.types, v) },
            { title: t.catalog.grade, render: (_, f) => <Grade grade={f.grade} /> },
            { title: t.catalog.role, render: (_, f) => wordFor(t.catalog.roles, f.role || "never") },
            {
              width: 90,
              render: (_, f, i) => (
                <>
                  <Button type="text" size="small" icon={<EditOutlined aria-hidden />} aria-label={`${t.common.edit} ${f.title}`} onClick={() => setEditing(i)} />
                  <Button
                    type="text"
                    size="small"
                    danger
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={`${t.common.remove} ${f.title}`}
                    onClick={() => setFields(fields.filter((_, k) => k !== i))}
                  />
                </>
              ),
            },
          ]}
        />
      </Panel>
      {editing !== undefined && (
        <FieldDrawer
          field={fields[editing]}
          close={() => setEditing(undefined)}
          save={(field) => {
            setFields(editing < fields.length ? fields.map((f, i) => (i === editing ? field : f)) : [...fields, field]);
            setEditing(undefined);
          }}
        />
      )}
    </Form>
  );
}

export default function CatalogNew() {
  const { id } = useParams();
  const query = useItem("/v1/catalog/{id}", { path: { id: id ?? "" } }, { enabled: Boolean(id) });
  if (!id) return <EntryForm initial={blank} />;
  if (query.error) return <ProblemPage problem={query.error} />;
  if (!query.data) return <Skeleton active />;
  return <EntryForm id={id} initial={query.data.entry} />;
}
