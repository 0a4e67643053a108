import { CheckCircleFilled, CloseCircleFilled, DownloadOutlined } from "@ant-design/icons";
import { Descriptions, Table, Tag, Typography } from "antd";
import { useOutletContext, useParams } from "react-router";
import { download } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { readReview } from "@/api/lab";
import type { Me, ReleaseCheck } from "@/api/types";
import { useText, wordFor } from "@/text";
import { tone } from "@/theme";
import { ActButton } from "@/ui/ActButton";
import { BudgetGauge } from "@/ui/BudgetGauge";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ReviewTable } from "@/ui/ReviewTable";
import { ResultTable } from "@/ui/ResultTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { MatterActs } from "../matter/acts";
import { Opinions } from "../matter/parts";

function Checks({ checks }: { checks: ReleaseCheck[] }) {
  const t = useText();
  return (
    <Table
      size="middle"
      rowKey="no"
      pagination={false}
      dataSource={checks}
      columns={[
        { title: "#", dataIndex: "no", width: 50, align: "end" },
        {
          title: t.model.check,
          dataIndex: "title",
          width: 200,
          render: (v: string, c) => (
            <>
              {c.outcome === "pass" ? <CheckCircleFilled style={{ color: tone.good }} aria-hidden /> : <CloseCircleFilled style={{ color: tone.bad }} aria-hidden />} {v}
            </>
          ),
        },
        {
          title: t.model.evidence,
          render: (_, c) => (
            <>
              {c.detail}
              <div>{c.places?.map((p) => <Tag key={p}>{p}</Tag>)}</div>
            </>
          ),
        },
        { title: t.release.source, dataIndex: "source", width: 220, render: (v: string) => <Typography.Text type="secondary">{v}</Typography.Text> },
      ]}
    />
  );
}

/** The reviewer's page: the noised table, every check with its numbers, what it does to the budgets, the decision. */
export default function ReleaseFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/releases/{id}", { path: { id } });
  const matterId = query.data?.release.matter;
  const matter = useItem("/v1/matters/{id}", { path: { id: matterId ?? "" } }, { enabled: Boolean(matterId) });
  const save = useAct(() => download("/v1/releases/{id}/export", { path: { id } }, `${id}.csv`));
  return (
    <Loaded query={query}>
      {({ release, table, plan, threshold, usage, acts, review }) => (
        <FilePage
          trail={[{ title: t.release.title, to: path.releases() }, { title: release.title }]}
          title={release.title}
          state={<StateTag state={release.state} />}
          clock={matter.data?.matter.steps?.filter((s) => s.state === "open").map((s) => <Deadline key={s.id} value={s.deadline && { ...s.deadline, left: s.left }} />)}
          acts={
            <>
              {matter.data && <MatterActs page={matter.data} me={me} />}
              {acts
                ?.filter((o) => o.act === "output.export")
                .map((o) => <ActButton key={o.act} state={o} primary icon={<DownloadOutlined aria-hidden />} label={t.release.export} run={() => save.mutateAsync(undefined)} />)}
            </>
          }
          facts={[
            { label: t.common.purpose, value: release.purpose },
            { label: t.release.recipient, value: release.recipient },
            { label: t.release.retention, value: release.retention },
            { label: t.common.created, value: minute(release.opened) },
            { label: t.release.exports, value: release.exports || undefined },
          ]}
          banner={
            Boolean(usage?.length) && (
              <div className="file-banner gauges">
                {usage?.map((b) => (
                  <BudgetGauge
                    key={b.kind + b.resource + b.period}
                    label={`${b.title} · ${wordFor(t.budget.kinds, b.kind)}${b.period ? ` ${b.period}` : ""}`}
                    cap={b.cap}
                    spent={Math.max(0, b.charged - plan.rho)}
                    now={Math.min(plan.rho, b.charged)}
                  />
                ))}
              </div>
            )
          }
          tabs={[
            {
              key: "table",
              label: t.release.table,
              content: table.columns?.length ? (
                <>
                  <Typography.Paragraph type="secondary">{t.release.tableNote(threshold)}</Typography.Paragraph>
                  <ResultTable table={table} />
                </>
              ) : (
                <EmptyState title={t.release.notYet} hint={t.release.notYetHint} />
              ),
            },
            {
              key: "checks",
              label: `${t.release.checks} ${t.release.passed(release.checks?.filter((c) => c.outcome === "pass").length ?? 0, release.checks?.length ?? 0)}`,
              content: <Checks checks={release.checks ?? []} />,
            },
            ...(matter.data ? [{ key: "opinions", label: t.file.opinions, content: <Opinions steps={matter.data.matter.steps ?? []} /> }] : []),
            { key: "model", label: t.model.checks, content: <ReviewTable review={readReview(review)} /> },
            {
              key: "evidence",
              label: t.release.evidence,
              content: (
                <Descriptions
                  bordered
                  column={1}
                  items={[
                    { label: t.release.mechanism, children: plan.mechanism },
                    { label: t.lab.charge, children: `rho ${rho(plan.rho)}` },
                    { label: t.lab.cells, children: plan.cells },
                    { label: t.lab.threshold, children: t.lab.thresholdOf(threshold) },
                    { label: t.release.run, children: release.run },
                    { label: t.release.digest, children: <Typography.Text copyable>{release.digest}</Typography.Text> },
                  ]}
                />
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
