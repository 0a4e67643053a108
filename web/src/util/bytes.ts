// Server positions are byte offsets of UTF-8; an editor counts UTF-16 units. One Chinese character is three of the first, one of the second.

const encoder = new TextEncoder();

/** The UTF-16 position of a UTF-8 byte offset, rounded down to a character and clamped to the text. */
export function positionOfByte(text: string, byte: number): number {
  let seen = 0;
  let position = 0;
  for (const char of text) {
    seen += encoder.encode(char).length;
    if (seen > byte) return position;
    position += char.length;
  }
  return text.length;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  let raw = "";
  for (const b of bytes) raw += String.fromCharCode(b);
  return btoa(raw);
}

export const MiB = 1024 * 1024;

/** Mebibytes with a decimal, of large ones without. */
export const mebibytes = (bytes: number) => (bytes / MiB).toFixed(bytes >= 100 * MiB ? 0 : 1);

/** A number of bytes as people read it. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < MiB ? `${(bytes / 1024).toFixed(1)} KiB` : `${mebibytes(bytes)} MiB`;
}
