import { Button, Input, Progress, Segmented, Select, Space, Table, Tag, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useRoleTitle } from "@/api/law";
import type { CoverageReport, Explanation, PackInfo } from "@/api/types";
import { useText, wordFor } from "@/text";
import { tone } from "@/theme";
import { Citation } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import { path } from "@/util/path";
import type { Obligation } from "./book";
import { useOpenRule } from "./RuleDrawer";
import { useFilter } from "./useFilter";

type PackCoverage = NonNullable<CoverageReport["packs"]>[number];

/** Where the screens that coverage names are found in this console. */
const screens: Record<string, string> = {
  catalog: path.catalog(),
  onboarding: path.admissions(),
  scenario: path.scenarios(),
  matter: path.matters(),
  lab: path.lab(),
  output: path.releases(),
  grant: path.grants(),
  consent: path.calls(),
  call: path.calls(),
  open: path.open(),
  regime: path.rules(),
  notice: path.notices(),
  ledger: path.ledger(),
};

const color: Record<string, string> = { upheld: "success", planned: "processing", excused: "default" };

function Upheld({ o, rules }: { o: Obligation; rules: readonly Explanation[] }) {
  const t = useText();
  const openRule = useOpenRule();
  const [, setSearch] = useSearchParams();
  if (o.reason) return <>{wordFor(t.law.excuses, o.reason)}</>;
  if (o.capability) return <Typography.Text type="secondary">{t.law.plannedFor(wordFor(t.law.capabilities, o.capability))}</Typography.Text>;
  return (
    <ul className="plain-list">
      {o.rules?.map((r) => (
        <li key={r}>
          <Tag>{t.law.rests.rule}</Tag>
          <Button type="link" size="small" className="link-cell" onClick={() => openRule(r)}>
            {rules.find((x) => x.rule === r)?.title || r}
          </Button>
        </li>
      ))}
      {o.procedures?.map((p) => (
        <li key={p}>
          <Tag>{t.law.rests.procedure}</Tag>
          <Button type="link" size="small" className="link-cell" onClick={() => setSearch({ tab: "procedures", kind: p })}>
            {wordFor(t.law.matterKinds, p)}
          </Button>
        </li>
      ))}
      {o.values?.map((v) => (
        <li key={v}>
          <Tag>{t.law.rests.value}</Tag>
          <Button type="link" size="small" className="link-cell" onClick={() => setSearch({ tab: "values" })}>
            {v}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Evidence({ o }: { o: Obligation }) {
  const t = useText();
  if (!o.cases?.length && !o.tests?.length) return t.common.none;
  return (
    <ul className="plain-list">
      {o.cases?.map((c) => (
        <li key={c}>
          <Tag>{t.law.case}</Tag>
          {c}
        </li>
      ))}
      {o.tests?.map((c) => (
        <li key={c}>
          <Tag>{t.law.test}</Tag>
          <code className="small-code">{c}</code>
        </li>
      ))}
    </ul>
  );
}

function Sum({ c }: { c: PackCoverage }) {
  const t = useText();
  return (
    <div className="coverage-sum">
      <Progress
        percent={c.total ? Math.round((100 * (c.upheld + c.planned)) / c.total) : 0}
        success={{ percent: c.total ? Math.round((100 * c.upheld) / c.total) : 0, strokeColor: tone.good }}
        strokeColor="#9db9e0"
        showInfo={false}
        aria-label={t.law.coverage}
      />
      <p>{t.law.coverageSum(c.total, c.upheld, c.planned, c.excused)}</p>
      {Boolean(c.failing?.length) && <Typography.Text type="danger">{t.law.failing(c.failing?.join("、") ?? "")}</Typography.Text>}
    </div>
  );
}

/** Article by article: what the regulation asks of whom, what upholds it, and where that can be seen. */
export function Coverage({ coverage, rules, pack, loading }: { coverage?: PackCoverage; rules: readonly Explanation[]; pack: PackInfo; loading: boolean }) {
  const t = useText();
  const roleTitle = useRoleTitle();
  const [search] = useSearchParams();
  const filter = useFilter();
  const status = search.get("status");
  const actor = search.get("actor");
  const q = search.get("q") ?? "";
  const all = coverage?.obligations ?? [];
  const shown = all.filter(
    (o) =>
      (!status || o.status === status) &&
      (!actor || o.actor === actor) &&
      (!q || [o.id, o.cite.article, o.cite.quote, o.note ?? "", ...(o.rules ?? []), ...(o.acts ?? [])].some((w) => w.includes(q))),
  );
  return (
    <>
      {coverage && <Sum c={coverage} />}
      <Space wrap style={{ marginBottom: 12 }}>
        <Segmented
          aria-label={t.common.state}
          value={status ?? ""}
          onChange={(v) => filter("status", v)}
          options={[{ value: "", label: t.common.all }, ...["upheld", "planned", "excused"].map((s) => ({ value: s, label: wordFor(t.law.coverageStates, s) }))]}
        />
        <Select
          allowClear
          aria-label={t.law.actor}
          placeholder={t.law.actor}
          value={actor ?? undefined}
          onChange={(v) => filter("actor", v)}
          style={{ width: 200 }}
          options={[...new Set(all.map((o) => o.actor))].map((a) => ({ value: a, label: roleTitle(a) ?? wordFor(t.law.actors, a) }))}
        />
        <Input.Search key={q} allowClear aria-label={t.common.search} placeholder={t.law.findObligation} defaultValue={q} onSearch={(v) => filter("q", v)} style={{ width: 260 }} />
        <span className="quiet">{t.list.total(shown.length, false)}</span>
      </Space>
      <Table
        size="small"
        loading={loading}
        rowKey="id"
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={shown}
        scroll={{ x: 1000 }}
        locale={{ emptyText: loading ? " " : <EmptyState title={all.length ? t.list.emptyFiltered : t.law.noCoverage} /> }}
        columns={[
          {
            title: t.law.obligation,
            width: 330,
            render: (_, o) => (
              <>
                <Citation cite={{ pack: pack.id, law: pack.title, article: o.cite.article, quote: o.cite.quote }} /> “{o.cite.quote}”
                <div className="quiet">
                  {o.id} · {roleTitle(o.actor) ?? wordFor(t.law.actors, o.actor)}
                </div>
              </>
            ),
          },
          { title: t.common.state, dataIndex: "status", width: 90, render: (v: string) => <Tag color={color[v]}>{wordFor(t.law.coverageStates, v)}</Tag> },
          { title: t.law.upheld, render: (_, o) => <Upheld o={o} rules={rules} /> },
          {
            title: t.law.acts,
            width: 150,
            render: (_, o) => (
              <>
                {o.acts?.map((a) => wordFor(t.ledger.acts, a)).join("、")}
                <div className="screen-links">
                  {o.screens?.map((s) => (screens[s] ? <Link key={s} to={screens[s]}>{wordFor(t.law.screens, s)}</Link> : <span key={s}>{wordFor(t.law.screens, s)}</span>))}
                </div>
              </>
            ),
          },
          { title: t.law.evidence, width: 240, render: (_, o) => <Evidence o={o} /> },
        ]}
      />
    </>
  );
}
