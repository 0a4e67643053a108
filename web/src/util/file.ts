// What a file is, told by its first bytes: a name can say anything.

const starts: [string, number[]][] = [
  ["application/pdf", [0x25, 0x50, 0x44, 0x46]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];

/** The kind of a file that may be shown; undefined for anything that is only to be saved. */
export function typeOf(head: Uint8Array): string | undefined {
  const known = starts.find(([, bytes]) => bytes.every((b, i) => head[i] === b));
  if (known) return known[0];
  // Text has no control characters beside tab and line ends.
  return head.length > 0 && head.every((b) => b >= 0x20 || b === 9 || b === 10 || b === 13) ? "text/plain" : undefined;
}

const endings: Record<string, string> = { "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "text/plain": ".txt" };

export function saveBlob(name: string, bytes: Blob, type?: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name + (/\.[a-z0-9]{2,4}$/i.test(name) ? "" : (endings[type ?? ""] ?? ""));
  link.click();
  URL.revokeObjectURL(link.href);
}
