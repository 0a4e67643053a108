import { Button, Tag, Typography } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { lineageOf, readReview } from "@/api/lab";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { LineageGraph } from "@/ui/LineageGraph";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ReviewTable } from "@/ui/ReviewTable";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { ChecksTab, CompareTab, SignatureTab, TrialTab } from "./Desk";
import { StepTab } from "./StepTab";

export default function ModelFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/versions/{id}", { path: { id } });
  const [training, setTraining] = useState(false);
  const navigate = useNavigate();
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
          acts={
            me.org === version.org && approved && version.class !== "A" && (
              <>
                <Button onClick={() => setTraining(true)}>{t.assessment.deploy}</Button>
                <ActButton primary label={t.call.deploy} run={() => deploy.mutateAsync(undefined)} />
                {training && (
                  <FormModal<{ trains: string }>
                    title={t.assessment.deploy}
                    close={() => setTraining(false)}
                    lead={<p>{t.assessment.lead}</p>}
                    ok={t.call.deploy}
                    run={async (v) => {
                      const made = await post("/v1/deployments", {}, { version: id, trains: v.trains });
                      void navigate(path.service(made.id));
                    }}
                    fields={[{ name: "trains", label: t.assessment.trains, need: true, max: 120, extra: t.assessment.trainsOf }]}
                  />
                )}
              </>
            )
          }
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
            { key: "checks", label: t.model.checks, content: version.text ? <ChecksTab version={version.id} review={review} /> : <ReviewTable review={review} /> },
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
            ...(version.module && version.text ? [{ key: "step", label: t.step.module, content: <StepTab version={version.id} /> }] : []),
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
