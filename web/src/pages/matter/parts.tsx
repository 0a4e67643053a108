import { Tag, Typography } from "antd";
import { useOrgName } from "@/api/org";
import type { Matter, MatterStep, Opinion } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { minute } from "@/util/day";
import "./matter.css";

const verdictColor: Record<string, string> = { pass: "success", agree: "success", return: "warning", refuse: "error", disagree: "warning" };

function OpinionCard({ step, opinion, former }: { step: MatterStep; opinion?: Opinion; former?: boolean }) {
  const t = useText();
  return (
    <section className={opinion ? "opinion" : "opinion opinion-waiting"}>
      <header>
        <b>{step.title}</b>
        <span>
          {step.role_title}
          {!step.binding && <Tag style={{ marginInlineStart: 6 }}>{t.matter.advisory}</Tag>}
        </span>
      </header>
      {opinion ? (
        <>
          <p>
            <Tag color={verdictColor[opinion.verdict]}>{wordFor(t.outcomes, opinion.verdict)}</Tag>
            {former && <Tag>{t.matter.formerRound}</Tag>}
            {opinion.late && <Tag color="error">{t.matter.late}</Tag>}
            {opinion.no_conflict && <Tag>{t.matter.interestDeclared}</Tag>}
            {opinion.day && <Tag>{t.matter.recordedOf(opinion.day)}</Tag>}
          </p>
          <p className="opinion-reason">{opinion.reason}</p>
          {opinion.excuse && <p className="quiet">{t.matter.excuseOf(opinion.excuse)}</p>}
          {Boolean(opinion.consults?.length) && <p className="quiet">{t.matter.citesAdvice(opinion.consults?.length ?? 0)}</p>}
          {opinion.document && <p className="quiet">{`${t.notice.document} ${opinion.document.number}`}</p>}
          {opinion.items?.map((lack) => (
            <p key={lack.kind + lack.what} className="quiet">{`${t.matter.lack}：${lack.what}`}</p>
          ))}
          {opinion.corrected?.map((c) => (
            <p key={c.at} className="opinion-reason">
              <Tag color="warning">{t.matter.correctedBy(c.name, minute(c.at))}</Tag>
              {c.text}
            </p>
          ))}
          {Boolean(step.checks?.length) && (
            <ul className="opinion-checks">
              {step.checks?.map((c) => (
                <li key={c.id} data-met={opinion.checks?.[c.id]}>
                  {c.title}：{opinion.checks?.[c.id] === undefined ? t.common.none : opinion.checks[c.id] ? t.matter.met : t.matter.unmet}
                </li>
              ))}
            </ul>
          )}
          <Typography.Text type="secondary">
            {opinion.for_name ? t.matter.onBehalf(opinion.name, opinion.for_name) : opinion.name} · {minute(opinion.at)}
          </Typography.Text>
          {opinion.signature && (
            <div>
              <Typography.Text type="success" copyable={{ text: opinion.signature.value }}>
                {t.matter.signed}
              </Typography.Text>
            </div>
          )}
        </>
      ) : step.state === "skipped" ? (
        <p>
          {t.states.skipped} {step.skipped && <Citation cite={step.skipped} />}
        </p>
      ) : (
        <Typography.Text type="secondary">{t.matter.waiting}</Typography.Text>
      )}
    </section>
  );
}

/** 加签: who was asked beside the step, and what they answered. */
function Asks({ step, bodies }: { step: MatterStep; bodies?: Record<string, string> }) {
  const t = useText();
  if (!step.asks?.length) return null;
  return (
    <>
      {step.asks.map((a) => (
        <section key={(a.account ?? a.org ?? "") + a.at} className={a.when ? "opinion" : "opinion opinion-waiting"}>
          <header>
            <b>{t.matter.cosignOf(step.title)}</b>
            <span>
              {[a.org && bodies?.[a.org], a.name].filter(Boolean).join(" ")}
              {a.outside && <Tag style={{ marginInlineStart: 6 }}>{t.matter.outsideTag}</Tag>}
              {a.binding && <Tag style={{ marginInlineStart: 6 }}>{t.matter.cosignMust}</Tag>}
            </span>
          </header>
          <p className="opinion-reason">{a.reason}</p>
          {a.when ? (
            <>
              <p>
                <Tag color={verdictColor[a.verdict ?? ""]}>{wordFor(t.outcomes, a.verdict)}</Tag>
                {a.answer}
              </p>
              <Typography.Text type="secondary">{minute(a.when)}</Typography.Text>
            </>
          ) : (
            <Typography.Text type="secondary">{t.matter.waiting}</Typography.Text>
          )}
        </section>
      ))}
    </>
  );
}

/** 成员单位意见: what the members of the mechanism said, beside what it resolved. */
function Voices({ step }: { step: MatterStep }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <>
      {step.voices?.map((v) => (
        <section key={v.account + v.at} className="opinion">
          <header>
            <b>{t.matter.voiceOf(orgName(v.org))}</b>
            <span>{step.title}</span>
          </header>
          <p>
            <Tag color={verdictColor[v.verdict]}>{wordFor(t.outcomes, v.verdict)}</Tag>
          </p>
          <p className="opinion-reason">{v.reason}</p>
          <Typography.Text type="secondary">
            {v.name} · {minute(v.at)}
          </Typography.Text>
        </section>
      ))}
    </>
  );
}

/** 专家咨询: questions about processing and the advice that came, apart from any step. */
export function Consultations({ list }: { list: NonNullable<Matter["consultations"]> }) {
  const t = useText();
  return (
    <div className="opinions">
      {list.map((c) => (
        <section key={c.id} className="opinion">
          <header>
            <b>{c.topic}</b>
            <span>{c.name}</span>
          </header>
          <p className="opinion-reason">{c.question}</p>
          {c.advice?.map((a) => (
            <p key={a.account}>
              <b style={{ fontWeight: 500 }}>{a.name}</b>：{a.when ? a.text : <Typography.Text type="secondary">{t.matter.waiting}</Typography.Text>}
              {a.when && <Typography.Text type="secondary"> · {minute(a.when)}</Typography.Text>}
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

export function Opinions({ steps, bodies }: { steps: MatterStep[]; bodies?: Record<string, string> }) {
  return (
    <div className="opinions">
      {steps.flatMap((step) =>
        step.opinions?.length
          ? step.opinions.map((o) => <OpinionCard key={`${step.id}-${o.account}`} step={step} opinion={o} />)
          : [<OpinionCard key={step.id} step={step} />],
      )}
      {steps.map((step) => (
        <Asks key={step.id} step={step} bodies={bodies} />
      ))}
      {steps.flatMap((step) => (step.past ?? []).map((o) => <OpinionCard key={`${step.id}-${o.account}-${o.at}`} step={step} opinion={o} former />))}
      {steps.map((step) => (
        <Voices key={step.id} step={step} />
      ))}
    </div>
  );
}
