import { beforeAll, describe, expect, test } from "vitest";
import { toBase64 } from "@/util/bytes";
import { keyHash } from "./note";
import { type Receipt, verifyReceipt } from "./receipt";
import { leafHash, nodeHash } from "./rfc6962";

const text = new TextEncoder();
const origin = "yunei.example/ledger";
let good: Receipt;
let sign: (size: number, root: Uint8Array, name?: string) => Promise<string>;

beforeAll(async () => {
  const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const hash = await keyHash(origin, key);
  sign = async (size, root, name = origin) => {
    const body = `${name}\n${size}\n${toBase64(root)}\n`;
    const signature = new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, text.encode(body)));
    return `${body}\n— ${name} ${toBase64(Uint8Array.of(...hash, ...signature))}\n`;
  };
  const entry = text.encode('{"act":"catalog.publish","seq":2}');
  const other = await leafHash(text.encode('{"act":"catalog.submit","seq":1}'));
  const root = await nodeHash(other, await leafHash(entry));
  const hex = Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
  good = {
    entry: toBase64(entry),
    index: 1,
    size: 2,
    proof: [toBase64(other)],
    checkpoint: await sign(2, root),
    key: `${origin}+${hex}+${toBase64(Uint8Array.of(1, ...key))}`,
  };
});

const failed = async (receipt: Receipt, pinned?: string) =>
  (await verifyReceipt(receipt, pinned)).checks.filter((c) => !c.ok).map((c) => c.check);

describe("a receipt", () => {
  test("OK, and shows the entry it proves", async () => {
    const verdict = await verifyReceipt(good);
    expect(verdict.checks.filter((c) => !c.ok)).toEqual([]);
    expect(verdict.ok).toBe(true);
    expect(verdict.entry).toEqual({ act: "catalog.publish", seq: 2 });
  });

  test("with one byte of the entry changed is not in the tree", async () => {
    const forged = toBase64(text.encode('{"act":"catalog.publish","seq":3}'));
    expect(await failed({ ...good, entry: forged })).toEqual(["inclusion"]);
  });

  test("with a root that was changed after signing has no valid signature", async () => {
    const lines = good.checkpoint.split("\n");
    lines[2] = toBase64(new Uint8Array(32));
    expect(await failed({ ...good, checkpoint: lines.join("\n") })).toEqual(["signature", "inclusion"]);
  });

  test("under another tree size does not fit its checkpoint", async () => {
    expect(await failed({ ...good, size: 3 })).toEqual(["size"]);
  });

  test("whose key is not the one seen before is another ledger's", async () => {
    expect(await failed(good, `${good.key}x`)).toEqual(["key"]);
  });

  test("signed by a stranger under the log's name is refused", async () => {
    const stranger = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", stranger.publicKey));
    const vkey = `${origin}+00000000+${toBase64(Uint8Array.of(1, ...raw))}`;
    expect(await failed({ ...good, key: vkey })).toEqual(["signature"]);
  });
});
