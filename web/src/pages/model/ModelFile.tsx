import { Table, Tag, Typography } from "antd";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { OutputOf } from "@/api/lab";
import type { Me, ModelVersion } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { LineageGraph } from "@/ui/LineageGraph";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";

interface VersionPage {
  version: ModelVersion & { ir: { outputs?: OutputOf[] | null } | null; review: Review | null };
  approved: boolean;
  listed: boolean;
}

interface Review {
  checks?: { id: string; title?: string; ok?: boolean; outcome?: string; detail?: string; evidence?: string }[] | null;
}

/** The static checks as the guard printed them. */
export function ReviewTable({ review }: { review: Review | null | undefined }) {
  const t = useText();
  if (!review?.checks?.length) return <EmptyState title={t.model.noChecks} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={review.checks}
      columns={[
        { title: t.model.check, width: 240, render: (_, c) => <><Typography.Text code>{c.id}</Typography.Text> {c.title}</> },
        { title: t.model.evidence, render: (_, c) => c.detail ?? c.evidence },
        { title: t.matter.outcome, width: 100, render: (_, c) => <Tag color={c.ok === false || c.outcome === "error" ? "error" : "success"}>{wordFor(t.states, c.outcome ?? (c.ok === false ? "error" : "pass"))}</Tag> },
      ]}
    />
  );
}

export default function ModelFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem<VersionPage>("/v1/versions/{id}", { path: { id } });
  const deploy = useAct(() => post("/v1/deployments", {}, { version: id }));
  return (
    <Loaded query={query}>
      {({ version, approved, listed }) => (
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
          acts={me.org === version.org && approved && version.class === "B" && <ActButton primary label={t.call.deploy} run={() => deploy.mutateAsync(undefined)} />}
          tabs={[
            {
              key: "lineage",
              label: t.lab.lineage,
              content: version.ir?.outputs ? (
                <div style={{ paddingTop: 12 }}>
                  <LineageGraph
                    outputs={version.ir.outputs.map((o) => ({
                      name: o.title ?? o.name,
                      class: o.standing,
                      sources: (o.sources ?? []).map((s) => ({ table: s.table, column: s.column, use: s.ways?.[0] })),
                    }))}
                  />
                </div>
              ) : (
                <p>{version.inputs?.map((i) => <Tag key={i}>{i}</Tag>)}</p>
              ),
            },
            { key: "checks", label: t.model.checks, content: <ReviewTable review={version.review} /> },
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
            { key: "ir", label: t.model.ir, content: version.ir ? <pre className="receipt-text">{JSON.stringify(version.ir, null, 1)}</pre> : <EmptyState title={t.model.secret} /> },
          ]}
        />
      )}
    </Loaded>
  );
}
