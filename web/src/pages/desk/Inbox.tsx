import { BellOutlined } from "@ant-design/icons";
import { Button, Checkbox, Segmented, Select, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useItem, useList } from "@/api/hooks";
import { useRegime } from "@/api/law";
import type { Task } from "@/api/types";
import { useText } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { useKindTitle } from "../notice/NoticeParts";
import { BulkModal } from "./BulkModal";
import "./desk.css";

const views = ["mine", "organization", "overdue", "done"] as const;
type View = (typeof views)[number];

export function useCounts() {
  return useItem("/v1/tasks/counts", {}, { refetchInterval: 60_000 });
}

function InboxRow({ task, done, chosen, choose }: { task: Task; done: boolean; chosen: boolean; choose?: (on: boolean) => void }) {
  const t = useText();
  return (
    <li>
      {choose && <Checkbox className="inbox-check" checked={chosen} onChange={(e) => choose(e.target.checked)} aria-label={t.desk.choose(task.title)} />}
      <Link to={path.matter(task.matter)} className="inbox-row">
        <div>
          <div className="inbox-title">
            <Tag color="blue">{task.step_title || t.desk.toRead}</Tag>
            {task.title}
            {Boolean(task.urged) && (
              <Tag color="warning" icon={<BellOutlined aria-hidden />}>
                {t.desk.urged(task.urged ?? 0)}
              </Tag>
            )}
          </div>
          <Typography.Text type="secondary">
            {task.applicant_name} · {task.kind_title} · {minute(task.opened)}
          </Typography.Text>
        </div>
      </Link>
      {done ? (
        <Typography.Text type="secondary">{minute(task.closed)}</Typography.Text>
      ) : (
        <Deadline value={task.due ? { due: task.due, left: task.left, working: true, explain: task.explain } : undefined} />
      )}
    </li>
  );
}

/** Whether two tasks can be decided by one form: the same step of the same kind of matter. */
const alike = (a: Task, b: Task) => a.kind === b.kind && a.step === b.step;

/** The inbox: mine, my organization's, overdue, done; by law; several alike decided at once, unless each is one person's own judgment. */
export function Inbox({ single }: { single?: boolean }) {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const kindTitle = useKindTitle();
  const packs = useRegime().data?.packs ?? [];
  const counts = useCounts();
  const view: View = views.find((v) => v === search.get("view")) ?? "mine";
  const kind = search.get("kind") ?? undefined;
  const inbox = useList("/v1/tasks", { query: { view, kind } });
  const [chosen, setChosen] = useState<Task[]>([]);
  const [deciding, setDeciding] = useState(false);
  const set = (name: string, value: string | undefined) => {
    setChosen([]);
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  };
  const c = counts.data;
  const upTo = (n: number | undefined) => (n === undefined ? "" : c && n >= c.cap ? ` ${n}+` : ` ${n}`);
  const label: Record<View, string> = {
    mine: t.desk.views.mine + upTo(c?.mine),
    organization: t.desk.views.organization + upTo(c?.organization),
    overdue: t.desk.views.overdue + upTo(c?.overdue),
    done: t.desk.views.done,
  };
  const laws = c?.laws ?? [];
  return (
    <Panel
      title={t.desk.inbox}
      flush
      extra={
        <Space wrap>
          {chosen.length > 0 && (
            <Button type="primary" size="small" onClick={() => setDeciding(true)}>
              {t.desk.bulk(chosen.length)}
            </Button>
          )}
          <Segmented aria-label={t.desk.inbox} size="small" value={view} onChange={(v) => set("view", v === "mine" ? undefined : v)} options={views.filter((v) => !single || v !== "organization").map((v) => ({ value: v, label: label[v] }))} />
          <Select
            size="small"
            allowClear
            aria-label={t.desk.byLaw}
            placeholder={t.desk.byLaw}
            value={kind}
            onChange={(v) => set("kind", v)}
            style={{ width: 210 }}
            options={packs.flatMap((p) => {
              const mine = laws.filter((l) => l.pack === p.id);
              return mine.length ? [{ label: p.title, options: mine.map((l) => ({ value: l.kind, label: `${kindTitle(l.kind)} ${l.count}` })) }] : [];
            })}
          />
        </Space>
      }
    >
      {inbox.problem && <ProblemView problem={inbox.problem} action={<Button onClick={inbox.refresh}>{t.common.retry}</Button>} />}
      {inbox.items?.length === 0 &&
        (view === "mine" && !kind ? <EmptyState title={t.desk.inboxEmpty} hint={t.desk.inboxEmptyHint} /> : <EmptyState title={t.list.emptyFiltered} />)}
      <ul className="inbox" aria-busy={inbox.loading}>
        {inbox.items?.map((task) => (
          <InboxRow
            key={task.id}
            task={task}
            done={view === "done"}
            chosen={chosen.some((x) => x.id === task.id)}
            // What is there to be read or supplemented is opened; only decisions of one kind are made together.
            choose={
              !single && view !== "done" && task.step !== "read" && task.step !== "supplement" && (chosen.length === 0 || chosen.some((x) => alike(x, task)))
                ? (on) => setChosen(on ? [...chosen, task] : chosen.filter((x) => x.id !== task.id))
                : undefined
            }
          />
        ))}
      </ul>
      {inbox.more && (
        <Button type="link" onClick={inbox.more} loading={inbox.loadingMore}>
          {t.common.more}
        </Button>
      )}
      {deciding && (
        <BulkModal
          tasks={chosen}
          close={() => {
            setDeciding(false);
            setChosen([]);
          }}
        />
      )}
    </Panel>
  );
}
