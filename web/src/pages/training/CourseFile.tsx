import { Alert, Button, Progress, Radio, Result, Tag, Typography } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useList } from "@/api/hooks";
import { Problem } from "@/api/problem";
import type { Me, Sheet, Training } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { Citation, Citations } from "@/ui/Citation";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { useCitesOf, useClosed } from "../account/closed";
import { markOf, useTrainingLaw } from "./law";
import { Results } from "./Results";
import "./training.css";

/** One question per screen: arrows choose, Enter goes on, the heading takes the focus so that a screen reader begins there. */
function Question({ sheet, at, chosen, choose, go }: { sheet: Sheet; at: number; chosen?: number; choose: (option: number) => void; go: (to: number) => void }) {
  const t = useText();
  const head = useRef<HTMLHeadingElement>(null);
  const total = sheet.questions?.length ?? 0;
  const question = sheet.questions?.[at];
  useEffect(() => head.current?.focus(), [at]);
  function onKey(event: KeyboardEvent) {
    if (event.key !== "Enter" || chosen === undefined || (event.target as HTMLElement).tagName === "BUTTON") return;
    event.preventDefault();
    go(at + 1);
  }
  return (
    <div className="exam" onKeyDown={onKey}>
      <Progress percent={Math.round((100 * at) / total)} showInfo={false} aria-label={t.training.progress(at + 1, total)} />
      <Typography.Text type="secondary">{t.training.progress(at + 1, total)}</Typography.Text>
      <h2 ref={head} tabIndex={-1}>
        {question?.text}
      </h2>
      <Radio.Group key={at} aria-label={question?.text} name={`question-${at}`} value={chosen} onChange={(e) => choose(e.target.value as number)}>
        {question?.options?.map((o, i) => (
          <Radio key={i} value={i}>
            {o}
          </Radio>
        ))}
      </Radio.Group>
      <div className="exam-foot">
        <Button disabled={at === 0} onClick={() => go(at - 1)}>
          {t.common.previous}
        </Button>
        <Typography.Text type="secondary">{chosen === undefined ? t.training.answerFirst : t.training.keys}</Typography.Text>
        <Button type="primary" onClick={() => go(at + 1)}>
          {at + 1 < total ? t.common.next : t.training.review}
        </Button>
      </div>
    </div>
  );
}

function Review({ sheet, answers, go, hand }: { sheet: Sheet; answers: (number | undefined)[]; go: (to: number) => void; hand: () => Promise<unknown> }) {
  const t = useText();
  const closed = useClosed();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const total = sheet.questions?.length ?? 0;
  const done = answers.filter((a) => a !== undefined).length;
  return (
    <div className="exam">
      <h2 ref={head} tabIndex={-1}>
        {t.training.review}
      </h2>
      <Typography.Text type="secondary">{t.training.reviewLead(done, total)}</Typography.Text>
      <ol className="exam-review">
        {sheet.questions?.map((q, i) => (
          <li key={i}>
            <span>
              {i + 1}. {q.text}
              <br />
              <Typography.Text type={answers[i] === undefined ? "danger" : "secondary"}>{answers[i] === undefined ? t.training.unanswered : q.options?.[answers[i]]}</Typography.Text>
            </span>
            <Button size="small" aria-label={`${t.common.edit} ${t.training.question(i + 1)}`} onClick={() => go(i)}>
              {t.common.edit}
            </Button>
          </li>
        ))}
      </ol>
      <div className="exam-foot">
        <Button onClick={() => go(total - 1)}>{t.common.previous}</Button>
        <ActButton primary state={closed("party.exam.take", done < total && t.training.handFirst)} label={t.training.hand} run={hand} />
      </div>
    </div>
  );
}

