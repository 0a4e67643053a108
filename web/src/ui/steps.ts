// The steps of a pack's procedure, and of a matter on its way, as the diagram shows them.
import type { MatterStep, ProcedureOf } from "@/api/types";
import { type Words, wordFor } from "@/text";
import { withinWords } from "@/util/within";
import type { ProcedureStep } from "./Procedure";

type PackStep = NonNullable<ProcedureOf["steps"]>[number];

/** How a step is decided, each trait in a few words. */
function traitsOf(step: PackStep, t: Words): string[] {
  const p = t.procedure;
  return [
    step.panel ? p.panel(step.panel.size, step.panel.quorum) : undefined,
    step.people > 1 ? p.people(step.people) : undefined,
    step.vote ? p.vote(step.vote.pass) : step.join && wordFor(p.joins, step.join),
    step.publicity && p.publicity(withinWords(step.publicity.for, t) ?? "", step.publicity.blocks),
    step.records ? p.records : undefined,
    step.online ? p.online : undefined,
    ...(step.clocks ?? []).map((c) => p.clock(withinWords(c, t) ?? "")),
    step.pause?.for ? p.pause(step.pause.for.join("、")) : undefined,
    step.extend ? p.extend(withinWords(step.extend, t) ?? "") : undefined,
    step.lapse ? p.lapse(withinWords(step.lapse, t) ?? "") : undefined,
  ].flatMap((trait) => trait || []);
}

export function packSteps(procedure: ProcedureOf, t: Words): ProcedureStep[] {
  return (procedure.steps ?? []).map((s) => ({
    id: s.id,
    title: s.title,
    by: s.by_title || s.by,
    after: s.after,
    beside: s.beside,
    binding: s.binding,
    within: withinWords(s.within, t),
    cite: s.cite,
    also: s.also,
    traits: traitsOf(s, t),
    checks: s.checks?.map((c) => c.title),
    may: s.may,
    needs: s.needs?.map((n) => n.title),
  }));
}

export function matterSteps(steps: readonly MatterStep[], t: Words): ProcedureStep[] {
  return steps.map((s) => ({
    id: s.id,
    title: s.title,
    by: s.role_title || s.role,
    state: s.state,
    after: s.after,
    binding: s.binding,
    within: withinWords(s.within, t),
    deadline: s.deadline && { ...s.deadline, left: s.left, cite: s.within?.cite ?? s.cite },
    clocks: (s.clocks?.length ?? 0) > 1 ? s.clocks?.map((c) => ({ limit: withinWords(c.limit, t) ?? "", value: { ...c, cite: c.limit.cite } })) : undefined,
    cite: s.cite,
    skip_cite: s.skipped,
    traits: s.need > 1 ? [t.procedure.need(s.opinions?.length ?? 0, s.need)] : [],
  }));
}
