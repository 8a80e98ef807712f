// Measures in Node: every measurement in a fresh process, so that neither code that has been optimized for one nor its heap
// is of use, or in the way, to another.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));
const FLAGS = ["--expose-gc"];

const execute = promisify(execFile);

export async function openNode() {
  return {
    name: "node",
    version: process.version,
    async measure(file, subject) {
      const { stdout } = await execute(process.execPath, [...FLAGS, CHILD, JSON.stringify({ file, subject })]);
      return JSON.parse(stdout.trim().split("\n").at(-1));
    },
    async close() {},
  };
}
