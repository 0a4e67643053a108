// Writes .gz and .br beside every text file of dist/, so that the server never compresses the console at run time.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const text = /\.(html|js|css|svg|json|txt|map)$/;
const worthIt = 1024;

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

let plain = 0;
let brotli = 0;
for (const path of files("dist")) {
  if (!text.test(path)) continue;
  const bytes = readFileSync(path);
  if (bytes.length < worthIt) continue;
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const small = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.br`, small);
  plain += bytes.length;
  brotli += small.length;
}
console.log(`precompressed ${(plain / 1024).toFixed(0)} KiB to ${(brotli / 1024).toFixed(0)} KiB (br)`);
