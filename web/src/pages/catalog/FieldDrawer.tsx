import { Button, Checkbox, Col, Drawer, Form, Input, InputNumber, Row, Select } from "antd";
import type { CatalogField } from "@/api/types";
import { useText, wordFor } from "@/text";

type Values = Omit<CatalogField, "codes"> & { codes?: string };

const types = ["int", "decimal", "text", "date", "bool", "timestamp"];
const roles = ["never", "subject_key", "join_key", "dimension", "measure", "filter_only"];

/** One code a line: the value, then its name. */
function readCodes(text: string | undefined): CatalogField["codes"] {
  return text
    ?.split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [value = "", ...rest] = line.split(/[\s=：:]+/);
      return { value, label: rest.join(" ") || undefined };
    });
}

export function FieldDrawer({ field, save, close }: { field?: CatalogField; save: (field: CatalogField) => void; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const type = Form.useWatch("type", form);
  const codes = Form.useWatch("codes", form);
  const role = Form.useWatch("role", form);
  const initial: Partial<Values> = {
    type: "text",
    grade: { national: "ordinary", level: 1 },
    role: "never",
    ...field,
    codes: field?.codes?.map((c) => [c.value, c.label].filter(Boolean).join(" ")).join("\n"),
  };
  return (
    <Drawer
      open
      size={560}
      title={field?.title ?? t.catalog.addField}
      onClose={close}
      extra={
        <Button type="primary" onClick={() => form.submit()}>
          {t.common.confirm}
        </Button>
      }
    >
      {/* A name of its own: without it two forms on one page give their inputs the same ids, and labels point at the wrong one. */}
      <Form form={form} name="field" layout="vertical" initialValues={initial} onFinish={(values) => save({ ...field, ...values, codes: readCodes(values.codes) })}>
        <Row gutter={12}>
          <Col span={12}>
            <Form.Item name="title" label={t.common.name} rules={[{ required: true, message: t.common.required }]}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="name" label={t.common.code} rules={[{ required: true, pattern: /^[a-z][a-z0-9_]*$/, message: t.catalog.tableHint }]}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="header" label={t.catalog.header}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="type" label={t.catalog.type}>
              <Select options={types.map((value) => ({ value, label: wordFor(t.catalog.types, value) }))} />
            </Form.Item>
          </Col>
          {type === "decimal" && (
            <Col span={12}>
              <Form.Item name="scale" label={t.catalog.scale}>
                <InputNumber min={0} max={9} style={{ width: "100%" }} />
              </Form.Item>
            </Col>
          )}
          <Col span={12}>
            <Form.Item name="role" label={t.catalog.role}>
              <Select options={roles.map((value) => ({ value, label: wordFor(t.catalog.roles, value) }))} />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name={["grade", "national"]} label={t.catalog.grade}>
              <Select
                options={[
                  { value: "ordinary", label: t.grades.ordinary },
                  { value: "important", label: t.grades.important },
                  { value: "core", label: t.grades.core },
                ]}
              />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name={["grade", "level"]} label={t.catalog.level}>
              <Select options={[1, 2, 3, 4].map((value) => ({ value, label: t.grade.ordinary(value) }))} />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="personal" valuePropName="checked" style={{ marginBottom: 4 }}>
              <Checkbox>{t.catalog.personal}</Checkbox>
            </Form.Item>
            <Form.Item name={["grade", "sensitive"]} valuePropName="checked" style={{ marginBottom: 4 }}>
              <Checkbox>{t.grade.sensitive}</Checkbox>
            </Form.Item>
            <Form.Item name="nullable" valuePropName="checked">
              <Checkbox>{t.catalog.nullable}</Checkbox>
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="missing" label={t.catalog.missing}>
              <Select mode="tags" open={false} />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="lo" label={t.catalog.lo}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="hi" label={t.catalog.hi}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="step" label={t.catalog.step} extra={t.catalog.stepHint}>
              <Input />
            </Form.Item>
          </Col>
          <Col span={24}>
            <Form.Item name="edges" label={t.catalog.edges}>
              <Select mode="tags" open={false} tokenSeparators={[",", "，", " "]} />
            </Form.Item>
          </Col>
          <Col span={24}>
            <Form.Item name="codes" label={t.catalog.codeList} extra={t.catalog.codeListHint}>
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
            </Form.Item>
          </Col>
          {type === "text" && role === "dimension" && !codes && (
            <Col span={24}>
              <Form.Item name="select" valuePropName="checked" extra={t.catalog.selectHint}>
                <Checkbox>{t.catalog.select}</Checkbox>
              </Form.Item>
            </Col>
          )}
          {codes && (
            <Col span={24}>
              <Form.Item name="code_list" label={t.catalog.codeListName} rules={[{ required: true, message: t.common.required }]}>
                <Input />
              </Form.Item>
            </Col>
          )}
          <Col span={24}>
            <Form.Item name="uses" label={t.catalog.uses}>
              <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={Object.entries(t.catalog.useNames).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="cells" label={t.catalog.cells} extra={t.catalog.cellsHint}>
              <InputNumber min={1} style={{ width: "100%" }} />
            </Form.Item>
          </Col>
          <Col span={12}>
            <Form.Item name="value_period" label={t.catalog.valuePeriod} extra={t.catalog.valuePeriodHint}>
              <Select allowClear placeholder={t.catalog.valueForLife} options={Object.entries(t.catalog.valuePeriods).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
          </Col>
          <Col span={24}>
            <Form.Item name="note" label={t.common.note}>
              <Input.TextArea autoSize />
            </Form.Item>
          </Col>
        </Row>
      </Form>
    </Drawer>
  );
}
