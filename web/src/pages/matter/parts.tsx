import { Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { MatterPage, MatterStep, Me, Opinion } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { minute } from "@/util/day";
import { DecideModal } from "./DecideModal";
import { SupplementModal } from "./SupplementModal";
import "./matter.css";

const verdictColor: Record<string, string> = { pass: "success", agree: "success", return: "warning", refuse: "error", disagree: "warning" };

function OpinionCard({ step, opinion }: { step: MatterStep; opinion?: Opinion }) {
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
            {opinion.late && <Tag color="error">{t.matter.late}</Tag>}
          </p>
          <p className="opinion-reason">{opinion.reason}</p>
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
            {opinion.name} · {minute(opinion.at)}
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

export function Opinions({ steps }: { steps: MatterStep[] }) {
  return (
    <div className="opinions">
      {steps.flatMap((step) =>
        step.opinions?.length
          ? step.opinions.map((o) => <OpinionCard key={`${step.id}-${o.account}`} step={step} opinion={o} />)
          : [<OpinionCard key={step.id} step={step} />],
      )}
    </div>
  );
}

/** The acts of a matter: deciding stands once for each open step that is addressed to the reader. */
export function MatterActs({ page, me }: { page: MatterPage; me: Me }) {
  const t = useText();
  const [deciding, setDeciding] = useState<MatterStep>();
  const [supplementing, setSupplementing] = useState(false);
  const { matter } = page;
  const withdraw = useAct((reason: string) => post("/v1/matters/{id}/withdraw", { path: { id: matter.id } }, { reason }));
  const step = (id?: string) => matter.steps?.find((s) => s.id === id);
  return (
    <>
      {page.acts?.map((option) => {
        if (option.act.endsWith("decide")) {
          const on = step(option.on);
          return (
            <ActButton
              key={option.act + option.on}
              primary
              state={option}
              label={on ? t.matter.decideTitle(on.title) : t.matter.decide}
              run={async () => {}}
              onOpen={() => on && setDeciding(on)}
            />
          );
        }
        if (option.act.endsWith("supplement")) {
          return <ActButton key={option.act} primary state={option} label={t.matter.supplement} run={async () => {}} onOpen={() => setSupplementing(true)} />;
        }
        if (option.act.endsWith("withdraw")) {
          return (
            <ActButton
              key={option.act}
              dangerous
              state={option}
              label={t.matter.withdraw}
              run={({ reason }) => withdraw.mutateAsync(reason ?? "")}
            />
          );
        }
        return null;
      })}
      {deciding && <DecideModal page={page} step={deciding} account={me.account} close={() => setDeciding(undefined)} />}
      {supplementing && <SupplementModal page={page} close={() => setSupplementing(false)} />}
    </>
  );
}
