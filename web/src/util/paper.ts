/** A paper's title in the marks of a title, once: packs quote some titles with them. */
export function paper(title: string): string {
  return title.startsWith("《") ? title : `《${title}》`;
}
