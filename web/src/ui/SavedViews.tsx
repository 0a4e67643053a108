import { DeleteOutlined, DownOutlined } from "@ant-design/icons";
import { Button, Flex, Form, Input, Popover, Typography } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useText } from "@/text";
import { keptViews, keepViews, type View } from "@/util/views";

/** Views of a list that a reader keeps under names of their own: the filters of the address, one click away. */
export function SavedViews({ id, filters }: { id: string; filters: readonly string[] }) {
  const t = useText();
  const [form] = Form.useForm<{ name: string }>();
  const [search, setSearch] = useSearchParams();
  const [views, setViews] = useState<View[]>(() => keptViews(id));
  const [open, setOpen] = useState(false);
  const now = Object.fromEntries(filters.flatMap((f) => (search.get(f) ? [[f, search.get(f) ?? ""]] : [])));
  const same = (v: View) => JSON.stringify(v.filters) === JSON.stringify(now);
  const current = Object.keys(now).length ? views.find(same) : undefined;

  function keep(next: View[]) {
    setViews(next);
    keepViews(id, next);
  }

  function show(v: View) {
    setSearch(
      (before) => {
        for (const f of filters) before.delete(f);
        for (const [f, value] of Object.entries(v.filters)) before.set(f, value);
        return before;
      },
      { replace: true },
    );
    setOpen(false);
  }

  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={open}
      onOpenChange={setOpen}
      title={t.list.views}
      content={
        <div style={{ width: 280 }}>
          {views.length === 0 && <Typography.Paragraph type="secondary">{t.list.noViews}</Typography.Paragraph>}
          {views.map((v) => (
            <Flex key={v.name} justify="space-between" align="center">
              <Button type="link" style={{ paddingInline: 0 }} onClick={() => show(v)}>
                {v.name}
              </Button>
              <Button type="text" size="small" icon={<DeleteOutlined aria-hidden />} aria-label={t.list.removeView(v.name)} onClick={() => keep(views.filter((o) => o !== v))} />
            </Flex>
          ))}
          {Object.keys(now).length === 0 ? (
            <Typography.Text type="secondary">{t.list.viewHint}</Typography.Text>
          ) : (
            <Form
              form={form}
              layout="vertical"
              onFinish={({ name }) => {
                keep([...views.filter((v) => v.name !== name.trim()), { name: name.trim(), filters: now }]);
                form.resetFields();
                setOpen(false);
              }}
            >
              <Form.Item name="name" label={t.list.viewName} rules={[{ required: true, whitespace: true, message: t.common.required }]} style={{ marginBottom: 8 }}>
                <Input maxLength={40} autoComplete="off" />
              </Form.Item>
              <Button htmlType="submit">{t.list.saveView}</Button>
            </Form>
          )}
        </div>
      }
    >
      <Button>
        {current?.name ?? t.list.views} <DownOutlined aria-hidden style={{ fontSize: 10 }} />
      </Button>
    </Popover>
  );
}
