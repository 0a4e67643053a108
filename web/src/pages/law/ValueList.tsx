import { Table, Typography } from "antd";
import type { Explanation, PackInfo } from "@/api/types";
import { useText } from "@/text";
import { Citation } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import { valuesOf } from "./book";
import { useOpenRule } from "./RuleDrawer";
import { valueText } from "./values";

/** The numbers that the regulation decides, and the rules that count with them. */
export function ValueList({ rules, pack, loading }: { rules: readonly Explanation[]; pack: PackInfo; loading: boolean }) {
  const t = useText();
  const openRule = useOpenRule();
  const mine = rules.filter((r) => r.pack === pack.id);
  return (
    <Table
      size="middle"
      rowKey="name"
      loading={loading}
      pagination={false}
      dataSource={valuesOf(mine)}
      scroll={{ x: 700 }}
      locale={{ emptyText: loading ? " " : <EmptyState title={t.law.noValues} /> }}
      columns={[
        { title: t.common.name, render: (_, v) => v.title },
        { title: t.law.value, width: 140, render: (_, v) => <b>{valueText(v, t)}</b> },
        { title: t.law.ruleCite, width: 320, render: (_, v) => <><Citation cite={v.cite} /> <Typography.Text type="secondary">“{v.cite.quote}”</Typography.Text></> },
        {
          title: t.law.usedBy,
          render: (_, v) => mine.filter((r) => r.values?.some((x) => x.name === v.name)).map((r) => <a key={r.rule} role="button" tabIndex={0} className="value-rule" onClick={() => openRule(r.rule)} onKeyDown={(e) => e.key === "Enter" && openRule(r.rule)}>{r.title || r.rule}</a>),
        },
      ]}
    />
  );
}
