import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { findKey, makeKey } from "./keystore";

test("a key signs, verifies under its public half, and does not leave the browser", async () => {
  const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
  await expect(crypto.subtle.exportKey("pkcs8", pair.privateKey)).rejects.toThrow();

  const key = await makeKey("expert-1");
  const message = new TextEncoder().encode("sha256:ab");
  const imported = await crypto.subtle.importKey("raw", new Uint8Array(key.publicKey), { name: "Ed25519" }, false, ["verify"]);
  expect(await crypto.subtle.verify({ name: "Ed25519" }, imported, new Uint8Array(await key.sign(message)), message)).toBe(true);
});

test("an account that made no key here has none", async () => {
  expect(await findKey("somebody-else")).toBeUndefined();
});
