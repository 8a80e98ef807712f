// What the build scripts share. Node's built-ins only: these scripts run before `npm ci` has.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { superviseGroup } from "./group.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const WASM_TARGET = "wasm32-unknown-unknown";

/** A path inside the repository. */
export const inRoot = (...parts) => join(ROOT, ...parts);

export const say = (message) => console.log(`\u25b8 ${message}`);

/** Something a person can act on: shown as its message, without a stack. */
export class Failure extends Error {}

/** Runs `main` if the module at `url` is the script that was started, not when it is imported. */
export async function whenMain(url, main) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(fileURLToPath(url))) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Failure ? `\u2717 ${error.message}` : error);
    process.exitCode = 1;
  }
}

/**
 * Runs a command in the repository with its output passed on as it comes; resolves with all of it. Variables that `env`
 * gives as undefined are unset. With `minutes` it may take so long, and nothing that it started outlives it.
 */
export function run(command, args, { env = {}, minutes } = {}) {
  const shown = [command.replace(ROOT, ""), ...args].join(" ");
  // Cargo sees a pipe; colours are for whoever sits behind it.
  const colors = process.stdout.isTTY ? { CARGO_TERM_COLOR: "always" } : {};
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...colors, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: minutes !== undefined,
    });
    let late = false;
    const onLate = () => (late = true);
    if (minutes !== undefined) child.once("spawn", () => superviseGroup(child, minutes, onLate));
    const output = [];
    const keep = (stream) => (chunk) => {
      output.push(chunk);
      stream.write(chunk);
    };
    child.stdout.on("data", keep(process.stdout));
    child.stderr.on("data", keep(process.stderr));
    child.on("error", (error) => reject(new Failure(`cannot run \`${shown}\`: ${error.message}`)));
    child.on("close", (code, signal) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) return resolve(text);
      const ended = signal ? `was killed by ${signal}` : `exited with ${code}`;
      const how = late ? `took longer than ${minutes} minutes` : ended;
      reject(Object.assign(new Failure(`\`${shown}\` ${how}`), { output: text }));
    });
  });
}

/** A command's standard output, or undefined if it is not there or fails. */
export function probe(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

export const readText = (...parts) => readFileSync(inRoot(...parts), "utf8");
export const readJson = (...parts) => JSON.parse(readText(...parts));

/** A short name for some content, to tell whether it changed. */
export function fingerprint(...contents) {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content).update("\0");
  return hash.digest("hex").slice(0, 32);
}

/** The version at which Cargo.lock has a crate. */
export function lockedVersion(crate) {
  const entry = new RegExp(`^name = "${crate}"\\nversion = "([^"]+)"`, "m").exec(readText("Cargo.lock"));
  if (!entry) throw new Failure(`Cargo.lock has no ${crate}`);
  return entry[1];
}

/** Where cargo puts what it builds: CARGO_TARGET_DIR and cargo's own settings count. */
export function cargoMetadata() {
  const text = probe("cargo", ["metadata", "--no-deps", "--format-version", "1"]);
  if (!text) throw new Failure("`cargo metadata` failed; run it to see why");
  const { target_directory: targetDir, packages } = JSON.parse(text);
  return { targetDir, version: packages.find(({ name }) => name === "sds-wasm").version };
}
