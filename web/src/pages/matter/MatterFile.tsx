import { PrinterOutlined } from "@ant-design/icons";
import { Alert, Typography } from "antd";
import { Link, useOutletContext, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { Matter, Me } from "@/api/types";
import { useLawTitle } from "@/api/law";
import { useLanguage, useText, wordFor } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { Procedure } from "@/ui/Procedure";
import { matterSteps } from "@/ui/steps";
import { StateTag } from "@/ui/StateTag";
import { Timeline } from "@/ui/Timeline";
import { dayWithWeekday } from "@/util/day";
import { path } from "@/util/path";
import { MatterActs } from "./acts";
import { Clocks } from "./Clocks";
import { DrawView } from "./DrawView";
import { Objections } from "./Objections";
import { Papers } from "./Papers";
import { Consultations, Opinions } from "./parts";
import { subjectPath } from "./subject";
import "./matter.css";

/** 督办: what was asked for by when, until it is over. */
function Supervised({ matter }: { matter: Matter }) {
  const t = useText();
  const { language } = useLanguage();
  const running = matter.supervisions?.filter((s) => !s.ended) ?? [];
  return (
    <>
      {running.map((s) => (
        <Alert key={s.at + s.step} type={s.missed ? "error" : "warning"} showIcon style={{ marginBottom: 12 }} title={t.matter.supervised(s.name, dayWithWeekday(s.until, language))} description={s.text} />
      ))}
    </>
  );
}

export default function MatterFile() {
  const t = useText();
  const lawTitle = useLawTitle();
  const { language } = useLanguage();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  // Others act on it too: whoever comes back to it within seconds must not find it as it was.
  const query = useItem("/v1/matters/{id}", { path: { id } }, { staleTime: 0 });
  return (
    <Loaded query={query}>
      {(page) => {
        const { matter } = page;
        const steps = matter.steps ?? [];
        const open = steps.filter((s) => s.state === "open");
        const closed = Boolean(matter.closed);
        const to = subjectPath(matter);
        return (
          <FilePage
            trail={[{ title: t.matter.title, to: path.matters() }, { title: matter.title }]}
            title={matter.title}
            state={<StateTag state={matter.state} />}
            clock={closed ? undefined : open.map((s) => <Deadline key={s.id} value={s.deadline && { ...s.deadline, left: s.left, cite: s.within?.cite ?? s.cite }} />)}
            acts={
              <>
                <MatterActs page={page} me={me} />
                {(matter.state === "passed" || matter.state === "refused") && <ButtonLink to={path.matterDecision(matter.id)}>{t.decision.title}</ButtonLink>}
                <ButtonLink to={path.matterPrint(matter.id)} icon={<PrinterOutlined aria-hidden />}>
                  {t.common.print}
                </ButtonLink>
              </>
            }
            facts={[
              { label: t.matter.kind, value: page.kind_title },
              { label: t.matter.applicant, value: page.applicant_name },
              { label: t.matter.accepted, value: dayWithWeekday(matter.day, language) },
              { label: t.matter.holder, value: closed ? t.file.closed : open.map((s) => `${s.role_title}（${s.title}）`).join("、") },
              { label: t.matter.subject, value: to && <Link to={to}>{t.matter.openSubject}</Link> },
              { label: t.matter.rounds, value: matter.rounds || undefined },
              { label: t.matter.appealOf, value: matter.of && <Link to={path.matter(matter.of)}>{t.common.view}</Link> },
              { label: t.procedure.appeal, value: matter.appealed && <Link to={path.matter(matter.appealed)}>{t.common.view}</Link> },
            ]}
            banner={
              <div className="file-banner">
                <Supervised matter={matter} />
                <Procedure steps={matterSteps(steps, t)} />
              </div>
            }
            tabs={[
              { key: "opinions", label: t.matter.sideBySide, content: <Opinions steps={steps} bodies={page.bodies} /> },
              ...(matter.consultations?.length ? [{ key: "consultations", label: t.matter.consultations, content: <Consultations list={matter.consultations} /> }] : []),
              { key: "documents", label: `${t.file.documents} ${matter.documents?.length ?? 0}`, content: <Papers matter={matter} /> },
              { key: "clocks", label: t.matter.clocks, content: <Clocks matter={matter} /> },
              ...(steps.some((s) => s.public) ? [{ key: "public", label: t.matter.publicTab, content: <Objections page={page} /> }] : []),
              ...(steps.some((s) => s.draw) ? [{ key: "draw", label: t.matter.drawTab, content: <DrawView matter={matter} steps={steps} /> }] : []),
              {
                key: "timeline",
                label: t.file.timeline,
                content: (
                  <Timeline
                    items={matter.events?.map((e) => {
                      const of = steps.find((s) => s.id === e.step);
                      return {
                        at: e.at,
                        title: [wordFor(t.matter.events, e.what), of?.title].filter(Boolean).join("："),
                        by: e.who,
                        text: e.reason,
                        outcome: e.what,
                        cites: e.cite ? [e.cite] : e.what === "skipped" && of?.skipped ? [of.skipped] : e.what === "opened" && of ? [of.cite] : undefined,
                      };
                    })}
                  />
                ),
              },
              {
                key: "law",
                label: t.matter.law,
                content: (
                  <ul>
                    {matter.regimes?.map((r) => (
                      <li key={r}>
                        {lawTitle(r)}{" "}
                        <Typography.Text code copyable>
                          {r}
                        </Typography.Text>
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        );
      }}
    </Loaded>
  );
}

