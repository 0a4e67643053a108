// A receipt of the ledger, verified where the reader sits: nothing the server says about it is taken for granted.
import { fromBase64, hex } from "@/util/bytes";
import { noteSignedBy, parseCheckpoint, parseNote, parseVerifierKey } from "./note";
import { leafHash, rootFromInclusion } from "./rfc6962";

/** The part of a receipt that a browser can check: the SHA-256 tree and its Ed25519 checkpoint. */
export interface Receipt {
  /** The canonical bytes of the entry, base64. */
  entry: string;
  index: number;
  size: number;
  /** Siblings from leaf to root, base64. */
  proof: string[] | null;
  /** The signed note. */
  checkpoint: string;
  /** The log's note key, `name+hash+base64`. */
  key: string;
}

export type Check = "entry" | "key" | "signature" | "size" | "inclusion";

export interface CheckResult {
  check: Check;
  ok: boolean;
  /** What was found, for a reader who wants to compare it by hand. */
  detail: string;
}

export interface Verdict {
  ok: boolean;
  checks: CheckResult[];
  entry?: unknown;
  root?: string;
}

/** WebCrypto exists only in a secure context: https, or this machine. */
export function canVerify(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

async function check(name: Check, run: () => Promise<string>): Promise<CheckResult> {
  try {
    return { check: name, ok: true, detail: await run() };
  } catch (error) {
    return { check: name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Verifies a receipt. `pinned` is the key that this browser saw for this log before: a server that shows another
 * one now is showing another ledger.
 */
export async function verifyReceipt(receipt: Receipt, pinned?: string): Promise<Verdict> {
  let entry: unknown;
  let root: string | undefined;
  const bytes = fromBase64(receipt.entry);

  const checks = [
    await check("entry", async () => {
      entry = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      return hex(await leafHash(bytes));
    }),
    await check("key", async () => {
      if (pinned !== undefined && pinned !== receipt.key) throw new Error(`${pinned} ≠ ${receipt.key}`);
      return receipt.key;
    }),
    await check("signature", async () => {
      const key = parseVerifierKey(receipt.key);
      const note = parseNote(receipt.checkpoint);
      if (parseCheckpoint(note.text).origin !== key.name) throw new Error(`${parseCheckpoint(note.text).origin} ≠ ${key.name}`);
      if (!(await noteSignedBy(note, key.name, key.key))) throw new Error(`no valid signature by ${key.name}`);
      return key.name;
    }),
    await check("size", async () => {
      const { size } = parseCheckpoint(parseNote(receipt.checkpoint).text);
      if (size !== receipt.size) throw new Error(`${size} ≠ ${receipt.size}`);
      return String(size);
    }),
    await check("inclusion", async () => {
      const signed = parseCheckpoint(parseNote(receipt.checkpoint).text);
      const computed = hex(
        await rootFromInclusion(receipt.index, signed.size, await leafHash(bytes), (receipt.proof ?? []).map(fromBase64)),
      );
      if (computed !== hex(signed.root)) throw new Error(`${computed} ≠ ${hex(signed.root)}`);
      root = computed;
      return computed;
    }),
  ];
  return { ok: checks.every((c) => c.ok), checks, entry, root };
}
