import { Anchor, Col, Input, Row, Skeleton, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { PackInfo } from "@/api/types";
import { useLanguage, useText, wordFor } from "@/text";
import { Citation, MarkedArticle } from "@/ui/Citation";
import { FilePage, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { Procedure } from "@/ui/Procedure";
import { dayWithWeekday } from "@/util/day";
import { withinWords } from "@/util/within";
import "./law.css";

const anchor = (number: string) => `article-${number}`;

function Articles({ pack }: { pack: PackInfo }) {
  const t = useText();
  const [search] = useSearchParams();
  const [find, setFind] = useState("");
  const articles = useItem("/v1/regime/packs/{id}/articles", { path: { id: pack.id } });
  const wanted = search.get("article") ?? undefined;
  if (articles.error) return <ProblemView problem={articles.error} />;
  if (!articles.data) return <Skeleton active />;
  const shown = (articles.data.items ?? []).filter((a) => !find || a.text.includes(find) || a.number.includes(find));
  return (
    <Row gutter={32}>
      <Col xs={0} lg={6}>
        <Anchor offsetTop={80} items={shown.map((a) => ({ key: a.number, href: `#${anchor(a.number)}`, title: `${a.number} ${a.title ?? ""}` }))} />
      </Col>
      <Col xs={24} lg={18}>
        <Input.Search allowClear placeholder={t.law.find} onChange={(e) => setFind(e.target.value.trim())} style={{ maxWidth: 360, marginBottom: 12 }} />
        {shown.length === 0 && <EmptyState title={t.law.noMatch} />}
        {shown.map((a) => {
          const lit = wanted !== undefined && (a.number === wanted || (wanted.startsWith(a.number) && /^\d+$/.test(wanted.slice(a.number.length))));
          return (
            <article
              key={a.number}
              id={anchor(a.number)}
              className={lit ? "law-article law-lit" : "law-article"}
              ref={lit ? (el) => el?.scrollIntoView({ block: "center" }) : undefined}
            >
              <h3>
                {a.number} <span>{a.title}</span>
              </h3>
              <MarkedArticle text={a.text} quote={find || undefined} />
            </article>
          );
        })}
      </Col>
    </Row>
  );
}

const kinds = ["party.admission", "grant.prescenario", "grant.scenario"];

function OneProcedure({ kind, pack }: { kind: string; pack: PackInfo }) {
  const t = useText();
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: kind } });
  if (procedure.error || procedure.data?.pack !== pack.id) return null;
  const p = procedure.data;
  return (
    <Panel title={p.title} extra={<Citation cite={p.cite} />}>
      <Procedure
        steps={(p.steps ?? []).map((s) => ({
          id: s.id,
          title: s.title,
          by: s.by_title || s.by,
          after: s.after,
          beside: s.beside,
          binding: s.binding,
          within: withinWords(s.within, t),
          cite: s.cite,
        }))}
      />
      {Boolean(p.needs?.length) && (
        <p style={{ margin: "14px 0 0" }}>
          <Typography.Text type="secondary">{t.file.documents}：</Typography.Text>
          {p.needs?.map((n) => `《${n.title}》`).join("、")}
        </p>
      )}
    </Panel>
  );
}

