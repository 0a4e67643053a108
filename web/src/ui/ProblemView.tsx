import { Alert, Button, Empty, Result, Skeleton, Typography } from "antd";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { asProblem, type Problem } from "@/api/problem";
import { useLanguage, useText } from "@/text";
import { path } from "@/util/path";
import { ButtonLink } from "./ButtonLink";
import { Citations } from "./Citation";

function Spots({ problem }: { problem: Problem }) {
  const t = useText();
  const { language } = useLanguage();
  // A spot that only repeats the headline is said once.
  const spots = problem.spots.filter((spot) => spot.hint || spot.message !== problem.detail);
  if (spots.length === 0) return null;
  return (
    <ul className="problem-spots">
      {spots.map((spot, i) => (
        <li key={`${spot.where}-${spot.code}-${i}`}>
          {spot.code && <Typography.Text code>{spot.code}</Typography.Text>}
          {language === "en-US" && spot.en ? spot.en : spot.message}
          {spot.where && <Typography.Text type="secondary">（{spot.where}）</Typography.Text>}
          {spot.hint && (
            <div>
              <Typography.Text type="secondary">{t.problem.suggestion}：</Typography.Text>
              {spot.hint}
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Basis({ problem }: { problem: Problem }) {
  return (
    <>
      {problem.cites.map((cite, i) => (
        <div key={`${cite.rule}-${i}`} className="problem-cite">
          <Citations cites={[cite]} />
          {cite.quote && <q>{cite.quote}</q>}
          {cite.message && cite.message !== problem.detail && <div>{cite.message}</div>}
        </div>
      ))}
    </>
  );
}

/** What went wrong, what was kept, what to do: inside a form or a dialog. */
export function ProblemView({ problem: thrown, action }: { problem: unknown; action?: ReactNode }) {
  const t = useText();
  const problem = asProblem(thrown);
  const lawful = problem.code === "unlawful" || problem.code === "forbidden";
  return (
    <Alert
      className="problem"
      type={lawful ? "warning" : "error"}
      showIcon
      role="alert"
      title={t.problem[problem.code]}
      action={action}
      description={
        <>
          <div>{problem.detail || t.problem.hint[problem.code]}</div>
          <Spots problem={problem} />
          <Basis problem={problem} />
          {problem.detail && <Typography.Text type="secondary">{t.problem.hint[problem.code]}</Typography.Text>}
          {problem.requestId && problem.code === "internal" && (
            <div>
              <Typography.Text copyable={{ text: problem.requestId }} type="secondary">
                {t.problem.requestId(problem.requestId)}
              </Typography.Text>
            </div>
          )}
        </>
      }
    />
  );
}

/** The same, where a whole page could not be shown. */
export function ProblemPage({ problem: thrown, retry }: { problem: unknown; retry?: () => void }) {
  const t = useText();
  const location = useLocation();
  const problem = asProblem(thrown);
  // The library's cartoons for 403 and 500 do not suit an office that refuses somebody something.
  const status = problem.code === "not_found" ? "info" : problem.code === "internal" ? "error" : "warning";
  const grounds = problem.cites.length > 0 || problem.spots.length > 0;
  const numbered = Boolean(problem.requestId) && problem.code === "internal";
  return (
    <Result
      status={status}
      title={t.problem[problem.code]}
      subTitle={problem.detail || t.problem.hint[problem.code]}
      extra={
        problem.code === "unauthenticated" ? (
          <ButtonLink to={path.signin(location.pathname + location.search)} type="primary">{t.shell.signIn}</ButtonLink>
        ) : (
          retry && <Button onClick={retry}>{t.common.retry}</Button>
        )
      }
    >
      {(grounds || numbered) && (
        <>
          {grounds && <Spots problem={problem} />}
          {grounds && <Basis problem={problem} />}
          {numbered && (
            <Typography.Paragraph copyable={{ text: problem.requestId ?? "" }} type="secondary" style={{ textAlign: "center", margin: 0 }}>
              {t.problem.requestId(problem.requestId ?? "")}
            </Typography.Paragraph>
          )}
        </>
      )}
    </Result>
  );
}

/** An empty place that says what to do first. */
export function EmptyState({ title, hint, action }: { title: ReactNode; hint?: ReactNode; action?: ReactNode }) {
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={
        <>
          <div style={{ color: "#3b475a" }}>{title}</div>
          {hint && <Typography.Text type="secondary">{hint}</Typography.Text>}
        </>
      }
    >
      {action}
    </Empty>
  );
}

interface Answer<T> {
  data?: T;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** One object's page: loading, refused or failed, or the object. */
export function Loaded<T>({ query, children }: { query: Answer<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ProblemPage problem={query.error} retry={() => void query.refetch()} />;
  return <Skeleton active paragraph={{ rows: 8 }} style={{ padding: 24 }} />;
}
