import { Descriptions, Table, Typography } from "antd";
import { lineageOf, readReview } from "@/api/lab";
import type { Checked, SpacePage } from "@/api/types";
import { useText, wordFor } from "@/text";
import { BudgetGauge } from "@/ui/BudgetGauge";
import { LineageGraph } from "@/ui/LineageGraph";
import { EmptyState } from "@/ui/ProblemView";
import { rho } from "@/util/number";

/** What the model is: class, unit, lineage, charge, the error to expect in each cell, and what it does to the budgets. */
export function Analysis({ page, draft, checked }: { page: SpacePage; draft: { class: string }; checked?: Checked }) {
  const t = useText();
  const review = readReview(checked?.review);
  const accepted = checked && !checked.refusals?.length;
  const charge = checked?.preview?.plan.rho ?? checked?.charge?.rho ?? 0;
  return (
    <>
      <h2>{t.lab.analysis}</h2>
      {accepted ? (
        <>
          <Descriptions
            column={1}
            size="small"
            items={[
              { label: t.model.class, children: wordFor(t.model.classes, draft.class) },
              ...(review?.unit ? [{ label: t.catalog.unit, children: wordFor(t.catalog.units, review.unit) }] : []),
              ...(charge ? [{ label: t.lab.charge, children: `rho ${rho(charge)}` }] : []),
              ...(checked.preview ? [{ label: t.lab.threshold, children: t.lab.thresholdOf(checked.preview.threshold) }] : []),
              ...(checked.preview ? [{ label: t.lab.cells, children: checked.preview.plan.cells }] : []),
              {
                label: t.model.hash,
                children: (
                  <Typography.Text copyable={{ text: checked.hash }} style={{ fontSize: 12 }}>
                    {checked.hash?.slice(0, 20)}…
                  </Typography.Text>
                ),
              },
            ]}
          />
          {Boolean(checked.preview?.columns?.length) && (
            <>
              <h3>{t.lab.errors}</h3>
              <Table
                size="small"
                pagination={false}
                rowKey="name"
                dataSource={checked.preview?.columns ?? []}
                columns={[
                  { title: t.lab.output, dataIndex: "name" },
                  { title: t.lab.error95, dataIndex: "error95", align: "end", render: (v: string) => (v ? `±${v}` : t.lab.varies) },
                ]}
              />
            </>
          )}
          <h3>{t.lab.lineage}</h3>
          <LineageGraph compact outputs={lineageOf(review)} />
        </>
      ) : (
        <EmptyState title={checked ? t.lab.refused : t.lab.notChecked} hint={checked ? t.lab.refusedHint : t.lab.notCheckedHint} />
      )}
      {Boolean(page.budgets?.length) && (
        <>
          <h3>{t.lab.budgets}</h3>
          {page.budgets?.map((b) => (
            <div key={b.kind + b.resource + b.period} style={{ marginBottom: 14 }}>
              <BudgetGauge label={`${b.title} · ${wordFor(t.budget.kinds, b.kind)}${b.period ? ` ${b.period}` : ""}`} cap={b.cap} spent={b.charged} now={accepted ? charge : 0} />
            </div>
          ))}
        </>
      )}
    </>
  );
}
