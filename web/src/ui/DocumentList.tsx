import { Table, Typography } from "antd";
import type { MatterDocument } from "@/api/types";
import { useText } from "@/text";
import { paper } from "@/util/paper";
import { EmptyState } from "./ProblemView";

/** The papers of an application: what was filled in on line can be read here, what was uploaded is known by its digest. */
export function DocumentList({ documents }: { documents: readonly MatterDocument[] }) {
  const t = useText();
  if (documents.length === 0) return <EmptyState title={t.file.noDocuments} />;
  return (
    <Table
      size="middle"
      rowKey={(d) => d.kind + (d.digest ?? d.title)}
      pagination={false}
      dataSource={[...documents]}
      expandable={{
        rowExpandable: (d) => Boolean(d.text),
        expandedRowRender: (d) => <div className="document-text">{d.text}</div>,
        defaultExpandAllRows: documents.length <= 3,
      }}
      columns={[
        { title: t.common.name, dataIndex: "title", render: (v: string) => paper(v) },
        { title: t.file.digest, dataIndex: "digest", render: (v?: string) => v && <Typography.Text copyable={{ text: v }}>{v.slice(0, 24)}…</Typography.Text> },
      ]}
    />
  );
}
