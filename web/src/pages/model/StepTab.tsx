import { Alert, Skeleton, Typography } from "antd";
import { lazy, Suspense } from "react";
import { useItem } from "@/api/hooks";
import { useText } from "@/text";
import { Loaded } from "@/ui/ProblemView";
import { StepReport } from "@/ui/StepReport";

const TextDiff = lazy(() => import("@/ui/TextDiff"));

/** The module of a version as its reviewers read it: what is known of it, and all code that runs. */
export function StepTab({ version }: { version: string }) {
  const t = useText();
  const file = useItem("/v1/versions/{id}/module", { path: { id: version } });
  return (
    <Loaded query={file}>
      {({ module, text, bytes }) => (
        <div style={{ paddingTop: 12 }}>
          <Alert type="info" showIcon title={t.step.note} style={{ marginBottom: 12 }} />
          <Typography.Paragraph>
            {t.step.digest} <Typography.Text copyable={{ text: module.hash }}>{module.hash}</Typography.Text>{" "}
            <a href={`data:application/wasm;base64,${bytes}`} download={module.name || "step.wasm"}>
              {t.step.download}
            </a>
          </Typography.Paragraph>
          <StepReport report={module.report} />
          <Typography.Title level={2} style={{ fontSize: 14, marginTop: 16 }}>
            {t.step.code}
          </Typography.Title>
          <pre className="receipt-text" aria-label={t.step.code}>
            {text}
          </pre>
        </div>
      )}
    </Loaded>
  );
}

/** The code of this version's module beside that of another version. */
export function StepDiff({ version, beside }: { version: string; beside: string }) {
  const t = useText();
  const own = useItem("/v1/versions/{id}/module", { path: { id: version } });
  const other = useItem("/v1/versions/{id}/module", { path: { id: version }, query: { beside } });
  return (
    <Loaded query={own}>
      {(after) => (
        <Loaded query={other}>
          {(before) => (
            <Suspense fallback={<Skeleton active />}>
              <TextDiff before={before.text} after={after.text} label={t.step.changes} />
            </Suspense>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}
