import { Button, Segmented, Table, Tag, Typography } from "antd";
import { useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { MatrixRow, PackInfo } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { useOpenRule } from "./RuleDrawer";
import { useFilter } from "./useFilter";

const bare = (row: MatrixRow) => row.obligations === 0 && !row.outside;

function Standing({ row }: { row: MatrixRow }) {
  const t = useText();
  if (row.outside) return <Typography.Text type="secondary">{wordFor(t.law.excuses, row.outside)}</Typography.Text>;
  if (bare(row)) return <Typography.Text type="warning">{t.law.unread}</Typography.Text>;
  return (
    <span className="matrix-standing">
      {row.upheld > 0 && <Tag color="success">{`${t.law.coverageStates.upheld} ${row.upheld}`}</Tag>}
      {row.planned > 0 && <Tag color="processing">{`${t.law.coverageStates.planned} ${row.planned}`}</Tag>}
      {row.excused > 0 && <Tag>{`${t.law.coverageStates.excused} ${row.excused}`}</Tag>}
    </span>
  );
}

/** Article by article: the rules, values and procedures that rest on it, the acts at which they are judged, the evidence. */
export function Matrix({ pack }: { pack: PackInfo }) {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const filter = useFilter();
  const openRule = useOpenRule();
  const matrix = useItem("/v1/regime/matrix");
  const only = search.get("only") ?? "";
  const rows = (matrix.data?.items ?? []).filter(
    (r) => r.pack === pack.id && (!only || (only === "open" ? r.planned > 0 || bare(r) : only === "upheld" ? r.upheld > 0 : Boolean(r.outside) || r.excused > 0)),
  );
  if (matrix.error) return <ProblemView problem={matrix.error} />;
  return (
    <>
      <Segmented
        aria-label={t.common.state}
        style={{ margin: "8px 0 12px" }}
        value={only}
        onChange={(v) => filter("only", v)}
        options={[
          { value: "", label: t.common.all },
          { value: "upheld", label: t.law.coverageStates.upheld },
          { value: "open", label: t.law.notYet },
          { value: "excused", label: t.law.coverageStates.excused },
        ]}
      />
      <Table
        size="small"
        rowKey="article"
        loading={matrix.isPending}
        pagination={false}
        dataSource={rows}
        scroll={{ x: 1000 }}
        locale={{ emptyText: matrix.isPending ? " " : <EmptyState title={t.list.emptyFiltered} /> }}
        columns={[
          {
            title: t.cite.article,
            width: 200,
            render: (_, r) => (
              <>
                <Citation cite={{ pack: pack.id, law: pack.title, article: r.article }} />
                <div className="quiet">{r.title}</div>
              </>
            ),
          },
          {
            title: t.law.obligation,
            width: 200,
            render: (_, r) => (
              <>
                <Standing row={r} />
                {r.obligations > 0 && (
                  <Button type="link" size="small" className="link-cell" onClick={() => setSearch({ tab: "coverage", q: r.article })}>
                    {t.law.obligationCount(r.obligations)}
                  </Button>
                )}
              </>
            ),
          },
          {
            title: t.law.upheld,
            render: (_, r) => (
              <ul className="plain-list">
                {r.rules?.map((x) => (
                  <li key={x.name}>
                    <Tag>{t.law.rests.rule}</Tag>
                    <Button type="link" size="small" className="link-cell" onClick={() => openRule(x.name)}>
                      {x.title || x.name}
                    </Button>
                  </li>
                ))}
                {r.procedures?.map((x) => (
                  <li key={x.name}>
                    <Tag>{t.law.rests.procedure}</Tag>
                    <Button type="link" size="small" className="link-cell" onClick={() => setSearch({ tab: "procedures", kind: x.name })}>
                      {x.title || x.name}
                    </Button>
                  </li>
                ))}
                {r.values?.map((x) => (
                  <li key={x.name}>
                    <Tag>{t.law.rests.value}</Tag>
                    {x.title || x.name}
                  </li>
                ))}
              </ul>
            ),
          },
          { title: t.law.acts, width: 230, render: (_, r) => r.acts?.map((a) => a.title || wordFor(t.ledger.acts, a.name)).join("、") },
          { title: t.law.evidence, width: 120, render: (_, r) => (r.cases + r.tests ? t.law.evidenceCount(r.cases, r.tests) : t.common.none) },
        ]}
      />
    </>
  );
}
