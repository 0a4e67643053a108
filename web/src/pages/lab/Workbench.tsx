import { CheckOutlined, CopyOutlined, LogoutOutlined, PlayCircleOutlined, PlusOutlined, SaveOutlined, SendOutlined } from "@ant-design/icons";
import { Button, Flex, Input, Segmented, Select, Skeleton, Tabs, Tag, Tooltip, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useAsk, useItem } from "@/api/hooks";
import type { LabModel, SpacePage } from "@/api/types";
import { readReview } from "@/api/lab";
import { asProblem, type Cite, type Spot } from "@/api/problem";
import { useLanguage, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citations } from "@/ui/Citation";
import { EmptyState, Loaded, ProblemView } from "@/ui/ProblemView";
import { PlainTable, ResultTable } from "@/ui/ResultTable";
import { StepTrial } from "@/ui/StepReport";
import { path } from "@/util/path";
import { replacement, rewritten } from "@/util/rewrite";
import { Analysis } from "./Analysis";
import { Catalog } from "./Catalog";
import { Connect } from "./Connect";
import { Marked } from "./Marked";
import { RunsAndVersions } from "./Runs";
import { Samples, TrialLevel } from "./Samples";
import { StepModule } from "./StepModule";
import { SubmitModal } from "./SubmitModal";
import "./lab.css";

const SqlEditor = lazy(() => import("@/ui/SqlEditor"));

interface Draft {
  id?: string;
  name: string;
  class: "A" | "B" | "C";
  text: string;
  module?: string;
}

function draftOf(model: LabModel | undefined, untitled: string): Draft {
  return model ? { id: model.id, name: model.name, class: model.class, text: model.draft, module: model.module } : { name: untitled, class: "A", text: "" };
}

/** What will leave and what never can, in one sentence. */
function Leaving({ draft, summary }: { draft: Draft; summary?: string }) {
  const t = useText();
  const { language } = useLanguage();
  // The guard writes its sentence about this very model in Chinese; in English the general promise stands.
  const own = language === "zh-CN" ? summary : undefined;
  return <p className="lab-promise">{own ?? (draft.class === "A" ? t.lab.promiseA : t.lab.promiseB)}</p>;
}

