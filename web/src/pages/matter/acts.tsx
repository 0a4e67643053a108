import { DownOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Expert, MatterPage, MatterStep, Me, Option, Outsider } from "@/api/types";
import { type Words, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FormModal, type FormField } from "@/ui/FormModal";
import { path } from "@/util/path";
import { withinWords } from "@/util/within";
import { oversees } from "@/util/rights";
import { ClockPreview } from "./ClockPreview";
import { askOf } from "./cosign";
import { DecideModal } from "./DecideModal";
import { SupplementModal } from "./SupplementModal";

/** The values of every small form on a matter; each act asks for some of them. */
interface Values {
  reason: string;
  to: string;
  account: string;
  accounts: string[];
  binding?: boolean;
  days: number;
  until: string;
  day: string;
  verdict: "pass" | "refuse" | "agree" | "disagree";
  accept: string;
  text: string;
  topic: string;
  grounds: string;
  number?: string;
  paper?: string;
}

/** The answer of somebody who was asked to cosign. */
interface Answer {
  verdict: "agree" | "disagree";
  reason: string;
}

interface Colleague {
  account: string;
  name: string;
}

/** Bodies outside one's own that the step lets be asked, and their people. */
function pickable(outsiders: readonly Outsider[], t: Words): { value: string; label: string }[] {
  return outsiders.map((o) => ({ value: o.to, label: o.name ? [o.org_name, `${o.name}（${o.role_title}）`].filter(Boolean).join(" ") : t.matter.wholeBody(o.org_name ?? "", o.role_title) }));
}

