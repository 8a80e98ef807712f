// Measures in Node: every measurement in a fresh process, so that neither code that has been optimized for one nor its heap
// is of use, or in the way, to another.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { superviseGroup } from "../../js/build/group.mjs";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));
const FLAGS = ["--expose-gc"];
/** The longest takes one or two on a machine that has nothing else to do. */
const MINUTES = 60;

const execute = promisify(execFile);

export async function openNode() {
  return {
    name: "node",
    version: process.version,
    async measure(file, subject) {
      const args = [...FLAGS, CHILD, JSON.stringify({ file, subject })];
      const running = execute(process.execPath, args, { detached: true });
      superviseGroup(running.child, MINUTES, () => {});
      const { stdout } = await running;
      return JSON.parse(stdout.trim().split("\n").at(-1));
    },
    async close() {},
  };
}
