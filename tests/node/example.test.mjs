// The example in www/terminal, as a person runs it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./support/package.mjs";

const RUN = join(ROOT, "www", "terminal", "run.mjs");
const SMALL = ["--seed", "7", "--messages", "6", "--participants", "3"];

/** Starts it with a folder of its own for temporary files. */
async function start(t, args) {
  const temporary = await mkdtemp(join(tmpdir(), "sds-wasm-test-"));
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, [RUN, ...args], { env: { ...env, TMPDIR: temporary, TEMP: temporary } });
  t.after(async () => {
    child.kill("SIGKILL");
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  });
  const example = { child, temporary, output: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (example.output += text));
  }
  // The streams end only when the last process that writes to them has: the participants, too.
  example.ended = once(child, "close").then(([code]) => code);
  return example;
}

test("the example ends with equal logs, though a participant was killed", { timeout: 60_000 }, async (t) => {
  const example = await start(t, SMALL);
  assert.equal(await example.ended, 0, example.output);
  assert.match(example.output, /ben is killed/);
  assert.match(example.output, /forgotten: 0, delivered twice: 0/);
  assert.match(example.output, /\n3 logs equal: 18 messages, in causal order\n$/);
  for (const line of example.output.split("\n")) assert.ok(line.length <= 80, `too long for a terminal: ${line}`);
  assert.deepEqual(await readdir(example.temporary), [], "temporary files are left");
});

test("interrupted, the example leaves no process and no file", { timeout: 30_000 }, async (t) => {
  const example = await start(t, SMALL);
  while (!/\d s {2}said/.test(example.output)) await once(example.child.stdout, "data");
  example.child.kill("SIGINT");
  assert.equal(await example.ended, 130, example.output);
  assert.deepEqual(await readdir(example.temporary), [], "temporary files are left");
});

test("the example explains options that it does not take", { timeout: 30_000 }, async (t) => {
  const example = await start(t, ["--loss", "0.25"]);
  assert.equal(await example.ended, 2);
  assert.equal(example.output, '--loss must be a whole number from 0 to 90, got "0.25"\nTry --help.\n');
});