/** What each act asks for, and how it is sent. */
function formOf(option: Option, page: MatterPage, step: MatterStep | undefined, colleagues: readonly Colleague[], outsiders: readonly Outsider[], experts: readonly Expert[], me: Me, t: Words): { lead?: string; fields: FormField<Values>[]; run: (v: Values) => Promise<unknown>; danger?: boolean; preview?: (v: Partial<Values>) => ReactNode } | undefined {
  const m = t.matter;
  const at = { path: { id: page.matter.id } };
  const on = step?.id ?? "";
  const reason: FormField<Values> = { name: "reason", label: t.common.reason, kind: "area", need: true, extra: m.reasonHint };
  const people = colleagues.map((c) => ({ value: c.account, label: c.name }));
  const anybody = [...people, ...pickable(outsiders, t)];
  const elsewhere = pickable(outsiders.filter((o) => !o.name && o.role === step?.role), t);
  const clocks = { matter: page.matter.id, step: on, now: step?.clocks ?? [] };
  const lead = outsiders.length > 0 ? m.outsideLead : undefined;
  switch (option.act) {
    case "matter.transfer":
      return {
        fields: [{ name: "to", label: m.transferTo, kind: "select", need: true, options: [{ value: "organization", label: m.everyone }, ...people, ...elsewhere] }, reason],
        run: ({ to, reason }) => post("/v1/matters/{id}/transfer", at, { step: on, to, reason }),
      };
    case "matter.cosign":
      return {
        lead,
        fields: [{ name: "account", label: m.cosignBy, kind: "select", need: true, options: anybody }, { name: "binding", label: m.cosignBinding, kind: "check" }, reason],
        run: ({ account, binding, reason }) => post("/v1/matters/{id}/cosign", at, { step: on, account, binding, reason }),
      };
    case "matter.copy":
      return {
        lead,
        fields: [{ name: "accounts", label: m.copyTo, kind: "multiple", need: true, options: anybody }, reason],
        run: ({ accounts, reason }) => post("/v1/matters/{id}/copy", at, { accounts, reason }),
      };
    case "matter.urge":
      return { fields: [reason], run: ({ reason }) => post("/v1/matters/{id}/urge", at, { reason }) };
    case "matter.supervise":
      return {
        fields: [{ name: "until", label: m.superviseUntil, kind: "day", need: true }, reason],
        run: ({ until, reason }) => post("/v1/matters/{id}/supervise", at, { step: on, until, reason }),
      };
    case "matter.pause":
      return {
        fields: [{ ...reason, kind: "select", options: step?.pause?.for?.map((r) => ({ value: r, label: r })), extra: m.pauseHint }],
        preview: (v) => <ClockPreview {...clocks} pause={v.reason} />,
        run: ({ reason }) => post("/v1/matters/{id}/pause", at, { step: on, reason }),
      };
    case "matter.resume":
      return { fields: [reason], preview: () => <ClockPreview {...clocks} resume />, run: ({ reason }) => post("/v1/matters/{id}/resume", at, { step: on, reason }) };
    case "matter.recuse":
      return { fields: [reason], danger: true, run: ({ reason }) => post("/v1/matters/{id}/recuse", at, { step: on, reason }) };
    case "matter.extend":
      return {
        fields: [{ name: "days", label: m.extendBy, kind: "number", need: true, initial: step?.extend?.n, extra: step?.extend && m.extendHint(withinWords(step.extend, t) ?? "") }, reason],
        preview: (v) => <ClockPreview {...clocks} extend={v.days} />,
        run: ({ days, reason }) => post("/v1/matters/{id}/extend", at, { step: on, days, reason }),
      };
    case "matter.record":
      return {
        fields: [
          { name: "day", label: m.recordDay, kind: "day", need: true, extra: m.recordHint },
          { name: "verdict", label: m.outcome, kind: "select", need: true, options: (step?.may ?? []).filter((v) => v !== "return").map((v) => ({ value: v, label: wordFor(t.outcomes, v) })) },
          { name: "number", label: t.notice.document },
          { name: "paper", label: m.recordPaper, kind: "file" },
          reason,
        ],
        run: ({ day, verdict, reason, number, paper }) =>
          post("/v1/matters/{id}/record", at, {
            step: on,
            day,
            verdict,
            reason,
            checks: Object.fromEntries((step?.checks ?? []).map((c) => [c.id, verdict === "pass" || verdict === "agree"])),
            document: number && paper ? { number, digest: paper } : undefined,
          }),
      };
    case "matter.record.confirm":
      return {
        fields: [
          {
            name: "accept",
            label: m.outcome,
            kind: "select",
            need: true,
            options: [
              { value: "yes", label: m.recordAccept },
              { value: "no", label: m.recordReject },
            ],
          },
          reason,
        ],
        run: ({ accept, reason }) => post("/v1/matters/{id}/record/confirm", at, { step: on, accept: accept === "yes", reason }),
      };
    case "matter.correct": {
      // One's own opinion first; a colleague's where one handles the step for the same organization.
      const given = (step?.opinions ?? []).filter((o) => o.account === me.account || (Boolean(me.org) && o.org === me.org));
      const first = given.find((o) => o.account === me.account) ?? given[0];
      return {
        lead: m.correctLead,
        fields: [
          { name: "account", label: m.correctOf, kind: "select", need: true, initial: first?.account, options: given.map((o) => ({ value: o.account, label: o.name })) },
          { name: "text", label: m.correctText, kind: "area", need: true, initial: first?.corrected?.at(-1)?.text ?? first?.reason },
          { name: "reason", label: m.correctWhy, kind: "area", need: true },
        ],
        run: ({ account, text, reason }) => post("/v1/matters/{id}/correct", at, { step: on, account, text, reason }),
      };
    }
    case "matter.revoke":
      return { fields: [reason], danger: true, run: ({ reason }) => post("/v1/matters/{id}/revoke", at, { reason }) };
    case "matter.offline.ask":
      return { lead: m.offlineLead, fields: [reason], run: ({ reason }) => post("/v1/matters/{id}/offline", at, { step: on, reason }) };
    case "matter.offline.consent":
      return {
        lead: step?.offline?.reason,
        fields: [{ name: "accept", label: m.outcome, kind: "select", need: true, options: [{ value: "yes", label: wordFor(t.outcomes, "agree") }, { value: "no", label: wordFor(t.outcomes, "disagree") }] }, reason],
        run: ({ accept, reason }) => post("/v1/matters/{id}/offline-consent", at, { step: on, allow: accept === "yes", reason }),
      };
    case "matter.offline.switch":
      return { lead: m.offlineSwitchLead, fields: [reason], run: ({ reason }) => post("/v1/matters/{id}/offline-switch", at, { step: on, reason }) };
    case "matter.opine":
      return {
        lead: m.opineLead,
        fields: [{ name: "verdict", label: m.outcome, kind: "select", need: true, options: (["agree", "disagree"] as const).map((v) => ({ value: v, label: wordFor(t.outcomes, v) })) }, reason],
        run: ({ verdict, reason }) => post("/v1/matters/{id}/opine", at, { step: on, verdict: verdict as "agree", reason }),
      };
    case "matter.consult":
      return {
        lead: m.consultLead,
        fields: [
          { name: "topic", label: m.consultTopic, need: true, max: 120, extra: m.consultTopicHint },
          { name: "text", label: m.consultQuestion, kind: "area", need: true, max: 5000 },
          { name: "accounts", label: m.consultExperts, kind: "multiple", need: true, options: experts.map((e) => ({ value: e.account, label: `${e.name}（${e.fields?.join("、")}）` })) },
        ],
        run: ({ topic, text, accounts }) => post("/v1/matters/{id}/consult", at, { topic, question: text, experts: accounts }),
      };
    case "matter.advise":
      return {
        lead: page.matter.consultations?.find((c) => c.id === option.on)?.question,
        fields: [{ name: "text", label: m.advice, kind: "area", need: true, max: 10000 }, { name: "paper", label: m.advicePaper, kind: "file" }],
        run: ({ text, paper }) => post("/v1/matters/{id}/advise", at, { consultation: option.on ?? "", text, papers: paper ? [paper] : undefined }),
      };
    case "matter.appeal":
      return { fields: [{ name: "grounds", label: m.grounds, kind: "area", need: true, max: 5000 }], run: ({ grounds }) => post("/v1/matters/{id}/appeal", at, { grounds }) };
    default:
      return undefined;
  }
}

