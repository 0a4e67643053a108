import { describe, expect, test } from "vitest";
import { hex } from "@/util/bytes";
import { leafHash, nodeHash, ProofError, rootFromInclusion } from "./rfc6962";

// The leaves of the reference vectors that Certificate Transparency implementations share.
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (h) => Uint8Array.from(h.match(/../g) ?? [], (b) => Number.parseInt(b, 16)),
);

const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

// The recursive definition, straight from the RFC: slow and obviously right.
async function tree(d: Uint8Array[]): Promise<Uint8Array> {
  if (d.length === 1) return leafHash(d[0]!);
  let k = 1;
  while (k * 2 < d.length) k *= 2;
  return nodeHash(await tree(d.slice(0, k)), await tree(d.slice(k)));
}

async function prove(m: number, d: Uint8Array[]): Promise<Uint8Array[]> {
  if (d.length <= 1) return [];
  let k = 1;
  while (k * 2 < d.length) k *= 2;
  return m < k
    ? [...(await prove(m, d.slice(0, k))), await tree(d.slice(k))]
    : [...(await prove(m - k, d.slice(k))), await tree(d.slice(0, k))];
}

describe("inclusion", () => {
  test("every leaf of every tree up to eight leads to the published root", async () => {
    for (let size = 1; size <= leaves.length; size++) {
      for (let index = 0; index < size; index++) {
        const d = leaves.slice(0, size);
        const root = await rootFromInclusion(index, size, await leafHash(d[index]!), await prove(index, d));
        expect(hex(root), `leaf ${index} of ${size}`).toBe(roots[size - 1]);
      }
    }
  });

  test("another leaf, another place or another size leads elsewhere or nowhere", async () => {
    const proof = await prove(2, leaves.slice(0, 7));
    const right = roots[6];
    expect(hex(await rootFromInclusion(2, 7, await leafHash(leaves[3]!), proof))).not.toBe(right);
    expect(hex(await rootFromInclusion(3, 7, await leafHash(leaves[2]!), proof))).not.toBe(right);
    await expect(rootFromInclusion(2, 3, await leafHash(leaves[2]!), proof)).rejects.toThrow(ProofError);
  });

  test("proofs too short, too long or out of the tree are refused", async () => {
    const leaf = await leafHash(leaves[2]!);
    const proof = await prove(2, leaves.slice(0, 7));
    await expect(rootFromInclusion(2, 7, leaf, proof.slice(1))).rejects.toThrow("shorter");
    await expect(rootFromInclusion(2, 7, leaf, [...proof, leaf])).rejects.toThrow("longer");
    await expect(rootFromInclusion(7, 7, leaf, proof)).rejects.toThrow("not in a tree");
  });
});
