import { Badge, Typography } from "antd";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Message } from "@/api/types";
import { useText, type Words, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { minute } from "@/util/day";
import { path } from "@/util/path";

/** Where the object of a message has its page; a kind without one is told without a link. */
const pages: Record<string, (id: string) => string> = {
  matter: path.matter,
  grant: path.grant,
  agreement: path.agreement,
  authorization: path.authorization,
  scenario: path.scenario,
  organization: path.organization,
  provider: path.provider,
  order: path.order,
  exit: path.exit,
  inspection: path.inspection,
  report: path.report,
  complaint: path.complaint,
  course: path.course,
  notice: path.notice,
  model: path.model,
  space: path.space,
  consent: path.consent,
  release: path.release,
  transition: path.transition,
  entry: path.catalogEntry,
};

const lists: Record<string, string> = { training: path.training(), people: path.people(), watch: path.watch(), registers: path.registers(), connection: `${path.registers()}?tab=connections`, "inspection-item": `${path.watch()}?tab=inspections`, expert: path.expert() };

export function messageLink(message: Message): string | undefined {
  const kind = message.object_kind ?? "";
  return message.object && pages[kind] ? pages[kind](message.object) : lists[kind];
}

/** The codes among a message's params in the reader's words. */
function inWords(t: Words, { params, object_kind }: Message): Record<string, string> {
  return {
    ...params,
    act: wordFor(t.ledger.acts, params.act),
    measure: wordFor(t.watch.measures, params.measure),
    ground: wordFor(t.watch.grounds, params.ground),
    report: wordFor(t.watch.reportKinds, params.kind),
    kind: wordFor(t.message.objects, params.kind ?? object_kind),
  };
}

export function useMessageCount() {
  return useItem("/v1/messages/count", {}, { refetchInterval: 60_000 });
}

export function useMarkRead() {
  return useAct((ids: string[]) => post("/v1/messages/read", {}, ids.length ? { ids } : {}));
}

/** One message as a sentence with a link to what it is about. Following the link is reading it. */
export function MessageLine({ message, onOpen }: { message: Message; onOpen?: () => void }) {
  const t = useText();
  const read = useMarkRead();
  const to = messageLink(message);
  const said = t.message.kinds[message.kind](inWords(t, message));
  const open = () => {
    if (!message.read) read.mutate([message.id]);
    onOpen?.();
  };
  return (
    <div className="message-line">
      <Badge dot={!message.read} className="message-dot" title={message.read ? undefined : t.message.unread} />
      <div>
        {to ? (
          <Link to={to} onClick={open}>
            {said}
          </Link>
        ) : (
          <span>{said}</span>
        )}
        <div>
          <Typography.Text type="secondary">{minute(message.sent)}</Typography.Text>
        </div>
      </div>
      {message.due && message.state === "owed" && <Deadline value={{ due: message.due, left: message.left, working: true }} />}
    </div>
  );
}
