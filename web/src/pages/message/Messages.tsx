import { Button, Segmented, Skeleton } from "antd";
import { useSearchParams } from "react-router";
import { useList } from "@/api/hooks";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { MessageLine, useMarkRead } from "./parts";
import "./message.css";

const views = ["all", "unread", "owed"] as const;
type View = (typeof views)[number];

/** What I was told: everything, what I have not read, what is owed outside matters. */
export default function Messages() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const view = views.find((v) => v === search.get("view")) ?? "all";
  const list = useList("/v1/messages", { query: { view, limit: 30 } });
  const read = useMarkRead();
  return (
    <>
      <PageHead title={t.message.title} lead={t.message.lead} />
      <Panel
        title={
          <Segmented<View>
            aria-label={t.message.title}
            value={view}
            onChange={(v) => setSearch(v === "all" ? {} : { view: v }, { replace: true })}
            options={views.map((v) => ({ value: v, label: t.message.views[v] }))}
          />
        }
        extra={
          <Button loading={read.isPending} onClick={() => read.mutate([])}>
            {t.message.readAll}
          </Button>
        }
      >
        {list.problem && <ProblemView problem={list.problem} />}
        {read.error && <ProblemView problem={read.error} />}
        {list.loading && <Skeleton active title={false} />}
        {list.items?.length === 0 && <EmptyState title={t.message.empty[view]} hint={t.message.emptyHint} />}
        <ul className="message-list">
          {list.items?.map((m) => (
            <li key={m.id}>
              <MessageLine message={m} />
            </li>
          ))}
        </ul>
        {list.more && (
          <Button onClick={list.more} loading={list.loadingMore}>
            {t.common.more}
          </Button>
        )}
      </Panel>
    </>
  );
}
