// `npm run bench:profile -- "send 5,000, defaults"`: where the time of a measurement goes, function by function, for the
// first of its subjects. Builds pkg/ with the names of the core's functions, which npm run build leaves out.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure, inRoot, run, say, whenMain } from "../js/build/common.mjs";
import { allGroups } from "./cases/index.js";
import { table } from "./table.mjs";

const SHOWN = 30;
const WIDTH = 80;
const CHILD = inRoot("bench", "places", "child.mjs");

async function find(name) {
  const group = (await allGroups()).find((group) => group.name === name);
  if (!group) throw new Failure(`no measurement is called "${name ?? ""}": npm run bench -- --list`);
  return { file: group.file, subject: Object.values(group.subjects)[0] };
}

/** V8's profile of a measurement in a process of its own, and from when to when it was timed. */
function profile(task) {
  const folder = mkdtempSync(join(tmpdir(), "sds-wasm-profile-"));
  try {
    const flags = ["--expose-gc", "--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=100"];
    const args = [...flags, CHILD, JSON.stringify({ ...task, withTimes: true })];
    const { result, times } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    say(`under the profiler: ${JSON.stringify(result)}`);
    return { ...JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), "utf8")), times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Microseconds in each function itself, without what it calls, while something was timed: the most first. */
function selfTimes({ nodes, samples, startTime, timeDeltas, times }, nameOf) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const found = new Map();
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index];
    if (!times.some(([from, to]) => at >= from && at <= to)) continue;
    const name = names.get(id);
    found.set(name, (found.get(name) ?? 0) + timeDeltas[index]);
  }
  return [...found].sort(([, a], [, b]) => b - a);
}

function functionOf({ functionName, url, lineNumber }) {
  if (url.startsWith("wasm:")) return `wasm ${functionName.replace(/\[[0-9a-f]{16}\]|::h[0-9a-f]{16}/g, "")}`;
  if (!url) return functionName;
  return `${functionName || "(anonymous)"} ${basename(url)}:${lineNumber + 1}`;
}

/** Whose code it is. */
function ownerOf({ functionName, url }) {
  if (url.startsWith("wasm:")) return "WebAssembly";
  if (basename(url) === "sds_wasm.js") return "wasm-bindgen's JavaScript, with the copies it makes";
  if (url.startsWith("file:")) return "JavaScript of the package and of the benchmark";
  return functionName === "(garbage collector)" ? "garbage collector" : "Node";
}

function print(title, times) {
  const total = times.reduce((sum, [, time]) => sum + time, 0);
  const rows = times.slice(0, SHOWN).map(([name, time]) => [name.slice(0, WIDTH), `${((time / total) * 100).toFixed(1)} %`]);
  console.log(`\n${table([title, "self"], rows)}`);
}

await whenMain(import.meta.url, async (args) => {
  const [name] = args.filter((arg) => !arg.startsWith("--"));
  const env = { SDS_WASM_NAMES: "1" };
  if (!args.includes("--no-build")) await run(process.execPath, [inRoot("js", "build", "build.mjs")], { env });
  const profiled = profile(await find(name));
  print("whose code", selfTimes(profiled, ownerOf));
  print("function", selfTimes(profiled, functionOf));
  say("pkg/ may have the names of functions now, and be larger for it: `npm run build` makes it small again");
});
