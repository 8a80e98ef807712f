// What a browser loads: the code and the core, minified and compressed. By itself (`npm run bench:size`) it prints this;
// with `--check` it fails if that is more than was recorded, and `--record` records it.

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { Failure, inRoot, readJson, say, whenMain } from "../js/build/common.mjs";
import { WASM_FILE } from "../js/build/compile.mjs";
import { number, table } from "./table.mjs";

const RECORDED = inRoot("bench", "size.json");
/** How much it may grow unnoticed. */
const SLACK = 0.02;

/** Everything that each of them exports, so that nothing is left out. */
const SOURCES = {
  ours: 'export * from "#sds-wasm"; export * from "#sds-wasm/indexeddb";',
  "@waku/sds": 'export * from "@waku/sds";',
};

async function bundle(contents) {
  const options = { bundle: true, minify: true, write: false, format: "esm", platform: "browser", target: "es2022" };
  const { outputFiles } = await build({ stdin: { contents, resolveDir: inRoot() }, logLevel: "error", ...options });
  return Buffer.from(outputFiles[0].contents);
}

const COMPRESSIONS = {
  raw: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes, { level: 9 }),
  brotli: (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
};

/** `{ raw, gzip, brotli }` of files that are compressed each by itself. */
function sizes(files) {
  const total = (compress) => files.reduce((sum, file) => sum + compress(file).length, 0);
  return Object.fromEntries(Object.entries(COMPRESSIONS).map(([name, compress]) => [name, total(compress)]));
}

/** What a browser loads of each: `code` is JavaScript, `core` the WebAssembly module. */
export async function loaded() {
  const code = await bundle(SOURCES.ours);
  const core = readFileSync(inRoot("pkg", WASM_FILE));
  return {
    ours: sizes([code, core]),
    code: sizes([code]),
    core: sizes([core]),
    "@waku/sds": sizes([await bundle(SOURCES["@waku/sds"])]),
  };
}

/** Assumes that build() has run. */
export async function checkSize() {
  const { ours } = await loaded();
  const { brotli: recorded } = readJson("bench", "size.json");
  const bound = Math.floor(recorded * (1 + SLACK));
  const figures = `${number(ours.brotli)} bytes with brotli, recorded are ${number(recorded)}`;
  if (ours.brotli > bound) {
    throw new Failure(
      `a browser loads ${figures}: more than 2 % above. ` +
        "If that is what you want, `npm run bench:size -- --record` records it",
    );
  }
  say(`a browser loads ${figures}`);
}

async function record() {
  const { ours } = await loaded();
  writeFileSync(RECORDED, `${JSON.stringify(ours)}\n`);
  say(`recorded in bench/size.json: ${number(ours.brotli)} bytes with brotli`);
}

async function print() {
  const all = await loaded();
  const rows = Object.entries(all).map(([name, figures]) => [name, ...Object.values(figures).map(number)]);
  console.log(table(["bytes", ...Object.keys(COMPRESSIONS)], rows));
}

await whenMain(import.meta.url, async ([what]) => {
  const actions = { "--check": checkSize, "--record": record };
  if (what !== undefined && !actions[what]) throw new Failure(`--check or --record, got "${what}"`);
  await (actions[what] ?? print)();
});
