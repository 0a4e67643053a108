import { Button, Flex, Statistic, Tag, Typography } from "antd";
import { Link, useNavigate, useOutletContext } from "react-router";
import { useList } from "@/api/hooks";
import { useRoleTitle } from "@/api/law";
import type { Me, Task } from "@/api/types";
import { useText } from "@/text";
import { tone } from "@/theme";
import { Deadline } from "@/ui/Deadline";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { shortcutsFor } from "./shortcuts";
import "./desk.css";

function InboxRow({ task }: { task: Task }) {
  return (
    <li>
      <Link to={path.matter(task.matter)} className="inbox-row">
        <div>
          <div className="inbox-title">
            <Tag color="blue">{task.step_title}</Tag>
            {task.title}
          </div>
          <Typography.Text type="secondary">
            {task.applicant_name} · {task.kind_title} · {minute(task.opened)}
          </Typography.Text>
        </div>
      </Link>
      <Deadline value={task.due ? { due: task.due, left: task.left, working: true, explain: task.explain } : undefined} />
    </li>
  );
}

export function Inbox() {
  const t = useText();
  const inbox = useList("/v1/tasks");
  return (
    <Panel title={t.desk.inbox} flush>
      {inbox.problem && <ProblemView problem={inbox.problem} action={<Button onClick={inbox.refresh}>{t.common.retry}</Button>} />}
      {inbox.items?.length === 0 && <EmptyState title={t.desk.inboxEmpty} hint={t.desk.inboxEmptyHint} />}
      <ul className="inbox">
        {inbox.items?.map((task) => (
          <InboxRow key={task.id} task={task} />
        ))}
      </ul>
      {inbox.more && (
        <Button type="link" onClick={inbox.more}>
          {t.common.more}
        </Button>
      )}
    </Panel>
  );
}

function Recent() {
  const t = useText();
  const navigate = useNavigate();
  const matters = useList("/v1/matters", { query: { limit: 8 } });
  return (
    <Panel title={t.matter.title} extra={<Link to={path.matters()}>{t.portal.all}</Link>} flush>
      {matters.problem && <ProblemView problem={matters.problem} />}
      {matters.items?.length === 0 && <EmptyState title={t.matter.empty} hint={t.matter.emptyHint} />}
      <ul className="inbox">
        {matters.items?.slice(0, 8).map((m) => (
          <li key={m.id}>
            <Button type="text" className="recent-row" onClick={() => void navigate(path.matter(m.id))}>
              <span>{m.title}</span>
              <Typography.Text type="secondary">{m.step || m.kind_title}</Typography.Text>
            </Button>
            <StateTag state={m.state} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export default function Desk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const roleTitle = useRoleTitle();
  const inbox = useList("/v1/tasks");
  const overdue = inbox.items?.filter((task) => (task.left ?? 0) < 0).length ?? 0;
  const soon = inbox.items?.filter((task) => task.left !== undefined && task.left >= 0 && task.left <= 1).length ?? 0;
  return (
    <>
      <PageHead
        title={t.desk.hello(me.name)}
        lead={[me.org_name, ...(me.roles ?? []).map((r) => roleTitle(r) ?? t.roles[r])].filter(Boolean).join(" · ")}
      />
      <div className="desk-counts">
        <Statistic title={t.desk.inbox} value={inbox.items?.length ?? 0} loading={inbox.loading} />
        <Statistic title={t.desk.dueSoon} value={soon} loading={inbox.loading} styles={{ content: { color: soon ? tone.warn : undefined } }} />
        <Statistic title={t.desk.overdueTitle} value={overdue} loading={inbox.loading} styles={{ content: { color: overdue ? tone.bad : undefined } }} />
      </div>
      <div className="desk-grid">
        <div>
          <Inbox />
          <Recent />
        </div>
        <div>
          <Panel title={t.desk.shortcuts}>
            <Flex gap={10} vertical>
              {shortcutsFor(me.roles ?? [], t).map((s) => (
                <Link key={s.to} to={s.to} className="shortcut">
                  {s.icon}
                  <span>
                    <b>{s.label}</b>
                    <small>{s.hint}</small>
                  </span>
                </Link>
              ))}
            </Flex>
          </Panel>
        </div>
      </div>
    </>
  );
}