function Outcome({ result, mark, again }: { result: Training; mark: number; again: () => void }) {
  const t = useText();
  const law = useTrainingLaw();
  const cites = useCitesOf();
  const grounds = [law.mark?.cite, law.months?.cite].filter((c) => c !== undefined);
  return (
    <div role="status">
      <Result
        status={result.passed ? "success" : "warning"}
        title={result.passed ? t.training.passed : t.training.failed}
        subTitle={
          <>
            {t.training.scoreLine(result.score ?? 0, mark)}
            <br />
            {result.passed ? (result.until ? t.training.validUntil(result.until) : t.training.validOpen) : t.training.failedHint}{" "}
            <Citations cites={grounds.length ? grounds : law.training.length ? cites(law.training[0]!.acts?.[0]?.name ?? "").slice(0, 1) : []} />
          </>
        }
        extra={[
          result.passed ? (
            <ButtonLink key="sign" to={`${path.training()}?tab=undertaking`} type="primary">{t.training.undertaking}</ButtonLink>
          ) : (
            <Button key="again" type="primary" onClick={again}>
              {t.training.again}
            </Button>
          ),
          <ButtonLink key="back" to={path.training()}>{t.training.courses}</ButtonLink>,
        ]}
      />
    </div>
  );
}

function Exam({ sheet, mark }: { sheet: Sheet; mark: number }) {
  const t = useText();
  const closed = useClosed();
  const law = useTrainingLaw();
  const total = sheet.questions?.length ?? 0;
  const [at, setAt] = useState<number>();
  const [answers, setAnswers] = useState<(number | undefined)[]>([]);
  const [result, setResult] = useState<Training>();
  const begin = () => {
    setResult(undefined);
    setAnswers(Array.from({ length: total }, () => undefined));
    setAt(0);
  };
  if (result) return <Outcome result={result} mark={mark} again={begin} />;
  if (at === undefined) {
    return (
      <div className="exam">
        <Typography.Paragraph>
          {t.training.beginHint(total, mark)} {law.mark && <Citation cite={law.mark.cite} />}
        </Typography.Paragraph>
        <ActButton primary state={closed("party.exam.take", sheet.state !== "open" && t.training.closedCourse)} label={t.training.begin} run={async () => begin()} />
      </div>
    );
  }
  if (at >= total) {
    return (
      <Review
        sheet={sheet}
        answers={answers}
        go={setAt}
        hand={async () => setResult(await post("/v1/courses/{id}/exam", { path: { id: sheet.id } }, { answers: answers.map((a) => a ?? -1) }))}
      />
    );
  }
  return <Question sheet={sheet} at={at} chosen={answers[at]} choose={(option) => setAnswers((before) => before.map((a, i) => (i === at ? option : a)))} go={setAt} />;
}

/** A course: what to learn, and the exam. */
export default function CourseFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const law = useTrainingLaw();
  const list = useList("/v1/courses", { query: { limit: 200 } });
  const sheet = list.items?.find((c) => c.id === id);
  const gives = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  return (
    <Loaded query={{ data: sheet, error: list.problem ?? (list.items && !sheet ? new Problem({ status: 404 }, 404) : undefined), isPending: list.loading, refetch: list.refresh }}>
      {(c) => {
        const mark = markOf(c.pass, law.mark?.int);
        return (
          <FilePage
            trail={[{ title: t.shell.menuTraining, to: path.training() }, { title: c.title }]}
            title={c.title}
            state={<Tag color={c.state === "open" ? "success" : undefined}>{wordFor(t.training.courseStates, c.state)}</Tag>}
            facts={[
              { label: t.training.questions, value: t.training.questionCount(c.questions?.length ?? 0) },
              { label: t.training.pass, value: t.training.percent(mark) },
              { label: t.training.material, value: c.material && <Typography.Text copyable={{ text: c.material }}>{c.material.slice(0, 24)}…</Typography.Text> },
            ]}
            acts={gives && c.state === "open" && <ActButton label={t.training.close} confirmName={c.title} run={() => post("/v1/courses/{id}/close", { path: { id: c.id } })} />}
            banner={c.state !== "open" && <Alert style={{ marginBottom: 12 }} type="info" showIcon title={t.training.closedCourse} />}
            tabs={[
              { key: "study", label: t.training.study, content: <div className="document-text">{c.text}</div> },
              { key: "exam", label: t.training.exam, content: <Exam key={c.id} sheet={c} mark={mark} /> },
              ...(me.org ? [{ key: "results", label: t.training.results, content: <Results org={me.org} me={me} /> }] : []),
            ]}
          />
        );
      }}
    </Loaded>
  );
}
