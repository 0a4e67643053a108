import { Collapse, Descriptions, Drawer, Table, Tag, Typography } from "antd";
import { useSearchParams } from "react-router";
import type { Explanation, PackInfo } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation, MarkedArticle } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import { paper } from "@/util/paper";
import { messageWords, valueText } from "./values";

/** Rules open in a drawer whose address can be passed on. */
export function useOpenRule(): (rule: string | undefined) => void {
  const [, setSearch] = useSearchParams();
  return (rule) =>
    setSearch((before) => {
      if (rule) before.set("rule", rule);
      else before.delete("rule");
      return before;
    });
}

function Detail({ rule, pack }: { rule: Explanation; pack: PackInfo }) {
  const t = useText();
  return (
    <div className="rule-detail">
      <p className="cite-meaning">{messageWords(rule, t)}</p>
      <Descriptions
        column={1}
        size="small"
        bordered
        styles={{ label: { width: 120 } }}
        items={[
          { label: t.law.ruleKind, children: wordFor(t.law.kinds, rule.kind) },
          { label: t.law.otherwise, children: wordFor(t.law.outcomes, rule.otherwise) },
          { label: t.law.inForce, children: `${rule.from || pack.from} ${t.law.until} ${rule.until || pack.until || pack.trial_until || t.law.open}` },
          { label: t.law.appliesTo, children: rule.acts?.map((a) => a.title ?? a.name).join("、") },
          { label: t.law.facts, children: rule.facts?.length ? rule.facts.map((f) => f.title ?? f.name).join("；") : t.common.none },
          ...(rule.values?.length
            ? [{ label: t.law.values, children: rule.values.map((v) => <div key={v.name}>{`${v.title}：${valueText(v, t)}`}</div>) }]
            : []),
          ...(rule.needs?.length ? [{ label: t.file.documents, children: rule.needs.map((n) => paper(n.title)).join("、") }] : []),
          ...(rule.upholds?.length ? [{ label: t.law.obligation, children: rule.upholds.join("、") }] : []),
        ]}
      />
      <Typography.Title level={5}>{t.law.articles}</Typography.Title>
      {rule.cites?.map((c) => (
        <div key={c.article + c.quote} className="rule-article">
          <Citation cite={{ pack: rule.pack, law: pack.title, article: c.article, quote: c.quote, rule: rule.rule }} />
          <MarkedArticle text={c.text} quote={c.quote} />
        </div>
      ))}
      <Typography.Title level={5}>{t.law.cases}</Typography.Title>
      {rule.cases?.length ? (
        <Table
          size="small"
          pagination={false}
          rowKey="name"
          dataSource={rule.cases}
          columns={[
            { title: t.common.name, dataIndex: "name" },
            {
              title: t.law.verdict,
              dataIndex: "outcome",
              width: 110,
              render: (v: string) => <Tag color={v === "pass" ? "success" : v === "error" ? "error" : undefined}>{wordFor(t.law.outcomes, v)}</Tag>,
            },
          ]}
        />
      ) : (
        <Typography.Text type="secondary">{t.law.noCases}</Typography.Text>
      )}
      {(rule.check || rule.when) && (
        <Collapse
          ghost
          items={[
            {
              key: "machine",
              label: t.law.machine,
              children: (
                <>
                  {rule.when && (
                    <p>
                      {t.law.when} <code>{rule.when}</code>
                    </p>
                  )}
                  {rule.check && (
                    <p>
                      {t.law.check} <code>{rule.check}</code>
                    </p>
                  )}
                </>
              ),
            },
          ]}
        />
      )}
    </div>
  );
}

/** One rule as a legal officer reads it: what it says, on which words, when, to which acts, and the cases that prove it. */
export function RuleDrawer({ rules, pack }: { rules: readonly Explanation[]; pack: PackInfo }) {
  const t = useText();
  const [search] = useSearchParams();
  const open = useOpenRule();
  const wanted = search.get("rule");
  if (!wanted) return null;
  const rule = rules.find((r) => r.rule === wanted && r.pack === pack.id) ?? rules.find((r) => r.rule === wanted);
  return (
    <Drawer open size={640} title={rule?.title || wanted} onClose={() => open(undefined)} extra={<Typography.Text copyable={{ text: wanted }} type="secondary">{wanted}</Typography.Text>}>
      {rule ? <Detail rule={rule} pack={pack} /> : <EmptyState title={t.law.noRule} />}
    </Drawer>
  );
}
