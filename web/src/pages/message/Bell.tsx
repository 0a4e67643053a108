import { BellOutlined } from "@ant-design/icons";
import { Badge, Button, Popover, Skeleton } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useList } from "@/api/hooks";
import { useText } from "@/text";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { MessageLine, useMarkRead, useMessageCount } from "./parts";
import "./message.css";

function Newest({ close }: { close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const read = useMarkRead();
  const unread = useList("/v1/messages", { query: { view: "unread", limit: 8 } });
  return (
    <div className="bell-list">
      {unread.problem && <ProblemView problem={unread.problem} />}
      {unread.loading && <Skeleton active title={false} />}
      {unread.items?.length === 0 && <EmptyState title={t.message.noneUnread} hint={t.message.emptyHint} />}
      <ul className="message-list">
        {unread.items?.map((m) => (
          <li key={m.id}>
            <MessageLine message={m} onOpen={close} />
          </li>
        ))}
      </ul>
      <div className="bell-foot">
        <Button
          size="small"
          type="text"
          loading={read.isPending}
          disabled={!unread.items?.length}
          title={unread.items?.length ? undefined : t.message.noneUnread}
          onClick={() => read.mutate([])}
        >
          {t.message.readAll}
        </Button>
        <Button
          size="small"
          type="link"
          onClick={() => {
            close();
            void navigate(path.messages());
          }}
        >
          {t.message.all}
        </Button>
      </div>
    </div>
  );
}

/** The bell in the head of the console: how much was not read, and the newest of it. */
export function Bell() {
  const t = useText();
  const [open, setOpen] = useState(false);
  const count = useMessageCount();
  const n = count.data?.unread ?? 0;
  return (
    <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} title={t.message.title} content={open && <Newest close={() => setOpen(false)} />}>
      <Button type="text" className="on-navy" aria-label={t.message.bell(n)} title={t.message.bell(n)}>
        <Badge count={n} size="small" overflowCount={99}>
          <BellOutlined style={{ fontSize: 16, color: "#fff" }} aria-hidden />
        </Badge>
      </Button>
    </Popover>
  );
}
