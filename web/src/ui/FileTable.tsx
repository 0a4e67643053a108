import { Table, type TableProps } from "antd";
import type { Problem } from "@/api/problem";
import { EmptyState, ProblemView } from "@/ui/ProblemView";

/** A short list inside a file: whole, without pages; what went wrong stands in its place. */
export function FileTable<Row extends object>({ list, width, empty, columns }: {
  list: { error: Problem | null; isPending: boolean; data?: { items: Row[] | null } };
  width: number;
  empty: { title: string; hint?: string };
  columns: TableProps<Row>["columns"];
}) {
  if (list.error) return <ProblemView problem={list.error} />;
  return (
    <Table<Row>
      size="middle"
      rowKey="id"
      loading={list.isPending}
      pagination={false}
      scroll={{ x: width }}
      dataSource={list.data?.items ?? []}
      locale={{ emptyText: list.isPending ? " " : <EmptyState title={empty.title} hint={empty.hint} /> }}
      columns={columns}
    />
  );
}
