// `npm run setup`: fetches what the project needs beyond cargo, rustup, node and npm. Every step looks first
// whether there is anything to do, so that running it again costs a fraction of a second.

import { existsSync } from "node:fs";
import { Failure, inRoot, lockedVersion, probe, readJson, run, say, WASM_TARGET, whenMain } from "./common.mjs";

// The first with require() of ES modules.
const NODE = /^v(20\.(19|[2-9]\d)|22\.(1[2-9]|[2-9]\d)|2[3-9]|[3-9]\d)\./;
const COMPONENTS = { rustfmt: "cargo-fmt", clippy: "cargo-clippy" };
const BINDGEN_TOOLS = ["wasm-bindgen", "wasm-bindgen-test-runner"];

export const bindgenTool = (name) => inRoot(".tools", "bin", name);

function checkNode() {
  if (!NODE.test(process.version)) {
    throw new Failure(`Node 20.19, 22.12 or newer is needed, this is ${process.version}: https://nodejs.org`);
  }
}

function checkCargo() {
  if (!probe("cargo", ["--version"])) {
    throw new Failure("cargo is not on the PATH (or does not run): install Rust from https://rustup.rs");
  }
}

async function rustup(what, args) {
  if (!probe("rustup", ["--version"])) {
    throw new Failure(`rustup is needed to add ${what}: https://rustup.rs (or add it to your Rust by other means)`);
  }
  say(`adding ${what} through rustup`);
  await run("rustup", args);
}

async function addWasmTarget() {
  // Looked up in the sysroot rather than asked of rustup, so that a Rust from elsewhere that has the target will do.
  const lib = probe("rustc", ["--print", "target-libdir", "--target", WASM_TARGET]);
  if (lib && existsSync(lib)) return;
  await rustup(`the target ${WASM_TARGET}`, ["target", "add", WASM_TARGET]);
}

async function addComponents() {
  for (const [component, binary] of Object.entries(COMPONENTS)) {
    if (probe(binary, ["--version"])) continue;
    await rustup(component, ["component", "add", component]);
  }
}

async function installBindgen() {
  // The tool and the crate speak an unstable format: they must be of exactly one version.
  const version = lockedVersion("wasm-bindgen");
  const installed = BINDGEN_TOOLS.every((name) => probe(bindgenTool(name), ["--version"])?.endsWith(` ${version}`));
  if (installed) return;
  say(`installing wasm-bindgen ${version} into .tools/ (about a minute)`);
  // A debug build takes a quarter of the time and is fast enough. Not --locked: the lock file in the
  // published crate names dependencies that have been withdrawn.
  const args = ["install", "--debug", "--force", "--root", inRoot(".tools")];
  const bins = BINDGEN_TOOLS.flatMap((name) => ["--bin", name]);
  const env = { CARGO_PROFILE_DEV_DEBUG: "0" };
  await run("cargo", [...args, "wasm-bindgen-cli", "--version", version, ...bins], { env });
}

/** Whether node_modules is what package-lock.json asks for, by the record npm keeps of what it installed. */
function modulesUpToDate() {
  if (!existsSync(inRoot("node_modules", ".package-lock.json"))) return false;
  const { "": _root, ...wanted } = readJson("package-lock.json").packages;
  const { packages: present } = readJson("node_modules", ".package-lock.json");
  const same = ([name, { version, optional }]) => (present[name] ? present[name].version === version : optional);
  return Object.entries(wanted).every(same) && Object.keys(present).every((name) => name in wanted);
}

async function installModules() {
  if (modulesUpToDate()) return;
  say("npm ci");
  await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
}

export async function setup() {
  checkNode();
  checkCargo();
  await addWasmTarget();
  await addComponents();
  await installBindgen();
  await installModules();
}

await whenMain(import.meta.url, async () => {
  await setup();
  say("everything is in place");
});
