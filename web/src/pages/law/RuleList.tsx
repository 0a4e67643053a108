import { Button, Input, Select, Space, Table } from "antd";
import { useSearchParams } from "react-router";
import type { Explanation, PackInfo } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import { useOpenRule } from "./RuleDrawer";
import { useFilter } from "./useFilter";
import { messageWords } from "./values";

function says(rule: Explanation, q: string): boolean {
  return [rule.rule, rule.title, rule.message, ...(rule.cites ?? []).flatMap((c) => [c.article, c.quote]), ...(rule.acts ?? []).map((a) => a.title ?? a.name)].some((w) => w.includes(q));
}

export function RuleList({ rules, pack, loading }: { rules: readonly Explanation[]; pack: PackInfo; loading: boolean }) {
  const t = useText();
  const openRule = useOpenRule();
  const [search] = useSearchParams();
  const filter = useFilter();
  const kind = search.get("rulekind");
  const q = search.get("q") ?? "";
  const mine = rules.filter((r) => r.pack === pack.id);
  const shown = mine.filter((r) => (!kind || r.kind === kind) && (!q || says(r, q)));
  return (
    <>
      <Space wrap style={{ margin: "8px 0 12px" }}>
        <Input.Search key={q} allowClear aria-label={t.common.search} placeholder={t.law.findRule} defaultValue={q} onSearch={(v) => filter("q", v)} style={{ width: 280 }} />
        <Select
          allowClear
          aria-label={t.law.ruleKind}
          placeholder={t.law.ruleKind}
          value={kind ?? undefined}
          onChange={(v) => filter("rulekind", v)}
          style={{ width: 140 }}
          options={[...new Set(mine.map((r) => r.kind))].map((k) => ({ value: k, label: wordFor(t.law.kinds, k) }))}
        />
        <span className="quiet">{t.list.total(shown.length, false)}</span>
      </Space>
      <Table
        size="middle"
        loading={loading}
        rowKey="rule"
        pagination={false}
        dataSource={shown}
        scroll={{ x: 900 }}
        locale={{ emptyText: loading ? " " : <EmptyState title={mine.length ? t.list.emptyFiltered : t.law.noRules} /> }}
        columns={[
          {
            title: t.cite.rule,
            dataIndex: "title",
            render: (v: string, r) => (
              <>
                <Button type="link" size="small" className="link-cell" onClick={() => openRule(r.rule)}>
                  {v || r.rule}
                </Button>
                <div className="quiet">{messageWords(r, t)}</div>
              </>
            ),
          },
          { title: t.law.ruleKind, dataIndex: "kind", width: 80, render: (v: string) => wordFor(t.law.kinds, v) },
          {
            title: t.law.ruleCite,
            width: 160,
            render: (_, r) => (
              <span className="citations">
                {r.cites?.map((c) => (
                  <Citation key={c.article + c.quote} cite={{ pack: r.pack, law: pack.title, article: c.article, quote: c.quote, rule: r.rule, message: messageWords(r, t) }} />
                ))}
              </span>
            ),
          },
          { title: t.law.appliesTo, width: 220, render: (_, r) => r.acts?.map((a) => a.title ?? a.name).join("、") },
          { title: t.law.inForce, width: 190, render: (_, r) => `${r.from || pack.from} – ${r.until || pack.until || pack.trial_until || ""}` },
          { title: t.law.cases, width: 70, align: "end", render: (_, r) => r.cases?.length ?? 0 },
        ]}
      />
    </>
  );
}
