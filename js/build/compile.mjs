// Rust to an optimized WebAssembly file and its JavaScript glue.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fingerprint, inRoot, readJson, ROOT, run, say, WASM_TARGET } from "./common.mjs";
import { bindgenTool } from "./setup.mjs";

export const WASM_FILE = "sds_wasm_bg.wasm";
export const GLUE_FILE = "sds_wasm.js";

/** Cargo.toml has it. */
const PROFILE = "npm";

/** What rustc has not inlined, wasm-opt would where there is one caller: larger once it is compressed, and no faster. */
const OPTIMIZE = ["-O3", "--one-caller-inline-max-function-size=0", "--minify-imports-and-exports-and-modules"];
/** With names of functions in it, for profiles (`npm run bench:profile`), the module is larger and no faster or slower. */
if (process.env.SDS_WASM_NAMES) OPTIMIZE.push("-g");

/** How wasm-opt calls the one module that everything is imported from. */
const MODULE = "a";

/** Of rustc's inlining, that which makes the code smaller, or hardly larger. Faster than `opt-level = "s"`, and smaller. */
const INLINE = ["-inline-threshold=15", "-inlinehint-threshold=15"].flatMap((flag) => ["-C", `llvm-args=${flag}`]);

async function compile(targetDir) {
  // Panic messages name source files: those of dependencies without the home folder of who built them, so that
  // the same sources give the same bytes on every machine.
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // SHA-256, which only one dialect needs and seldom, in its small form.
  const compact = ["--cfg", 'sha2_backend_soft="compact"'];
  const flags = ["-C", "strip=debuginfo", ...INLINE, ...compact, `--remap-path-prefix=${home}=/cargo`, `--remap-path-prefix=${ROOT}=`];
  const env = { CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f") };
  await run("cargo", ["build", "--locked", "--profile", PROFILE, "--lib", "--target", WASM_TARGET], { env });
  return join(targetDir, WASM_TARGET, PROFILE, "sds_wasm.wasm");
}

async function bind(compiled, outDir) {
  rmSync(outDir, { recursive: true, force: true });
  // The entries say where the module comes from. Without --omit-default-module-path the glue would name the file too,
  // and bundlers would ship it even to those who use the inlined module.
  const args = ["--target", "web", "--no-typescript", "--omit-default-module-path", "--remove-producers-section"];
  await run(bindgenTool("wasm-bindgen"), [...args, "--out-dir", outDir, "--out-name", "sds_wasm", compiled]);
}

/**
 * wasm-opt takes seconds, so its result is kept under the fingerprint of all that it depends on. Resolves with the module's
 * file, and the one of the names that it gave to imports and exports.
 */
async function optimize(input, cacheDir) {
  const { version } = readJson("node_modules", "binaryen", "package.json");
  const key = fingerprint(readFileSync(input), version, ...OPTIMIZE);
  const cached = { wasm: join(cacheDir, `${key}.wasm`), names: join(cacheDir, `${key}.json`) };
  if (existsSync(cached.wasm)) {
    say(`wasm-opt ${OPTIMIZE.join(" ")}: nothing changed`);
    return cached;
  }
  say(`wasm-opt ${OPTIMIZE.join(" ")}`);
  rmSync(cacheDir, { recursive: true, force: true });
  mkdirSync(cacheDir, { recursive: true });
  const wasmOpt = inRoot("node_modules", "binaryen", "bin", "wasm-opt");
  // Under a name of its own until complete: an interrupted run leaves nothing that looks like a result.
  const unfinished = `${cached.wasm}.${process.pid}`;
  writeFileSync(cached.names, execFileSync(process.execPath, [wasmOpt, ...OPTIMIZE, input, "-o", unfinished]));
  renameSync(unfinished, cached.wasm);
  return cached;
}

/** The glue with the names of imports and exports that wasm-opt has made of wasm-bindgen's, which are long and many. */
function rename(glue, { imports, exports }) {
  const imported = new Map(imports.map(([, from, to]) => [from, to]));
  const exported = new Map(exports);
  const shorter = (names, name) => names.get(name) ?? name;
  return glue
    .replace(/^( {8})(\w+): /gm, (_, indent, name) => `${indent}${shorter(imported, name)}: `)
    .replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${shorter(exported, name)}`)
    .replace(`"${imports[0][0]}": `, `${MODULE}: `);
}

/** Compiles, binds and optimizes; resolves with the contents of the module and of its glue. */
export async function compileWasm(targetDir) {
  const workDir = join(targetDir, "npm");
  const bound = join(workDir, "bindgen");
  await bind(await compile(targetDir), bound);
  const { wasm, names } = await optimize(join(bound, WASM_FILE), join(workDir, "wasm-opt"));
  const glue = readFileSync(join(bound, GLUE_FILE), "utf8");
  return { wasm: readFileSync(wasm), glue: rename(glue, JSON.parse(readFileSync(names, "utf8"))) };
}
