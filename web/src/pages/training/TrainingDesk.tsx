import { PlusOutlined } from "@ant-design/icons";
import { Tabs, Tag } from "antd";
import { useNavigate, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Cite } from "@/api/problem";
import { useRegime } from "@/api/law";
import type { Explanation, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { Citations } from "@/ui/Citation";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { useClosed } from "../account/closed";
import { counts, markOf, useTrainingLaw } from "./law";
import { ResultTag } from "./Results";
import { Undertaking } from "./Undertaking";
import "./training.css";

/** One's own results, newest first. */
function useOwnResults(me: Me) {
  const list = useItem("/v1/organizations/{id}/trainings", { path: { id: me.org ?? "" } }, { enabled: Boolean(me.org) });
  return { items: (list.data?.items ?? []).filter((r) => r.account === me.account), error: list.error, pending: list.isPending && Boolean(me.org) };
}

function Ground({ rules }: { rules: Explanation[] }) {
  const t = useText();
  const regime = useRegime();
  if (rules.length === 0) return <span style={{ color: "#5b6678" }}>{t.training.notRequired}</span>;
  const cites = rules.flatMap((r) => (r.cites ?? []).map((c) => ({ article: c.article, quote: c.quote, law: regime.data?.packs?.find((p) => p.id === r.pack)?.title, pack: r.pack, rule: r.rule, message: r.message }) as Cite));
  // Several rules may rest on one article: it is named once.
  const once = cites.filter((c, i) => cites.findIndex((o) => o.article === c.article && o.pack === c.pack) === i);
  return (
    <>
      {t.training.required} <Citations cites={once} />
    </>
  );
}

function Standing({ me }: { me: Me }) {
  const t = useText();
  const law = useTrainingLaw();
  const own = useOwnResults(me);
  const undertaking = useItem("/v1/undertaking");
  const valid = own.items.find(counts);
  const lapsed = own.items.find((r) => r.passed);
  return (
    <Panel title={t.training.mine}>
      {own.error && <ProblemView problem={own.error} />}
      <dl className="standing">
        <div>
          <dt>{t.training.exam}</dt>
          <dd>
            {!own.pending && (
              <Tag color={valid ? "success" : "warning"}>
                {valid ? (valid.until ? t.training.passedUntil(valid.until) : t.training.passedOpen) : lapsed?.until ? t.training.lapsed(lapsed.until) : t.training.notPassed}
              </Tag>
            )}
            <Ground rules={law.training} />
          </dd>
        </div>
        <div>
          <dt>{t.training.undertaking}</dt>
          <dd>
            {undertaking.data && (
              <Tag color={undertaking.data.signed ? "success" : "warning"}>{undertaking.data.signed ? t.training.signedAt(minute(undertaking.data.signed.signed)) : t.training.notSigned}</Tag>
            )}
            <Ground rules={law.secrecy} />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Courses({ me }: { me: Me }) {
  const t = useText();
  const navigate = useNavigate();
  const own = useOwnResults(me);
  const law = useTrainingLaw();
  const closed = useClosed();
  const gives = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  const best = (course: string) => own.items.find((r) => r.course === course && r.passed) ?? own.items.find((r) => r.course === course);
  const create = gives && (
    <ButtonLink key="new" to={path.courseNew()} type="primary" icon={<PlusOutlined aria-hidden />}>
      {t.training.publish}
    </ButtonLink>
  );
  return (
    <ResourceTable
      id="courses"
      endpoint="/v1/courses"
      rowKey="id"
      actions={create}
      empty={{ title: t.training.noCourses, hint: t.training.noCoursesHint, action: create }}
      onRow={(c) => void navigate(path.course(c.id))}
      columns={[
        { key: "title", title: t.training.course, render: (c) => <b style={{ fontWeight: 500 }}>{c.title}</b> },
        { key: "questions", title: t.training.questions, width: 100, align: "end", render: (c) => t.training.questionCount(c.questions?.length ?? 0), value: (c) => c.questions?.length },
        { key: "pass", title: t.training.pass, width: 100, align: "end", render: (c) => t.training.percent(markOf(c.pass, law.mark?.int)) },
        {
          key: "mine",
          title: t.training.myResult,
          width: 170,
          render: (c) => {
            const r = best(c.id);
            return r ? (
              <>
                <ResultTag result={r} /> {r.score}
              </>
            ) : (
              t.training.notTaken
            );
          },
          value: (c) => best(c.id)?.score,
        },
        { key: "state", title: t.common.state, width: 100, render: (c) => <Tag color={c.state === "open" ? "success" : undefined}>{wordFor(t.training.courseStates, c.state)}</Tag> },
        {
          key: "act",
          title: t.common.actions,
          width: 190,
          render: (c) => (
            <span onClick={(e) => e.stopPropagation()}>
              <ActButton size="small" primary state={closed("party.exam.take", c.state !== "open" && t.training.closedCourse)} label={best(c.id) ? t.training.again : t.training.begin} to={path.course(c.id)} run={async () => {}} />{" "}
              {gives && c.state === "open" && <ActButton size="small" label={t.training.close} confirmName={c.title} run={() => post("/v1/courses/{id}/close", { path: { id: c.id } })} />}
            </span>
          ),
        },
      ]}
    />
  );
}

/** 培训与保密: what one must have passed and signed, and where to do it. */
export default function TrainingDesk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const [search, setSearch] = useSearchParams();
  return (
    <>
      <PageHead title={t.shell.menuTraining} lead={t.training.lead} />
      <Standing me={me} />
      <Tabs
        activeKey={search.get("tab") === "undertaking" ? "undertaking" : "courses"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "courses", label: t.training.courses, children: <Courses me={me} /> },
          {
            key: "undertaking",
            label: t.training.undertaking,
            children: (
              <Panel>
                <Undertaking me={me} />
              </Panel>
            ),
          },
        ]}
      />
    </>
  );
}
