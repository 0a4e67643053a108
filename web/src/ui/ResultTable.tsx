import { Segmented, Table, Tooltip } from "antd";
import { useState } from "react";
import { valueNumber, valueText } from "@/api/lab";
import type { ReleasedTable, TableField } from "@/api/types";
import { useText } from "@/text";
import { grouped } from "@/util/number";
import { Chart } from "./Chart";
import "./result.css";

function Cell({ field, noised }: { field?: TableField; noised: boolean }) {
  const t = useText();
  if (!field) return t.common.none;
  if (field.hidden) {
    return (
      <Tooltip title={t.result.hidden}>
        <span className="cell-hidden" tabIndex={0}>
          *
        </span>
      </Tooltip>
    );
  }
  if (field.isNull) return <span className="cell-null">{t.result.missing}</span>;
  const text = valueText(field.value);
  const error = valueText(field.error95);
  const number = valueNumber(field.value);
  if (field.label && field.label !== text) {
    return (
      <>
        {field.label} <span className="cell-error">{text}</span>
      </>
    );
  }
  const shown = number !== null && Number.isInteger(number) ? grouped(number) : text;
  return (
    <>
      {shown ?? t.common.none}
      {noised && error !== undefined && <span className="cell-error">±{error}</span>}
    </>
  );
}

/** What names a row: a group, or a term of a fitted model. */
const isKey = (column: { kind: string }) => column.kind === "key" || column.kind === "term";

/** A noised table: '*' where the display threshold hides a cell, the 95% error beside each number; as a chart too. */
export function ResultTable({ table, noised = true }: { table: ReleasedTable; noised?: boolean }) {
  const t = useText();
  const [view, setView] = useState<"table" | "chart">("table");
  const columns = table.columns ?? [];
  const keys = columns.flatMap((c, i) => (isKey(c) ? [i] : []));
  const measures = columns.flatMap((c, i) => (!isKey(c) && c.kind !== "std_error" ? [i] : []));
  const [measure, setMeasure] = useState(measures[measures.length - 1]);
  const rows = table.rows ?? [];
  return (
    <div>
      <div className="result-bar">
        <span>{noised ? t.result.counts(table.shown, table.hidden) : t.result.exactCounts(table.shown, table.hidden)}</span>
        {keys.length > 0 && measures.length > 0 && (
          <span style={{ display: "flex", gap: 8 }}>
            {view === "chart" && measures.length > 1 && (
              <Segmented size="small" value={measure} onChange={setMeasure} options={measures.map((i) => ({ value: i, label: columns[i]?.title ?? columns[i]?.name ?? "" }))} />
            )}
            <Segmented
              size="small"
              value={view}
              onChange={setView}
              options={[
                { value: "table", label: t.common.table },
                { value: "chart", label: t.common.chart },
              ]}
            />
          </span>
        )}
      </div>
      {view === "chart" && measure !== undefined ? (
        <Chart
          kind="bar"
          data={{
            labels: rows.map((r) => keys.map((i) => r.fields?.[i]?.label ?? valueText(r.fields?.[i]?.value) ?? t.result.missing).join(" · ")),
            series: [
              {
                name: columns[measure]?.title ?? columns[measure]?.name ?? "",
                values: rows.map((r) => (r.fields?.[measure]?.hidden ? null : valueNumber(r.fields?.[measure]?.value))),
              },
            ],
          }}
        />
      ) : (
        <Table
          size="small"
          className="result-table"
          rowKey="cell"
          pagination={rows.length > 100 ? { pageSize: 100 } : false}
          scroll={{ x: "max-content" }}
          dataSource={rows}
          columns={columns.map((c, i) => ({
            key: c.name,
            title: c.title ?? c.name,
            align: isKey(c) ? ("start" as const) : ("end" as const),
            render: (_: unknown, r: { fields: TableField[] | null }) => <Cell field={r.fields?.[i]} noised={noised} />,
          }))}
          summary={
            table.totals?.some((f) => valueText(f.value) !== undefined)
              ? () => (
                  <Table.Summary.Row className="result-total">
                    {columns.map((c, i) => (
                      <Table.Summary.Cell key={c.name} index={i} align={isKey(c) ? "start" : "end"}>
                        {i === 0 && isKey(c) ? t.result.total : valueText(table.totals?.[i]?.value) && <Cell field={table.totals?.[i]} noised={noised} />}
                      </Table.Summary.Cell>
                    ))}
                  </Table.Summary.Row>
                )
              : undefined
          }
        />
      )}
    </div>
  );
}

/** Rows of text under their column names. */
export function PlainTable({ columns, rows }: { columns: string[]; rows: (string[] | null)[] }) {
  const t = useText();
  return (
    <Table
      size="small"
      rowKey="key"
      pagination={rows.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      dataSource={rows.map((values, key) => ({ key, values }))}
      columns={columns.map((name, i) => ({ key: name, title: name, render: (_: unknown, r: { values: string[] | null }) => r.values?.[i] || t.common.none }))}
    />
  );
}
