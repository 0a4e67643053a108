// The expert's signing key: made in this browser, kept in its IndexedDB, never extractable. The server knows only the public half.

const database = "yunei-sign";
const store = "keys";

interface StoredKey {
  account: string;
  pair: CryptoKeyPair;
  publicKey: Uint8Array;
  created: string;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "account" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(mode: IDBTransactionMode, run: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = run(db.transaction(store, mode).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    db.close();
  }
}

export interface SigningKey {
  /** The raw 32-byte Ed25519 public key. */
  publicKey: Uint8Array;
  created: string;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

function usable(found: StoredKey): SigningKey {
  return {
    publicKey: found.publicKey,
    created: found.created,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, found.pair.privateKey, message)),
  };
}

/** The account's key in this browser, if it made one here. */
export async function findKey(account: string): Promise<SigningKey | undefined> {
  const found = (await inStore("readonly", (s) => s.get(account))) as StoredKey | undefined;
  return found && usable(found);
}

/** Makes a key for the account, replacing an older one in this browser; signatures made with that stay valid. */
export async function makeKey(account: string): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const made: StoredKey = { account, pair, publicKey, created: new Date().toISOString() };
  await inStore("readwrite", (s) => s.put(made));
  return usable(made);
}
