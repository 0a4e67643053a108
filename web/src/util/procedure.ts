// Where the steps of a procedure stand in its diagram.

interface Waiting {
  id: string;
  after?: string[] | null;
  beside?: string;
}

/** What a step waits for: what it names, or what the step beside it waits for. A step that waits for nothing opens at acceptance. */
function waitsFor<T extends Waiting>(step: T, byId: Map<string, T>): T[] {
  const names = step.after?.length ? step.after : step.beside ? (byId.get(step.beside)?.after ?? []) : [];
  return names.map((id) => byId.get(id)).filter((s) => s !== undefined);
}

/** Steps in columns: a step stands one column right of all it waits for; parallel steps share a column. */
export function columnsOf<T extends Waiting>(steps: readonly T[]): T[][] {
  const column = new Map<string, number>();
  const byId = new Map(steps.map((s) => [s.id, s]));
  const place = (step: T, seen: Set<string>): number => {
    const known = column.get(step.id);
    if (known !== undefined) return known;
    if (seen.has(step.id)) return 0;
    const trail = new Set(seen).add(step.id);
    const at = Math.max(-1, ...waitsFor(step, byId).map((s) => place(s, trail))) + 1;
    column.set(step.id, at);
    return at;
  };
  const columns: T[][] = [];
  for (const step of steps) (columns[place(step, new Set())] ??= []).push(step);
  return columns.filter(Boolean);
}

/** The arrows of the diagram, from step to step. */
export function arrowsOf<T extends Waiting>(steps: readonly T[]): { from: string; to: string }[] {
  const byId = new Map(steps.map((s) => [s.id, s]));
  return steps.flatMap((step) => waitsFor(step, byId).map((s) => ({ from: s.id, to: step.id })));
}
