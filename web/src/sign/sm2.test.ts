import { sm2 } from "sm-crypto-v2";
import { expect, test } from "vitest";
import { fromBase64, hex } from "@/util/bytes";
import { CertificateError, readPersonalKey, signSm2 } from "./sm2";

// Made with openssl for this test; it belongs to nobody.
const file = `-----BEGIN CERTIFICATE-----
MIIBsDCCAVegAwIBAgIUOEJaW+N4x2BiJoMIS0BZgZsG9e8wCgYIKoEcz1UBg3Uw
LjEPMA0GA1UEAwwG5rWL6K+VMRswGQYDVQQFExI5OTAwMDAxOTkwMDEwMTAwMTgw
HhcNMjYxMTIxMjAxNTI5WhcNNDYxMTE2MjAxNTI5WjAuMQ8wDQYDVQQDDAbmtYvo
r5UxGzAZBgNVBAUTEjk5MDAwMDE5OTAwMTAxMDAxODBZMBMGByqGSM49AgEGCCqB
HM9VAYItA0IABCaO9du+kVt1TGW1k96ortvpqT/d4qjGQIh3dIDl6ebMwgL9HG6I
d7gSu/l1XMwOepWpVmSIITVoGK+mkRqAClCjUzBRMB0GA1UdDgQWBBQOsbwbKF2n
i+Y3kmcL3jAL2SLbxTAfBgNVHSMEGDAWgBQOsbwbKF2ni+Y3kmcL3jAL2SLbxTAP
BgNVHRMBAf8EBTADAQH/MAoGCCqBHM9VAYN1A0cAMEQCIEAyEB5kZMklJITX5fGi
Gc4Q20bIfTrQDx2CeEuJihTeAiBActlmmtJNA5IzuxclcIM3zYdZi982JzxU0/mX
tnUIBg==
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgoIr7Bc4MKO3APhbj
DLcF12CLDKBBTVbn7Ht+Z/y0XmuhRANCAAQmjvXbvpFbdUxltZPeqK7b6ak/3eKo
xkCId3SA5enmzMIC/RxuiHe4Erv5dVzMDnqVqVZkiCE1aBivppEagApQ
-----END PRIVATE KEY-----
`;

test("a signature made from a key file verifies under the key of its certificate", async () => {
  const key = readPersonalKey(file);
  expect(key.certificate).toContain("BEGIN CERTIFICATE");
  const text = "本单位承诺：遵守《数据安全法》。";
  const signature = hex(fromBase64(await signSm2(key, text)));
  const publicKey = sm2.getPublicKeyFromPrivateKey(key.scalar);
  // The certificate carries the same point, uncompressed.
  expect(hex(fromBase64(key.certificate.replace(/-----[^-]+-----|\s/g, "")))).toContain(publicKey);
  expect(sm2.doVerifySignature(new TextEncoder().encode(text), signature, publicKey, { der: true, hash: true })).toBe(true);
  expect(sm2.doVerifySignature(new TextEncoder().encode(`${text}!`), signature, publicKey, { der: true, hash: true })).toBe(false);
});

test("a file without a certificate or key is refused", () => {
  expect(() => readPersonalKey("hello")).toThrow(CertificateError);
  expect(() => readPersonalKey(file.slice(0, file.indexOf("-----BEGIN PRIVATE KEY")))).toThrow(CertificateError);
});