function Bench({ page }: { page: SpacePage }) {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const models = page.models ?? [];
  const chosen = models.find((m) => m.id === search.get("model")) ?? (search.get("model") === "new" ? undefined : models[0]);
  const [draft, setDraft] = useState<Draft>(() => draftOf(chosen, t.lab.untitled));
  const [submitting, setSubmitting] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  /** Who leaves has left: coming back enters anew. */
  async function leave() {
    await post("/v1/spaces/{id}/leave", { path: { id: page.space.id } });
    await navigate(path.lab());
    client.removeQueries({ queryKey: ["enter", page.space.id] });
  }
  const module = draft.class === "A" ? undefined : draft.module; // a step is about one person
  const body = { class: draft.class, text: draft.text, module };
  const at = { path: { id: page.space.id } };
  const check = useAsk((asked: typeof body) => post("/v1/spaces/{id}/compile", at, asked));
  const [level, setLevel] = useState<"S0" | "S1" | "S2">("S0");
  const attempt = useAct(() => post("/v1/spaces/{id}/try", { ...at, query: { level } }, body));
  const save = useAct(
    (copy: boolean) => post("/v1/spaces/{id}/models", at, copy ? { name: t.lab.copyOf(draft.name), ...body } : { id: draft.id, name: draft.name, ...body }),
    (model) => {
      setDraft({ ...draft, id: model.id, name: model.name });
      setSearch({ model: model.id }, { replace: true });
    },
  );

  const refusals = check.data?.refusals ?? [];
  const failed = check.error ?? attempt.error;
  const spots = refusals.length ? refusals : failed ? asProblem(failed).spots : [];
  const schema = useMemo(
    () => Object.fromEntries((page.tables ?? []).map((table) => [table.name, (table.columns ?? []).filter((c) => c.role !== "never").map((c) => c.name)])),
    [page.tables],
  );

  // Checked as one types, a breath after the last key.
  const waiting = useRef<number>(undefined);
  function write(text: string) {
    setDraft((d) => ({ ...d, text }));
    attempt.reset();
    window.clearTimeout(waiting.current);
    if (text.trim()) waiting.current = window.setTimeout(() => check.mutate({ ...body, text }), 900);
  }

  function checkNow() {
    window.clearTimeout(waiting.current);
    check.mutate(body);
  }

  function open(id: string) {
    setSearch({ model: id }, { replace: true });
    setDraft(draftOf(models.find((m) => m.id === id), t.lab.untitled));
    check.reset();
    attempt.reset();
  }

  return (
    <div className="lab">
      <header className="lab-head">
        <Flex gap={10} align="center" wrap>
          <Link to={path.lab()}>{t.shell.menuLab}</Link>
          <span>/</span>
          <b>{page.scenario.title}</b>
          <Select
            aria-label={t.model.title}
            value={draft.id ?? "new"}
            onChange={open}
            style={{ minWidth: 200 }}
            options={[...models.map((m) => ({ value: m.id, label: m.name })), { value: "new", label: t.lab.newModel }]}
          />
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => open("new")} aria-label={t.lab.newModel} />
        </Flex>
        <Flex gap={8} wrap>
          <ActButton label={wordFor(t.ledger.acts, "lab.session.close")} icon={<LogoutOutlined aria-hidden />} run={leave} />
          <Connect space={page.space.id} />
          <Button icon={<CheckOutlined aria-hidden />} loading={check.isPending} onClick={checkNow}>
            {t.lab.check}
          </Button>
          <Button icon={<PlayCircleOutlined aria-hidden />} type="primary" ghost loading={attempt.isPending} onClick={() => (checkNow(), attempt.mutate(undefined))}>
            {t.lab.try}
          </Button>
          <Button icon={<SaveOutlined aria-hidden />} loading={save.isPending} onClick={() => save.mutate(false)}>
            {t.common.save}
          </Button>
          {draft.id && (
            <Button icon={<CopyOutlined aria-hidden />} loading={save.isPending} onClick={() => save.mutate(true)}>
              {t.lab.saveAs}
            </Button>
          )}
          <Tooltip title={draft.id ? undefined : t.lab.saveFirst}>
            <Button icon={<SendOutlined aria-hidden />} type="primary" disabled={!draft.id} onClick={() => setSubmitting(true)}>
              {t.lab.submit}
            </Button>
          </Tooltip>
        </Flex>
      </header>
      <div className="lab-grid">
        <aside className="lab-left" aria-label={t.lab.resources}>
          <Catalog tables={page.tables ?? []} insert={(word) => write(`${draft.text}${draft.text && !/\s$/.test(draft.text) ? " " : ""}${word}`)} />
        </aside>
        <section className="lab-middle">
          <Flex gap={10} align="center" className="lab-bar">
            <Input aria-label={t.common.name} value={draft.name} onChange={(e) => setDraft({ ...draft, name: e.target.value })} maxLength={100} style={{ maxWidth: 280 }} />
            <Segmented<"A" | "B" | "C">
              value={draft.class}
              onChange={(value) => setDraft({ ...draft, class: value })}
              options={[
                { value: "A", label: t.model.classes.A },
                { value: "B", label: t.model.classes.B },
                { value: "C", label: t.model.classes.C },
              ]}
            />
            <TrialLevel value={level} change={setLevel} />
          </Flex>
          {draft.class !== "A" && (
            <StepModule
              space={page.space.id}
              module={draft.module}
              change={(next) => {
                setDraft({ ...draft, module: next });
                if (draft.text.trim()) check.mutate({ ...body, module: next });
              }}
            />
          )}
          <div className="lab-editor">
            <Suspense fallback={<Skeleton active style={{ padding: 16 }} />}>
              <SqlEditor label={t.lab.editor} value={draft.text} onChange={write} spots={spots} schema={schema} />
            </Suspense>
          </div>
          <div className="lab-below">
            {spots.length === 0 && Boolean(failed ?? save.error) && <ProblemView problem={failed ?? save.error} />}
            {spots.length > 0 && <Refusals text={check.variables?.text === draft.text ? draft.text : undefined} write={write} spots={spots} cites={refusals.length ? check.data?.cites : failed && asProblem(failed).cites} />}
            <Leaving draft={draft} summary={readReview(check.data?.review)?.summary} />
            <Tabs
              items={[
                {
                  key: "result",
                  label: t.lab.result,
                  children: attempt.data ? (
                    <>
                      <Typography.Paragraph type="secondary">
                        {attempt.data.note || t.lab.sampleNote} <Tag color={attempt.data.agreed ? "success" : "error"}>{attempt.data.agreed ? t.lab.agreed : t.lab.disagreed}</Tag>
                      </Typography.Paragraph>
                      <StepTrial steps={attempt.data.steps} />
                      {attempt.data.table ? (
                        <ResultTable table={attempt.data.table} />
                      ) : (
                        <PlainTable columns={attempt.data.columns ?? []} rows={attempt.data.rows ?? []} />
                      )}
                    </>
                  ) : (
                    <EmptyState title={t.lab.noResult} hint={t.lab.noResultHint} />
                  ),
                },
                { key: "samples", label: t.sample.title, children: <Samples space={page.space.id} tables={page.tables ?? []} /> },
                { key: "versions", label: t.lab.versions(page.versions?.length ?? 0), children: <RunsAndVersions page={page} /> },
              ]}
            />
          </div>
        </section>
        <aside className="lab-right" aria-label={t.lab.analysis}>
          <Analysis page={page} draft={draft} checked={check.data} />
        </aside>
      </div>
      {submitting && draft.id && <SubmitModal model={draft.id} name={draft.name} close={() => setSubmitting(false)} />}
    </div>
  );
}

/** What the guard refuses, where, what to write instead, and by which article. */
function Refusals({ spots, cites, text, write }: { spots: Spot[]; cites?: Cite[] | null; /** Absent while the text is no longer the one that was checked. */ text?: string; write: (text: string) => void }) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <ul className="lab-refusals" role="alert">
      {spots.map((s, i) => (
        <li key={`${s.code}-${s.start}-${i}`}>
          {s.code && <Typography.Text code>{s.code}</Typography.Text>} {language === "en-US" && s.en ? s.en : s.message}
          {s.hint && (
            <div>
              <Typography.Text type="secondary">{t.problem.suggestion}：</Typography.Text>
              <code>{s.hint}</code>
              {text !== undefined && <Apply spot={s} text={text} write={write} />}
            </div>
          )}
        </li>
      ))}
      {Boolean(cites?.length) && (
        <li className="lab-basis">
          {t.problem.basis} <Citations cites={cites} />
        </li>
      )}
    </ul>
  );
}

function Apply({ spot, text, write }: { spot: Spot; text: string; write: (text: string) => void }) {
  const t = useText();
  const r = replacement(text, spot);
  return (
    r && (
      <Button size="small" type="link" onClick={() => write(rewritten(text, r))}>
        {t.lab.applyHint}
      </Button>
    )
  );
}

export default function Workbench() {
  const { id = "" } = useParams();
  const query = useItem("/v1/spaces/{id}", { path: { id } });
  return <Loaded query={query}>
      {(page) => (
        <Marked space={id}>
          <Bench page={page} />
        </Marked>
      )}
    </Loaded>;
}
