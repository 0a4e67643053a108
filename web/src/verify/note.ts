// C2SP signed notes and tlog checkpoints: the text under which the ledger's head is published.
import { fromBase64 } from "@/util/bytes";

export class NoteError extends Error {}

export interface NoteSignature {
  name: string;
  keyHash: Uint8Array;
  signature: Uint8Array<ArrayBuffer>;
}

export interface Note {
  /** The signed bytes: everything up to and with the newline before the empty line. */
  text: string;
  signatures: NoteSignature[];
}

/** "A note is text, ending in newline, followed by a blank line, followed by one or more signature lines." */
export function parseNote(source: string): Note {
  const split = source.lastIndexOf("\n\n");
  if (split < 0) throw new NoteError("the note has no signature block");
  const text = source.slice(0, split + 1);
  const signatures: NoteSignature[] = [];
  for (const line of source.slice(split + 2).split("\n")) {
    if (line === "") continue;
    const found = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line);
    if (!found) throw new NoteError("a signature line is malformed");
    const bytes = fromBase64(found[2]!);
    if (bytes.length < 5) throw new NoteError("a signature is too short");
    signatures.push({ name: found[1]!, keyHash: bytes.slice(0, 4), signature: bytes.slice(4) });
  }
  if (signatures.length === 0) throw new NoteError("the note is not signed");
  return { text, signatures };
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

/** "origin, tree size in decimal, root hash in base64, one a line; then optional extension lines." */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root] = text.split("\n");
  if (!origin || !size || !root || !/^(0|[1-9][0-9]*)$/.test(size)) throw new NoteError("this is no checkpoint");
  return { origin, size: Number(size), root: fromBase64(root) };
}

export interface VerifierKey {
  name: string;
  keyHash: string;
  key: Uint8Array<ArrayBuffer>;
}

const ed25519 = 0x01;

/** A key as `name+hash+base64(algorithm byte || key)`; only Ed25519 is checked in a browser. */
export function parseVerifierKey(vkey: string): VerifierKey {
  const [name, keyHash, ...rest] = vkey.split("+");
  const bytes = fromBase64(rest.join("+"));
  if (!name || !keyHash || bytes[0] !== ed25519 || bytes.length !== 33) throw new NoteError("this is no Ed25519 note key");
  return { name, keyHash, key: bytes.slice(1) };
}

/** "SHA-256(<name> || 0x0A || <signature type> || <public key>)[:4]" */
export async function keyHash(name: string, key: Uint8Array): Promise<Uint8Array> {
  const head = new TextEncoder().encode(`${name}\n`);
  const bytes = new Uint8Array(head.length + 1 + key.length);
  bytes.set(head);
  bytes[head.length] = ed25519;
  bytes.set(key, head.length + 1);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 4);
}

/** Whether the note carries a valid Ed25519 signature by this key. */
export async function noteSignedBy(note: Note, name: string, key: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const wanted = await keyHash(name, key);
  const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  const message = new TextEncoder().encode(note.text);
  for (const s of note.signatures) {
    if (s.name !== name || !s.keyHash.every((b, i) => b === wanted[i])) continue;
    if (await crypto.subtle.verify({ name: "Ed25519" }, imported, s.signature, message)) return true;
  }
  return false;
}
