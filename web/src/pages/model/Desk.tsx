import { PlayCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Descriptions, Flex, Select, Skeleton, Table, Tag, Typography } from "antd";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAsk, useItem } from "@/api/hooks";
import type { ModelDesk, ModelSibling, Review } from "@/api/types";
import { useText } from "@/text";
import { EmptyState, Loaded, ProblemView } from "@/ui/ProblemView";
import { PlainTable, ResultTable } from "@/ui/ResultTable";
import { ReviewTable } from "@/ui/ReviewTable";
import { StepTrial } from "@/ui/StepReport";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { StepDiff } from "./StepTab";

const TextDiff = lazy(() => import("@/ui/TextDiff"));

function WithDesk({ version, children }: { version: string; children: (desk: ModelDesk) => React.ReactNode }) {
  const desk = useItem("/v1/versions/{id}/desk", { path: { id: version } });
  return <Loaded query={desk}>{children}</Loaded>;
}

/** Words that one list has and the other lacks. */
function Changed({ before, after }: { before: readonly string[] | null; after: readonly string[] | null }) {
  const t = useText();
  const gone = (before ?? []).filter((x) => !after?.includes(x));
  const come = (after ?? []).filter((x) => !before?.includes(x));
  if (gone.length + come.length === 0) return t.model.same;
  return (
    <Flex gap={4} wrap>
      {gone.map((x) => (
        <Tag key={`-${x}`} color="error">
          − {x}
        </Tag>
      ))}
      {come.map((x) => (
        <Tag key={`+${x}`} color="success">
          + {x}
        </Tag>
      ))}
    </Flex>
  );
}

function Comparison({ siblings, version }: { siblings: readonly ModelSibling[]; version: string }) {
  const t = useText();
  const own = siblings.find((s) => s.id === version);
  const others = siblings.filter((s) => s.id !== version);
  const earlier = others.find((s) => s.approved && own && s.number < own.number) ?? others.find((s) => own && s.number < own.number) ?? others[0];
  const [chosen, choose] = useState(earlier?.id);
  const other = others.find((s) => s.id === chosen);
  if (!own || !other) return <EmptyState title={t.model.alone} hint={t.model.aloneHint} />;
  return (
    <Flex vertical gap={12} style={{ paddingTop: 12 }}>
      <Flex gap={8} align="center">
        <label htmlFor="compare-with">{t.model.compareWith}</label>
        <Select
          id="compare-with"
          style={{ minWidth: 280 }}
          value={other.id}
          onChange={choose}
          options={others.map((s) => ({ value: s.id, label: `v${s.number} · ${minute(s.opened)}${s.approved ? ` · ${t.states.approved}` : ""}` }))}
        />
      </Flex>
      {own.hash === other.hash && <Alert type="success" showIcon title={t.model.sameHash} />}
      <Descriptions
        size="small"
        bordered
        column={1}
        items={[
          { key: "inputs", label: t.model.inputs, children: <Changed before={other.inputs} after={own.inputs} /> },
          { key: "outputs", label: t.model.outputs, children: <Changed before={other.outputs} after={own.outputs} /> },
          {
            key: "module",
            label: t.step.module,
            children: own.module === other.module ? t.model.same : <Changed before={other.module ? [other.module.slice(7, 19)] : []} after={own.module ? [own.module.slice(7, 19)] : []} />,
          },
          { key: "rho", label: t.lab.charge, children: own.rho === other.rho ? t.model.same : `rho ${rho(other.rho)} → ${rho(own.rho)}` },
        ]}
      />
      {own.module && other.module && own.module !== other.module && <StepDiff version={version} beside={other.id} />}
      {own.text && other.text ? (
        <Suspense fallback={<Skeleton active />}>
          <TextDiff before={other.text} after={own.text} label={t.model.changes} />
        </Suspense>
      ) : (
        <EmptyState title={t.model.secret} />
      )}
    </Flex>
  );
}

/** This version beside another of the same model. */
export function CompareTab({ version }: { version: string }) {
  return <WithDesk version={version}>{(desk) => <Comparison siblings={desk.siblings ?? []} version={version} />}</WithDesk>;
}

/** The review package: the static checks, and those that change with time as of today. */
export function ChecksTab({ version, review }: { version: string; review: Review | undefined }) {
  return <WithDesk version={version}>{(desk) => <ReviewTable review={review} today={desk.today} />}</WithDesk>;
}

/** The experts who signed this version's hash; each signature is verified when the page is read. */
export function SignatureTab({ version }: { version: string }) {
  const t = useText();
  return (
    <WithDesk version={version}>
      {(desk) => (
        <Table
          size="small"
          rowKey={(s) => `${s.matter} ${s.expert}`}
          pagination={false}
          dataSource={desk.signatures ?? []}
          locale={{ emptyText: <EmptyState title={t.model.unsigned} hint={t.model.unsignedHint} /> }}
          columns={[
            { title: t.model.signer, dataIndex: "expert" },
            { title: t.model.signedAt, render: (_, s) => minute(s.at), width: 180 },
            { title: t.model.signature, width: 140, render: (_, s) => <Tag color={s.valid ? "success" : "error"}>{s.valid ? t.model.signatureGood : t.model.signatureBad}</Tag> },
            { title: t.matter.title, width: 140, render: (_, s) => <Link to={path.matter(s.matter)}>{t.model.openMatter}</Link> },
          ]}
        />
      )}
    </WithDesk>
  );
}

/** Runs exactly this version on synthetic rows: nobody's data is read, nothing is charged. */
export function TrialTab({ version }: { version: string }) {
  const t = useText();
  const run = useAsk(() => post("/v1/versions/{id}/try", { path: { id: version } }));
  return (
    <Flex vertical gap={12} style={{ paddingTop: 12 }}>
      <Typography.Text type="secondary">{t.model.trialLead}</Typography.Text>
      <div>
        <Button icon={<PlayCircleOutlined aria-hidden />} type="primary" ghost loading={run.isPending} onClick={() => run.mutate(undefined)}>
          {t.lab.try}
        </Button>
      </div>
      {run.error && <ProblemView problem={run.error} />}
      {run.data && (
        <>
          <Typography.Text type="secondary">
            {run.data.note} <Tag color={run.data.agreed ? "success" : "error"}>{run.data.agreed ? t.lab.agreed : t.lab.disagreed}</Tag>
          </Typography.Text>
          <StepTrial steps={run.data.steps} />
          {run.data.table ? <ResultTable table={run.data.table} /> : <PlainTable columns={run.data.columns ?? []} rows={run.data.rows ?? []} />}
        </>
      )}
    </Flex>
  );
}
