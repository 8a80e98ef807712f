// `npm run build`: makes pkg/, the complete npm package.

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { cargoMetadata, Failure, inRoot, readJson, readText, say, whenMain } from "./common.mjs";
import { compileWasm, GLUE_FILE, WASM_FILE } from "./compile.mjs";
import { setup } from "./setup.mjs";

export const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "docs"];
const INLINE_FILE = "sds_wasm_inline.js";

function checkManifest(crateVersion) {
  const manifest = readJson("pkg.json");
  if (manifest.version !== crateVersion) {
    throw new Failure(`pkg.json says version ${manifest.version}, Cargo.toml ${crateVersion}: they must be equal`);
  }
  return manifest;
}

/** Every file the manifest's exports name, whatever the conditions. */
const exportedFiles = (exports) =>
  typeof exports === "string" ? [exports] : Object.values(exports).flatMap(exportedFiles);

/** The hand-written modules and typings: everything in js/ but the build. */
function copyModules(stage) {
  const skipped = inRoot("js", "build");
  cpSync(inRoot("js"), stage, { recursive: true, filter: (source) => source !== skipped });
  const files = readdirSync(stage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const strangers = files.map(({ name }) => name).filter((name) => !/\.(js|d\.ts)$/.test(name));
  if (strangers.length) throw new Failure(`js/ holds files that are neither modules nor typings: ${strangers.join(", ")}`);
}

/** All that the README leads to, but the screenshot: it would make the package a third larger. */
function copyDocuments(stage) {
  const isPacked = (source) => !/\.(png|json)$/.test(source);
  for (const name of DOCUMENTS) {
    if (!existsSync(inRoot(name))) throw new Failure(`${name} is missing; it is part of the package`);
    cpSync(inRoot(name), join(stage, name), { recursive: true, filter: isPacked });
  }
  writeFileSync(join(stage, "README.md"), readText("README.md").replace(/^!\[.*\]\(.*\.png\)\n\n/m, ""));
}

const inlineModule = (wasm) => `// The WebAssembly module as base64, for places that cannot fetch a file.
export default "${wasm.toString("base64")}";
`;

function stagePackage(stage, manifest, { wasm, glue }) {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  copyModules(stage);
  copyDocuments(stage);
  writeFileSync(join(stage, WASM_FILE), wasm);
  writeFileSync(join(stage, GLUE_FILE), glue);
  writeFileSync(join(stage, INLINE_FILE), inlineModule(wasm));
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const missing = exportedFiles(manifest.exports).filter((file) => !existsSync(join(stage, file)));
  if (missing.length) throw new Failure(`pkg.json exports files that js/ does not have: ${missing.join(", ")}`);
}

function reportSize(wasm) {
  const brotli = brotliCompressSync(wasm, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length } });
  const bytes = (name, { length }) => `${name} ${length.toLocaleString("en")}`;
  const sizes = [bytes("raw", wasm), bytes("gzip", gzipSync(wasm, { level: 9 })), bytes("brotli", brotli)];
  say(`${WASM_FILE}: ${sizes.join(", ")} bytes`);
}

/** Assumes that setup() has run. */
export async function build() {
  const { targetDir, version } = cargoMetadata();
  const manifest = checkManifest(version);
  const compiled = await compileWasm(targetDir);
  // Staged beside the old pkg/ and moved in whole, so that a failed build does not leave half a package.
  const stage = inRoot("pkg.new");
  try {
    stagePackage(stage, manifest, compiled);
    rmSync(inRoot("pkg"), { recursive: true, force: true });
    renameSync(stage, inRoot("pkg"));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  reportSize(compiled.wasm);
  say("pkg/ is the complete npm package");
}

await whenMain(import.meta.url, async () => {
  await setup();
  await build();
});
