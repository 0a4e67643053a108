// Where the steps of a procedure stand in its diagram.

interface Waiting {
  id: string;
  after?: string[] | null;
  beside?: string;
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
    const twin = step.beside ? byId.get(step.beside) : undefined;
    const position = steps.indexOf(step);
    const before = step.after?.length
      ? step.after.map((id) => byId.get(id)).filter((s) => s !== undefined)
      : position > 0
        ? [steps[position - 1]!]
        : [];
    const at = twin ? place(twin, trail) : before.length ? Math.max(...before.map((s) => place(s, trail))) + 1 : 0;
    column.set(step.id, at);
    return at;
  };
  const columns: T[][] = [];
  for (const step of steps) (columns[place(step, new Set())] ??= []).push(step);
  return columns.filter(Boolean);
}
