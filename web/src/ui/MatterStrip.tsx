import { Typography } from "antd";
import { Link } from "react-router";
import { useItem } from "@/api/hooks";
import { useLanguage, useText } from "@/text";
import { dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import { Deadline } from "./Deadline";
import { Panel } from "./FilePage";
import { Procedure } from "./Procedure";
import { StateTag } from "./StateTag";
import { matterSteps } from "./steps";

/** Where an application stands: who holds it, since when, until when, on which article. */
export function MatterStrip({ id, title, day }: { id: string; title?: string; day?: string }) {
  const t = useText();
  const { language } = useLanguage();
  const query = useItem("/v1/matters/{id}", { path: { id } }, { enabled: Boolean(id) });
  const matter = query.data?.matter;
  if (!matter) return null;
  const open = matter.steps?.filter((s) => s.state === "open") ?? [];
  return (
    <Panel
      title={
        <>
          {query.data?.kind_title ?? title} {day && minute(day)} <StateTag state={matter.state} />
        </>
      }
      extra={
        <>
          {open.map((s) => (
            <Deadline key={s.id} value={s.deadline && { ...s.deadline, left: s.left, cite: s.within?.cite }} />
          ))}
          <Link to={path.matter(id)}>{t.scenario.openMatter}</Link>
        </>
      }
    >
      <Procedure steps={matterSteps(matter.steps ?? [], t)} label={query.data?.kind_title} />
      <Typography.Text type="secondary">
        {t.matter.accepted} {dayWithWeekday(matter.day, language)}
      </Typography.Text>
    </Panel>
  );
}
