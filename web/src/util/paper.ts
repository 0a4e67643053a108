/** A paper's title in the marks of a title, once: packs quote some titles with them. */
export function paper(title: string): string {
  return title.startsWith("《") ? title : `《${title}》`;
}

/** A model handed in stands in a file as its version and the digest that is signed. */
export function modelOf(d: { kind: string; text?: string }): { version: string; digest: string } | undefined {
  const [version = "", digest = ""] = d.kind === "model" ? (d.text ?? "").split(" ") : [];
  return version.startsWith("ver_") ? { version, digest } : undefined;
}
