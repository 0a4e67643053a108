// What one writes in a long form is kept in this browser until it is submitted.

const prefix = "yunei.draft.";

export function keepDraft(name: string, values: unknown): boolean {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(values));
    return true;
  } catch {
    return false;
  }
}

export function readDraft<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(prefix + name);
    return text ? (JSON.parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
}

export function dropDraft(name: string): void {
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}
