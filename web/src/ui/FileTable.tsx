import { Table, type TableProps } from "antd";
import type { Problem } from "@/api/problem";
import { EmptyState, ProblemView } from "@/ui/ProblemView";

/** A short list inside a file: whole, without pages; what went wrong stands in its place. */
export function FileTable<Row extends object>({ list, width, empty, columns, size = "middle", rowKey = "id" }: {
  list: { error: Problem | null; isPending: boolean; data?: { items: Row[] | null } };
  width?: number;
  empty: { title: string; hint?: string };
  columns: TableProps<Row>["columns"];
  size?: TableProps["size"];
  rowKey?: TableProps<Row>["rowKey"];
}) {
  if (list.error) return <ProblemView problem={list.error} />;
  return (
    <Table<Row>
      size={size}
      rowKey={rowKey}
      loading={list.isPending}
      pagination={false}
      scroll={width ? { x: width } : undefined}
      dataSource={list.data?.items ?? []}
      locale={{ emptyText: list.isPending ? " " : <EmptyState title={empty.title} hint={empty.hint} /> }}
      columns={columns}
    />
  );
}
