import { Button, Table, Typography } from "antd";
import type { Explanation, PackInfo } from "@/api/types";
import { useText } from "@/text";
import { Citation } from "@/ui/Citation";
import { EmptyState } from "@/ui/ProblemView";
import type { ValueOfLaw } from "./book";
import { useOpenRule } from "./RuleDrawer";
import { valueText } from "./values";

/** The numbers that the regulation decides, and the rules that count with them. */
export function ValueList({ values, rules, pack, loading }: { values: readonly ValueOfLaw[]; rules: readonly Explanation[]; pack: PackInfo; loading: boolean }) {
  const t = useText();
  const openRule = useOpenRule();
  return (
    <Table
      size="middle"
      rowKey={(v) => v.name + v.from}
      loading={loading}
      pagination={false}
      dataSource={values.filter((v) => v.pack === pack.id)}
      scroll={{ x: 1000 }}
      locale={{ emptyText: loading ? " " : <EmptyState title={t.law.noValues} /> }}
      columns={[
        {
          title: t.common.name,
          render: (_, v) => (
            <>
              {v.title}
              {v.note && <div className="quiet">{v.note}</div>}
            </>
          ),
        },
        { title: t.law.value, width: 140, render: (_, v) => <b>{valueText(v, t)}</b> },
        {
          title: t.law.ruleCite,
          width: 300,
          render: (_, v) => (
            <>
              <Citation cite={v.cite} /> <Typography.Text type="secondary">“{v.cite.quote}”</Typography.Text>
            </>
          ),
        },
        { title: t.law.inForce, width: 190, render: (_, v) => `${v.from || pack.from} – ${v.until || pack.until || pack.trial_until || ""}` },
        {
          title: t.law.usedBy,
          width: 220,
          render: (_, v) =>
            rules
              .filter((r) => r.values?.some((x) => x.name === v.name))
              .map((r) => (
                <Button key={r.pack + r.rule} type="link" size="small" className="link-cell value-rule" onClick={() => openRule(r.rule)}>
                  {r.title || r.rule}
                </Button>
              )),
        },
      ]}
    />
  );
}
