import { useCallback, useSyncExternalStore } from "react";
import { get } from "./client";

// Names of organizations by id. What the pages of one moment ask for goes to the server in one question; a name once heard serves
// until the console is loaded anew.
const known = new Map<string, string>();
const asked = new Set<string>();
const answered = new Set<string>();
const listeners = new Set<() => void>();
let waiting: string[] = [];
let version = 0;

/** As many ids as one question may hold. */
const most = 200;

async function hear(ids: string[]) {
  try {
    const { names } = await get("/v1/organizations/names", { query: { ids } });
    for (const [id, name] of Object.entries(names)) known.set(id, name);
  } catch {
    // Cut off, or not signed in: the list itself says so, and the next page asks again.
    for (const id of ids) asked.delete(id);
  }
  for (const id of ids) answered.add(id);
  version++;
  for (const heard of listeners) heard();
}

function ask(id: string) {
  if (asked.has(id)) return;
  asked.add(id);
  if (waiting.length === 0) {
    queueMicrotask(() => {
      const ids = waiting;
      waiting = [];
      for (let i = 0; i < ids.length; i += most) void hear(ids.slice(i, i + most));
    });
  }
  waiting.push(id);
}

function listen(heard: () => void) {
  listeners.add(heard);
  return () => {
    listeners.delete(heard);
  };
}

/** Names before codes: an organization's name by its id, dots until it is heard; one that nobody has shows as its code. */
export function useOrgName(): (id: string) => string {
  const heard = useSyncExternalStore(listen, () => version);
  return useCallback(
    (id: string) => {
      const name = known.get(id);
      if (name !== undefined || !id.startsWith("org_")) return name ?? id;
      ask(id);
      return answered.has(id) ? id : "…";
    },
    // A new function tells those who remember what they drew that there are new names.
    [heard],
  );
}
