// A person's SM2 signature (电子签名), made in this browser from the key file that their certification body gave them.
// The key is read into memory for one signature and sent nowhere.
import { fromBase64, hex, toBase64 } from "@/util/bytes";

export class CertificateError extends Error {}

export interface PersonalKey {
  /** PEM, as it is sent along. */
  certificate: string;
  /** The private scalar, hex. */
  scalar: string;
}

function block(text: string, label: string): { pem: string; der: Uint8Array<ArrayBuffer> } | undefined {
  const found = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text);
  if (!found) return undefined;
  return { pem: `${found[0]}\n`, der: fromBase64(found[1]!.replace(/\s/g, "")) };
}

// ECPrivateKey (RFC 5915) begins "INTEGER 1, OCTET STRING of 32 bytes", inside PKCS#8 or bare.
const scalarHead = [0x02, 0x01, 0x01, 0x04, 0x20];

/** Reads a file that holds the certificate and its private key, both PEM. */
export function readPersonalKey(text: string): PersonalKey {
  const certificate = block(text, "CERTIFICATE");
  const key = block(text, "PRIVATE KEY") ?? block(text, "EC PRIVATE KEY");
  if (!certificate || !key) throw new CertificateError("certificate");
  for (let at = 0; at + scalarHead.length + 32 <= key.der.length; at++) {
    if (scalarHead.every((b, i) => key.der[at + i] === b)) {
      const start = at + scalarHead.length;
      return { certificate: certificate.pem, scalar: hex(key.der.slice(start, start + 32)) };
    }
  }
  throw new CertificateError("key");
}

/** SM2 with SM3 over the UTF-8 bytes (GB/T 32918, default user id), ASN.1 DER, base64. */
export async function signSm2(key: PersonalKey, text: string): Promise<string> {
  const { sm2 } = await import("sm-crypto-v2");
  const publicKey = sm2.getPublicKeyFromPrivateKey(key.scalar);
  const der = sm2.doSignature(new TextEncoder().encode(text), key.scalar, { der: true, hash: true, publicKey });
  return toBase64(Uint8Array.from(der.match(/../g) ?? [], (b) => Number.parseInt(b, 16)));
}