// What most people came for stands open; the rest of an office's vocabulary is one click away, with the same reasons.
const first = ["matter.decide", "matter.read", "matter.supplement", "matter.appeal", "matter.record.confirm", "matter.advise", "matter.opine"];

/** The acts of a matter: deciding stands once for each open step that is addressed to the reader. */
export function MatterActs({ page, me }: { page: MatterPage; me: Me }) {
  const t = useText();
  const [deciding, setDeciding] = useState<MatterStep>();
  const [supplementing, setSupplementing] = useState(false);
  const [asking, setAsking] = useState<Option>();
  const navigate = useNavigate();
  const colleagues = useItem("/v1/colleagues").data?.items ?? [];
  const consults = page.acts?.some((o) => o.act === "matter.consult" && o.allowed);
  const experts = (useItem("/v1/experts", {}, { enabled: Boolean(consults) && oversees(me) }).data?.experts ?? []).filter((e) => e.state === "confirmed");
  const { matter } = page;
  const withdraw = useAct((reason: string) => post("/v1/matters/{id}/withdraw", { path: { id: matter.id } }, { reason }));
  const read = useAct(() => post("/v1/matters/{id}/read", { path: { id: matter.id } }));
  const stepOf = (id?: string) => matter.steps?.find((s) => s.id === id);
  // A copy is sent from the step that one holds; the others name theirs.
  const seat = page.acts?.find((o) => o.act === "matter.cosign" && o.allowed)?.on;
  const from = asking && ["matter.cosign", "matter.transfer", "matter.copy"].includes(asking.act) ? stepOf(asking.on ?? seat) : undefined;
  const outsiders = useItem("/v1/matters/{id}/outsiders", { path: { id: matter.id }, query: { step: from?.id ?? "-" } }, { enabled: Boolean(from?.outside) }).data?.items ?? [];
  // Whoever was invited from another body sees the file no longer once they answered.
  const leave = () => void navigate(path.desk());
  const labelOf = (o: Option) => {
    const on = stepOf(o.on);
    if (o.act === "matter.decide" && on && askOf(on, me)) return t.matter.cosignOf(on.title);
    if (o.act === "matter.decide") return on ? t.matter.decideTitle(on.title) : t.matter.decide;
    // Several steps may be open, and opinions stand at many: then each button names its step.
    const several = page.acts?.some((other) => other.act === o.act && other.on !== o.on) || (matter.steps?.filter((s) => s.state === "open").length ?? 0) > 1;
    return [wordFor(t.matter.acts, o.act), several && on?.title].filter(Boolean).join("：");
  };
  const button = (o: Option) => {
    const primary = first.includes(o.act) && o.allowed;
    if (o.act === "matter.withdraw") return <ActButton key={o.act} block dangerous state={o} label={t.matter.withdraw} run={({ reason }) => withdraw.mutateAsync(reason ?? "")} />;
    if (o.act === "matter.read") return <ActButton key={o.act} primary={primary} state={o} label={wordFor(t.matter.acts, o.act)} run={async () => {
          const outside = matter.copies?.some((c) => c.outside && !c.read && (c.to === `account:${me.account}` || c.to.startsWith(`org:${me.org}:`)));
          await read.mutateAsync(undefined);
          if (outside) leave();
        }} />;
    return (
      <ActButton
        key={o.act + o.on}
        block={!first.includes(o.act)}
        primary={primary}
        state={o}
        label={labelOf(o)}
        run={async () => {}}
        onOpen={() => {
          if (o.act === "matter.decide") setDeciding(stepOf(o.on));
          else if (o.act === "matter.supplement") setSupplementing(true);
          else setAsking(o);
        }}
      />
    );
  };
  const known = (page.acts ?? []).filter((o) => first.includes(o.act) || o.act === "matter.withdraw" || formOf(o, page, stepOf(o.on), colleagues, [], experts, me, t));
  const more = known.filter((o) => !first.includes(o.act));
  const answerFields: FormField<Answer>[] = [
    { name: "verdict", label: t.matter.outcome, kind: "select", need: true, options: (["agree", "disagree"] as const).map((v) => ({ value: v, label: wordFor(t.outcomes, v) })) },
    { name: "reason", label: t.matter.reason, kind: "area", need: true, extra: t.matter.reasonHint },
  ];
  const form = asking && formOf(asking, page, stepOf(asking.on), colleagues, outsiders, experts, me, t);
  return (
    <>
      {known.filter((o) => first.includes(o.act)).map(button)}
      {more.length > 0 && (
        <Popover trigger="click" placement="bottomRight" title={t.matter.moreActs} content={<div className="more-acts">{more.map(button)}</div>}>
          <Button>
            {t.matter.moreActs} <DownOutlined aria-hidden style={{ fontSize: 10 }} />
          </Button>
        </Popover>
      )}
      {deciding && askOf(deciding, me) && <FormModal<Answer> title={t.matter.cosignOf(deciding.title)} ok={t.matter.submitOpinion} lead={<p>{askOf(deciding, me)?.reason}</p>} fields={answerFields} run={async (v) => {
            const outside = askOf(deciding, me)?.outside;
            await post("/v1/matters/{id}/decide", { path: { id: matter.id } }, { step: deciding.id, ...v });
            if (outside) leave();
          }} close={() => setDeciding(undefined)} />}
      {deciding && !askOf(deciding, me) && <DecideModal page={page} step={deciding} account={me.account} close={() => setDeciding(undefined)} />}
      {supplementing && <SupplementModal page={page} close={() => setSupplementing(false)} />}
      {asking && form && <FormModal<Values> title={labelOf(asking)} ok={wordFor(t.matter.acts, asking.act)} danger={form.danger} lead={form.lead && <p>{form.lead}</p>} fields={form.fields} preview={form.preview} run={async (v) => {
            await form.run(v);
            if (asking.act === "matter.recuse") void navigate(path.expert(), { state: { recused: true } });
          }} close={() => setAsking(undefined)} />}
    </>
  );
}
