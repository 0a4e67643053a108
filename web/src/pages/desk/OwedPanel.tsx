import { Link } from "react-router";
import { useList } from "@/api/hooks";
import { useText } from "@/text";
import { Panel } from "@/ui/FilePage";
import { path } from "@/util/path";
import { MessageLine } from "../message/parts";
import "../message/message.css";

/** What is owed outside matters, the nearest day first; nothing is shown where nothing is. */
export function OwedPanel() {
  const t = useText();
  const owed = useList("/v1/messages", { query: { view: "owed", limit: 8 } });
  if (!owed.items?.length) return null;
  return (
    <Panel title={t.message.owedTitle} extra={<Link to={path.messages("owed")}>{t.portal.all}</Link>}>
      <ul className="message-list">
        {owed.items.map((m) => (
          <li key={m.id}>
            <MessageLine message={m} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
