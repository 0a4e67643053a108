/** A view of a list under a name: the filters that its address carries. */
export interface View {
  name: string;
  filters: Record<string, string>;
}

const place = (list: string) => `yunei.views.${list}`;

function isView(v: unknown): v is View {
  const view = v as View;
  return typeof view?.name === "string" && typeof view.filters === "object" && view.filters !== null && Object.values(view.filters).every((f) => typeof f === "string");
}

/** What this browser keeps; what it cannot read it forgets. */
export function keptViews(list: string): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(list)) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

export function keepViews(list: string, views: View[]): void {
  try {
    localStorage.setItem(place(list), JSON.stringify(views));
  } catch {
    // A browser that forbids storage keeps them until the page is left.
  }
}
