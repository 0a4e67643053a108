import { DownloadOutlined, ReloadOutlined, SearchOutlined, SettingOutlined } from "@ant-design/icons";
import { type ProColumns, ProTable } from "@ant-design/pro-components";
import { App, Button, Input, Segmented, Select, Skeleton, Space, Typography } from "antd";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import type { ParamsOf } from "@/api/client";
import { type ListPath, type RowOf, useList } from "@/api/hooks";
import { useText } from "@/text";
import { saveText, toCsv } from "@/util/csv";
import { EmptyState, ProblemPage } from "./ProblemView";
import { SavedViews } from "./SavedViews";
import "./table.css";

export interface Column<T> {
  key: string;
  title: string;
  render?: (row: T) => ReactNode;
  /** The value for export, where the cell shows more than text. */
  value?: (row: T) => string | number | undefined;
  width?: number;
  align?: "start" | "end" | "center";
  /** Left out until the reader chooses it among the columns. */
  hidden?: boolean;
  ellipsis?: boolean;
}

export interface Filter {
  name: string;
  label: string;
  options: { value: string; label: string }[];
  /** Few options that deserve to be seen without a click. */
  tabs?: boolean;
}

interface Props<P extends ListPath> {
  /** The columns a reader chose are kept under this name. */
  id: string;
  endpoint: P;
  params?: ParamsOf<P, "get">;
  columns: Column<RowOf<P>>[];
  rowKey: string;
  filters?: Filter[];
  searchable?: boolean;
  searchHint?: string;
  title?: ReactNode;
  actions?: ReactNode;
  empty: { title: ReactNode; hint?: ReactNode; action?: ReactNode };
  onRow?: (row: RowOf<P>) => void;
}

/** The list: filters in the URL, columns one can choose, export, and every state designed. */
export function ResourceTable<P extends ListPath>(props: Props<P>) {
  const t = useText();
  const { message } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const names = [...(props.filters ?? []).map((f) => f.name), ...(props.searchable ? ["q"] : [])];
  const chosen = Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined]));
  const filtered = Object.values(chosen).some(Boolean);
  const list = useList(props.endpoint, { ...props.params, query: { ...(props.params?.query as object), ...chosen } as never });

  function choose(name: string, value: string | undefined) {
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  }

  /** The filters go; the tab and whatever else the address says stay. */
  function clear() {
    setSearch(
      (before) => {
        for (const name of names) before.delete(name);
        return before;
      },
      { replace: true },
    );
  }

  type Row = RowOf<P> & object;
  const rows = (list.items ?? []) as Row[];
  const columns: ProColumns<Row>[] = props.columns.map((c) => ({
    key: c.key,
    dataIndex: c.key,
    title: c.title,
    width: c.width,
    align: c.align,
    ellipsis: c.ellipsis,
    render: c.render ? (_, row) => c.render?.(row) : undefined,
  }));

  if (list.problem && !list.items) return <ProblemPage problem={list.problem} retry={list.refresh} />;

  return (
    <ProTable<Row>
      className="resource-table"
      rowKey={props.rowKey}
      columns={columns}
      dataSource={rows}
      loading={list.loading}
      search={false}
      pagination={false}
      cardBordered={false}
      scroll={{ x: "max-content" }}
      columnsState={{
        persistenceKey: `yunei.columns.${props.id}`,
        persistenceType: "localStorage",
        defaultValue: Object.fromEntries(props.columns.filter((c) => c.hidden).map((c) => [c.key, { show: false }])),
      }}
      options={{
        reload: list.refresh,
        reloadIcon: <ReloadOutlined role="button" aria-label={t.common.refresh} />,
        density: false,
        setting: { listsHeight: 400, settingIcon: <SettingOutlined role="button" aria-label={t.list.columns} /> },
      }}
      headerTitle={
        <Space wrap size={[12, 8]}>
          {props.title}
          {props.filters?.map((f) =>
            f.tabs ? (
              <Segmented
                key={f.name}
                aria-label={f.label}
                value={chosen[f.name] ?? ""}
                onChange={(value) => choose(f.name, value || undefined)}
                options={[{ value: "", label: t.common.all }, ...f.options]}
              />
            ) : (
              <Select
                key={f.name}
                aria-label={f.label}
                placeholder={f.label}
                allowClear
                value={chosen[f.name]}
                onChange={(value) => choose(f.name, value)}
                options={f.options}
                style={{ minWidth: 140 }}
              />
            ),
          )}
          {props.searchable && (
            <Input.Search
              aria-label={t.common.search}
              placeholder={props.searchHint ?? t.common.search}
              allowClear
              key={chosen.q}
              defaultValue={chosen.q}
              enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t.common.search} />}
              onSearch={(value) => choose("q", value || undefined)}
              style={{ width: 240 }}
            />
          )}
          {names.length > 0 && <SavedViews id={props.id} filters={names} />}
        </Space>
      }
      toolBarRender={() => [
        <Button
          key="export"
          icon={<DownloadOutlined aria-hidden />}
          disabled={rows.length === 0}
          title={rows.length === 0 ? t.list.nothingToExport : undefined}
          onClick={() => {
            saveText(`${props.id}.csv`, toCsv(props.columns, rows));
            message.success(t.common.exportDone(rows.length));
          }}
        >
          {t.common.export}
        </Button>,
        props.actions,
      ]}
      onRow={
        props.onRow &&
        ((row) => ({
          onClick: () => props.onRow?.(row),
          onKeyDown: (event) => {
            if (event.key === "Enter" && event.target === event.currentTarget) props.onRow?.(row);
          },
          tabIndex: 0,
          className: "row-link",
        }))
      }
      locale={{
        // While it loads nobody knows yet that there is nothing.
        emptyText: list.loading ? (
          <Skeleton active title={false} />
        ) : filtered ? (
          <EmptyState
            title={t.list.emptyFiltered}
            hint={t.list.emptyFilteredHint}
            action={<Button onClick={clear}>{t.list.clear}</Button>}
          />
        ) : (
          <EmptyState {...props.empty} />
        ),
      }}
      footer={() => (
        <div className="table-foot">
          <Typography.Text type="secondary">{t.list.total(rows.length, Boolean(list.more))}</Typography.Text>
          {list.more && (
            <Button size="small" onClick={list.more} loading={list.loadingMore}>
              {t.common.more}
            </Button>
          )}
        </div>
      )}
    />
  );
}
