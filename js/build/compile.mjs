// Rust to an optimized WebAssembly file and its JavaScript glue.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fingerprint, inRoot, readJson, ROOT, run, say, WASM_TARGET } from "./common.mjs";
import { bindgenTool } from "./setup.mjs";

export const WASM_FILE = "sds_wasm_bg.wasm";
export const GLUE_FILE = "sds_wasm.js";

/** Cargo.toml has it. */
const PROFILE = "npm";

/**
 * What rustc has not inlined, wasm-opt would where there is one caller: larger once it is compressed, and no faster.
 * With names of functions in it, for profiles (`npm run bench:profile`), the module is larger and no faster or slower.
 */
const OPTIMIZE = ["-O3", "--one-caller-inline-max-function-size=0", ...(process.env.SDS_WASM_NAMES ? ["-g"] : [])];

async function compile(targetDir) {
  // Panic messages name source files: those of dependencies without the home folder of who built them, so that
  // the same sources give the same bytes on every machine.
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // SHA-256, which only one dialect needs and seldom, in its small form.
  const compact = ["--cfg", 'sha2_backend_soft="compact"'];
  const flags = ["-C", "strip=debuginfo", ...compact, `--remap-path-prefix=${home}=/cargo`, `--remap-path-prefix=${ROOT}=`];
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

/** wasm-opt takes seconds, so its result is kept under the fingerprint of all that it depends on. */
async function optimize(input, cacheDir) {
  const { version } = readJson("node_modules", "binaryen", "package.json");
  const key = fingerprint(readFileSync(input), version, ...OPTIMIZE);
  const cached = join(cacheDir, `${key}.wasm`);
  if (existsSync(cached)) {
    say(`wasm-opt ${OPTIMIZE.join(" ")}: nothing changed`);
    return cached;
  }
  say(`wasm-opt ${OPTIMIZE.join(" ")}`);
  rmSync(cacheDir, { recursive: true, force: true });
  mkdirSync(cacheDir, { recursive: true });
  // Under a name of its own until complete: an interrupted run leaves nothing that looks like a result.
  const unfinished = `${cached}.${process.pid}`;
  const wasmOpt = inRoot("node_modules", "binaryen", "bin", "wasm-opt");
  await run(process.execPath, [wasmOpt, ...OPTIMIZE, input, "-o", unfinished]);
  renameSync(unfinished, cached);
  return cached;
}

/** Compiles, binds and optimizes; resolves with the contents of the module and of its glue. */
export async function compileWasm(targetDir) {
  const workDir = join(targetDir, "npm");
  const bound = join(workDir, "bindgen");
  await bind(await compile(targetDir), bound);
  const optimized = await optimize(join(bound, WASM_FILE), join(workDir, "wasm-opt"));
  return { wasm: readFileSync(optimized), glue: readFileSync(join(bound, GLUE_FILE), "utf8") };
}
