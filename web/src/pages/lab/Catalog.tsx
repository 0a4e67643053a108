import { Collapse, Tag, Tooltip, Typography } from "antd";
import type { PolicyTable, TableColumn } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Grade } from "@/ui/Grade";

function About({ column }: { column: TableColumn }) {
  const t = useText();
  const scale = 10 ** (column.type.scale ?? 0);
  return (
    <div style={{ lineHeight: 1.8 }}>
      <div>
        {wordFor(t.catalog.types, column.type.kind)} · {wordFor(t.catalog.roles, column.role)}
      </div>
      {column.lo !== undefined && column.hi !== undefined && (
        <div>
          {t.catalog.domain} {column.lo / scale} – {column.hi / scale}
        </div>
      )}
      {column.domain?.slice(0, 12).map((c) => <div key={c.value}>{[c.value, c.label].filter(Boolean).join(" ")}</div>)}
      {Boolean(column.edges?.length) && (
        <div>
          {t.catalog.edges} {column.edges?.map((e) => e / scale).join("、")}
        </div>
      )}
      {Boolean(column.step) && (
        <div>
          {t.catalog.step} {(column.step ?? 0) / scale}
        </div>
      )}
      {Boolean(column.uses?.length) && <div>{column.uses?.map((u) => wordFor(t.catalog.useNames, u)).join("、")}</div>}
    </div>
  );
}

/** The granted resources: every field with its grade; a click writes its name into the model. */
export function Catalog({ tables, insert }: { tables: PolicyTable[]; insert: (word: string) => void }) {
  const t = useText();
  return (
    <>
      <h2>{t.lab.resources}</h2>
      <Collapse
        ghost
        size="small"
        defaultActiveKey={tables.map((x) => x.name)}
        items={tables.map((table) => ({
          key: table.name,
          label: (
            <>
              <b>{table.title ?? table.name}</b>
              <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>
                {table.name}
                {table.unitKind && ` · ${wordFor(t.catalog.units, table.unitKind)}`}
              </Typography.Text>
            </>
          ),
          children: (
            <ul className="lab-fields">
              {table.columns?.map((c) => (
                <li key={c.name}>
                  <Tooltip placement="right" title={<About column={c} />}>
                    <button type="button" onClick={() => insert(c.name)} disabled={c.role === "never"}>
                      <span>
                        {c.name}
                        <small>{c.title}</small>
                      </span>
                      {c.role === "subject_key" ? <Tag>{t.catalog.roles.subject_key}</Tag> : <Grade grade={c.grade} short />}
                    </button>
                  </Tooltip>
                </li>
              ))}
            </ul>
          ),
        }))}
      />
    </>
  );
}
