import { Table, Tag, Typography } from "antd";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { lineageOf, readReview } from "@/api/lab";
import type { Me, Review } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { LineageGraph } from "@/ui/LineageGraph";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { CompareTab, SignatureTab, TrialTab } from "./Desk";

/** The static checks as the guard printed them. */
export function ReviewTable({ review }: { review: Review | undefined }) {
  const t = useText();
  if (!review?.checks?.length) return <EmptyState title={t.model.noChecks} />;
  return (
    <>
      <Typography.Paragraph>{review.summary}</Typography.Paragraph>
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={review.checks}
        columns={[
          { title: t.common.code, dataIndex: "id", width: 80, render: (v: string) => <Typography.Text code>{v}</Typography.Text> },
          { title: t.model.check, dataIndex: "title", width: 240 },
          { title: t.model.evidence, render: (_, c) => c.evidence?.map((e) => <div key={e}>{e}</div>) },
          {
            title: t.matter.outcome,
            dataIndex: "status",
            width: 100,
            render: (v: string) => <Tag color={v === "pass" ? "success" : v === "refused" ? "error" : v === "warn" ? "warning" : undefined}>{wordFor(t.model.statuses, v)}</Tag>,
          },
        ]}
      />
    </>
  );
}

export default function ModelFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/versions/{id}", { path: { id } });
  const deploy = useAct(() => post("/v1/deployments", {}, { version: id }));
  return (
    <Loaded query={query}>
      {({ version, approved, listed }) => {
        const review = readReview(version.review);
        return (
        <FilePage
          trail={[{ title: t.model.title, to: path.models() }, { title: version.name }]}
          title={`${version.name} v${version.number}`}
          state={<Tag color={approved ? "success" : undefined}>{listed ? t.states.listed : approved ? t.states.approved : t.model.notApproved}</Tag>}
          facts={[
            { label: t.model.class, value: wordFor(t.model.classes, version.class) },
            { label: t.lab.charge, value: version.rho ? `rho ${rho(version.rho)}` : undefined },
            { label: t.common.created, value: minute(version.opened) },
            { label: t.model.hash, value: <Typography.Text copyable={{ text: version.hash }}>{version.hash.slice(0, 30)}…</Typography.Text> },
          ]}
          acts={me.org === version.org && approved && version.class !== "A" && <ActButton primary label={t.call.deploy} run={() => deploy.mutateAsync(undefined)} />}
          tabs={[
            {
              key: "lineage",
              label: t.lab.lineage,
              content: (
                <div style={{ paddingTop: 12 }}>
                  {review ? <LineageGraph outputs={lineageOf(review)} /> : version.inputs?.map((i) => <Tag key={i}>{i}</Tag>)}
                </div>
              ),
            },
            { key: "checks", label: t.model.checks, content: <ReviewTable review={review} /> },
            {
              key: "text",
              label: t.model.text,
              content: version.text ? (
                <>
                  <Typography.Paragraph type="secondary">{t.model.textNote}</Typography.Paragraph>
                  <pre className="receipt-text">{version.text}</pre>
                </>
              ) : (
                <EmptyState title={t.model.secret} />
              ),
            },
            ...(version.text
              ? [
                  { key: "compare", label: t.model.compare, content: <CompareTab version={version.id} /> },
                  { key: "trial", label: t.model.trial, content: <TrialTab version={version.id} /> },
                  { key: "signatures", label: t.model.signatures, content: <SignatureTab version={version.id} /> },
                ]
              : []),
            { key: "ir", label: t.model.ir, content: version.ir ? <pre className="receipt-text">{JSON.stringify(version.ir, null, 1)}</pre> : <EmptyState title={t.model.secret} /> },
          ]}
        />
        );
      }}
    </Loaded>
  );
}
