import { Alert, Button, DatePicker, Flex, Skeleton, Tag, Timeline, Typography } from "antd";
import dayjs from "dayjs";
import { Link, useSearchParams } from "react-router";
import { useItem, useList } from "@/api/hooks";
import { useSession } from "@/api/session";
import type { TraceStep } from "@/api/types";
import { actName } from "@/pages/ledger/names";
import { useLanguage, useText, type Words, wordFor } from "@/text";
import { tone } from "@/theme";
import { dayOf, dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import { Grade } from "./Grade";
import { EmptyState, ProblemPage } from "./ProblemView";
import { Receipt } from "./Receipt";

type Endpoint = "/v1/catalog/{id}/lifecycle" | "/v1/releases/{id}/trace" | "/v1/services/{id}/trace";

/** The page of an object of the chain, where it has one. */
function pageOf(kind: string, id: string): string | undefined {
  const pages: Record<string, (id: string) => string> = {
    entry: path.catalogEntry,
    scenario: path.scenario,
    agreement: path.agreement,
    grant: path.grant,
    "data-application": path.application,
    "model-version": path.model,
    release: path.release,
    deployment: path.service,
    statistics: path.statistics,
    exit: path.exit,
    matter: path.matter,
  };
  return pages[kind]?.(id);
}

function Name({ kind, id, title, reachable }: { kind: string; id: string; title: string; reachable: boolean }) {
  const to = pageOf(kind, id);
  return reachable && to ? <Link to={to}>{title}</Link> : title;
}

const colors: Record<string, string> = { use: tone.warn, result: tone.warn, delivery: tone.good, destruction: tone.bad };

/** The steps of one day. */
function day(t: Words, steps: TraceStep[], reachable: (step: TraceStep) => boolean) {
  return steps.map((s) => ({
    key: `${s.seq ?? s.at}${s.stage}${s.object}`,
    color: colors[s.stage] ?? "#17509e",
    content: (
      <>
        <Flex gap="4px 10px" wrap align="center">
          <Tag>{wordFor(t.trace.stages, s.stage)}</Tag>
          <Typography.Text strong>{s.act ? actName(t, s.act) : t.trace.openTaken}</Typography.Text>
          <Typography.Text type="secondary">{minute(s.at)}</Typography.Text>
          {s.count !== undefined && <Typography.Text>{t.trace.times(s.count)}</Typography.Text>}
          {s.grade && <Grade grade={s.grade} />}
          {s.seq !== undefined && reachable(s) && <Receipt seq={s.seq} />}
        </Flex>
        <div>
          {wordFor(t.trace.kinds, s.kind)}：<Name kind={s.kind} id={s.object} title={s.title} reachable={reachable(s)} />
          {s.matter && s.kind !== "matter" && reachable(s) && (
            <>
              {" · "}
              <Link to={path.matter(s.matter)}>{t.trace.openMatter}</Link>
            </>
          )}
        </div>
        {s.org_name && <Typography.Text type="secondary">{s.org_name}</Typography.Text>}
        {s.note && <div>{s.note}</div>}
        {Boolean(s.rests?.length) && (
          <Typography.Text type="secondary" style={{ display: "block" }}>
            {t.trace.restsOn}
            {s.rests?.map((r, i) => (
              <span key={r.id}>
                {i > 0 && "、"}
                <Name kind={r.kind} id={r.id} title={wordFor(t.trace.kinds, r.kind)} reachable={reachable(s)} />
              </span>
            ))}
          </Typography.Text>
        )}
      </>
    ),
  }));
}

/** One dated chain: its stages with their counts, where it does not hold, and every step with its place in the ledger. */
export function TraceView({ endpoint, id, lead }: { endpoint: Endpoint; id: string; lead: string }) {
  const t = useText();
  const { language } = useLanguage();
  const me = useSession();
  const [search, setSearch] = useSearchParams();
  const asked = { stage: search.get("stage") ?? undefined, from: search.get("from") ?? undefined, until: search.get("until") ?? undefined };
  const head = useItem(endpoint, { path: { id }, query: { limit: 1 } });
  const list = useList(endpoint, { path: { id }, query: { ...asked, limit: 100 } as never });
  const choose = (changes: Record<string, string | undefined>) =>
    setSearch(
      (before) => {
        for (const [name, value] of Object.entries(changes)) {
          if (value) before.set(name, value);
          else before.delete(name);
        }
        return before;
      },
      { replace: true },
    );
  const overseer = Boolean(me?.roles?.some((r) => ["data-bureau", "platform-operator", "auditor"].includes(r)));
  const reachable = (s: TraceStep) => overseer || (Boolean(me?.org) && s.org === me?.org);
  const problem = list.problem ?? head.error;
  if (problem && !list.items) return <ProblemPage problem={problem} retry={list.refresh} />;
  if (!head.data || !list.items) return <Skeleton active paragraph={{ rows: 8 }} />;
  const gaps = head.data.gaps ?? [];
  const days = new Map<string, TraceStep[]>();
  for (const s of list.items as TraceStep[]) days.set(dayOf(s.at), [...(days.get(dayOf(s.at)) ?? []), s]);
  return (
    <>
      <Typography.Paragraph type="secondary">{lead}</Typography.Paragraph>
      <Flex gap={8} wrap role="group" aria-label={t.trace.byStage} style={{ marginBottom: 12 }}>
        <Button size="small" type={asked.stage ? "default" : "primary"} aria-pressed={!asked.stage} onClick={() => choose({ stage: undefined })}>
          {t.common.all} {head.data.stages?.reduce((n, s) => n + s.steps, 0)}
        </Button>
        {head.data.stages?.map((s) => (
          <Button
            key={s.stage}
            size="small"
            danger={s.gaps > 0}
            type={asked.stage === s.stage ? "primary" : "default"}
            aria-pressed={asked.stage === s.stage}
            onClick={() => choose({ stage: s.stage })}
          >
            {wordFor(t.trace.stages, s.stage)} {s.steps}
            {s.gaps > 0 && ` · ${t.trace.gapsOf(s.gaps)}`}
          </Button>
        ))}
        <DatePicker.RangePicker
          size="small"
          aria-label={t.trace.period}
          value={asked.from && asked.until ? [dayjs(asked.from), dayjs(asked.until)] : null}
          onChange={(v) => choose({ from: v?.[0]?.format("YYYY-MM-DD"), until: v?.[1]?.format("YYYY-MM-DD") })}
        />
      </Flex>
      {gaps.length > 0 ? (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 16 }}
          title={t.trace.hasGaps(gaps.length)}
          description={
            <ul className="problem-spots">
              {gaps.map((g) => (
                <li key={`${g.object}${g.why}`}>
                  {wordFor(t.trace.stages, g.stage)}：{g.title} {g.why} <Typography.Text type="secondary">{g.object}</Typography.Text>
                </li>
              ))}
            </ul>
          }
        />
      ) : (
        <Alert type="success" showIcon style={{ marginBottom: 16 }} title={t.trace.noGaps} />
      )}
      {list.items.length === 0 && <EmptyState title={t.trace.none} hint={t.trace.noneHint} />}
      {[...days].map(([date, steps]) => (
        <section key={date} aria-label={dayWithWeekday(date, language)}>
          <Typography.Title level={3} style={{ margin: "8px 0 12px", fontSize: 16 }}>
            {dayWithWeekday(date, language)}
          </Typography.Title>
          <Timeline items={day(t, steps, reachable)} />
        </section>
      ))}
      {list.more && (
        <Button loading={list.loadingMore} onClick={list.more}>
          {t.common.more}
        </Button>
      )}
    </>
  );
}