function RuleList({ pack }: { pack: PackInfo }) {
  const t = useText();
  const rules = useItem("/v1/regime/rules");
  if (rules.error) return <ProblemView problem={rules.error} />;
  const mine = rules.data?.items?.filter((r) => r.pack === pack.id) ?? [];
  return (
    <Table
      size="middle"
      loading={rules.isPending}
      rowKey="rule"
      pagination={false}
      dataSource={mine}
      expandable={{
        expandedRowRender: (r) => (
          <div className="rule-detail">
            <p>{r.message}</p>
            {r.check && (
              <p>
                <Typography.Text type="secondary">{t.law.check}：</Typography.Text>
                <code>{r.check}</code>
              </p>
            )}
            {r.when && (
              <p>
                <Typography.Text type="secondary">{t.law.when}：</Typography.Text>
                <code>{r.when}</code>
              </p>
            )}
            {Boolean(r.facts?.length) && (
              <p>
                <Typography.Text type="secondary">{t.law.facts}：</Typography.Text>
                {r.facts?.map((f) => f.title ?? f.name).join("、")}
              </p>
            )}
            {Boolean(r.cases?.length) && (
              <>
                <Typography.Text type="secondary">{t.law.cases}：</Typography.Text>
                <ul>
                  {r.cases?.map((c) => (
                    <li key={c.name}>
                      {c.name} <Tag color={c.outcome === "pass" ? "success" : c.outcome === "error" ? "error" : undefined}>{wordFor(t.law.outcomes, c.outcome)}</Tag>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        ),
      }}
      columns={[
        { title: t.cite.rule, dataIndex: "title", render: (v: string, r) => v || r.rule },
        { title: t.law.ruleKind, dataIndex: "kind", width: 110, render: (v: string) => wordFor(t.law.kinds, v) },
        {
          title: t.law.ruleCite,
          width: 220,
          render: (_, r) => (
            <span className="citations">
              {r.cites?.map((c) => (
                <Citation key={c.article + c.quote} cite={{ pack: r.pack, law: pack.title, article: c.article, quote: c.quote, rule: r.rule }} />
              ))}
            </span>
          ),
        },
        { title: t.law.appliesTo, render: (_, r) => r.acts?.map((a) => a.title ?? a.name).join("、") },
      ]}
    />
  );
}

function CoverageList({ pack }: { pack: PackInfo }) {
  const t = useText();
  const report = useItem("/v1/regime/coverage");
  if (report.error) return <ProblemView problem={report.error} />;
  const mine = report.data?.packs?.find((c) => c.pack === pack.id);
  return (
    <>
      {mine && <p>{t.law.coverageSum(mine.total, mine.upheld, mine.planned, mine.excused)}</p>}
      <Table
        size="small"
        loading={report.isPending}
        rowKey="id"
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={mine?.obligations ?? []}
        columns={[
          { title: t.common.code, dataIndex: "id", width: 110, render: (v: string) => <code>{v}</code> },
          {
            title: t.law.obligation,
            render: (_, o) => (
              <>
                {o.cite.quote} <Citation cite={{ pack: pack.id, law: pack.title, article: o.cite.article, quote: o.cite.quote }} />
              </>
            ),
          },
          {
            title: t.common.state,
            dataIndex: "status",
            width: 100,
            render: (v: string) => <Tag color={v === "upheld" ? "success" : undefined}>{wordFor(t.law.coverageStates, v)}</Tag>,
          },
          {
            title: t.law.upheld,
            width: 340,
            render: (_, o) =>
              o.reason ? (
                wordFor(t.law.excuses, o.reason)
              ) : o.capability ? (
                o.capability
              ) : (
                <span className="coverage-by">
                  {[...(o.rules ?? []), ...(o.values ?? []), ...(o.procedures ?? []), ...(o.acts ?? [])].map((x) => (
                    <Tag key={x}>{x}</Tag>
                  ))}
                </span>
              ),
          },
        ]}
      />
    </>
  );
}

/** One regulation as the platform runs it. */
export function PackView({ pack, trail }: { pack: PackInfo; trail: { title: string; to?: string }[] }) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <FilePage
      trail={trail}
      title={pack.title}
      state={<Tag color="blue">{wordFor(t.law.status, pack.status)}</Tag>}
      facts={[
        { label: t.law.issuer, value: pack.issuer },
        { label: t.law.issued, value: dayWithWeekday(pack.issued, language) },
        { label: t.law.inForce, value: `${pack.from}${pack.until || pack.trial_until ? ` ${t.law.until} ${pack.until || pack.trial_until}` : ""}` },
        { label: t.cite.rule, value: pack.rules },
        { label: t.law.digest, value: <Typography.Text copyable={{ text: pack.digest }}>{pack.digest.slice(0, 18)}…</Typography.Text> },
      ]}
      tabs={[
        { key: "articles", label: t.law.articles, content: <Articles pack={pack} /> },
        {
          key: "procedures",
          label: t.law.procedures,
          content: (
            <div style={{ paddingTop: 8 }}>
              {kinds.map((kind) => (
                <OneProcedure key={kind} kind={kind} pack={pack} />
              ))}
            </div>
          ),
        },
        { key: "rules", label: t.law.rules, content: <RuleList pack={pack} /> },
        { key: "coverage", label: t.law.coverage, content: <CoverageList pack={pack} /> },
      ]}
    />
  );
}
