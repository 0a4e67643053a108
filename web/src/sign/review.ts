// An expert's signature over what they approve: the hashes of the models, and nothing the server could slip in unread.
import { get, post } from "@/api/client";
import { fromBase64, toBase64 } from "@/util/bytes";
import { findKey, makeKey, type SigningKey } from "./keystore";

export interface RegisteredKey {
  id: string;
  public: string;
  created?: string;
}

function sameKey(registered: RegisteredKey, own: SigningKey): boolean {
  return toBase64(fromBase64(registered.public)) === toBase64(own.publicKey);
}

export async function registeredKeys(): Promise<RegisteredKey[]> {
  return (await get("/v1/me/signing-keys")).items ?? [];
}

/** The account's key in this browser together with its registered id; made and registered when there is none. */
export async function ownKey(account: string): Promise<{ id: string; key: SigningKey }> {
  const key = (await findKey(account)) ?? (await makeKey(account));
  const known = (await registeredKeys()).find((k) => sameKey(k, key));
  const registered = known ?? (await post("/v1/me/signing-keys", {}, { public: toBase64(key.publicKey) }));
  return { id: registered.id, key };
}

/** Signs the text as shown. */
export async function signReview(account: string, text: string): Promise<{ key: string; signed: string; value: string }> {
  const { id, key } = await ownKey(account);
  const value = await key.sign(new TextEncoder().encode(text));
  return { key: id, signed: text, value: toBase64(value) };
}
