// `npm test`: every check but those in Firefox, in order, up to the first that fails. With arguments only those groups
// of checks: `node js/build/test.mjs lint rust wasm types node browser firefox`.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setUpBrowser } from "./browsers.mjs";
import { build } from "./build.mjs";
import { Failure, inRoot, run, say, WASM_TARGET, whenMain } from "./common.mjs";
import { countCargo, countNode, countPlaywright } from "./counts.mjs";
import { buildDemo } from "./demo.mjs";
import { setup } from "./setup.mjs";
import { testInBrowser, testInNode } from "./wasm-tests.mjs";

const CLIPPY = ["clippy", "--locked", "--all-targets"];
const DENY_WARNINGS = ["--", "-D", "warnings"];
const NODE_TESTS = join("tests", "node");
const PLAYWRIGHT_CONFIG = join("tests", "browser", "playwright.config.mjs");

/** Groups that are run only when asked for. */
const ON_REQUEST = ["firefox"];

/** In which order, in which groups; `browser` is what has to be set up; `count` is given on those that run tests. */
const STEPS = [
  { name: "format", groups: ["lint"], run: () => run("cargo", ["fmt", "--all", "--check"]) },
  { name: "clippy", groups: ["lint"], run: () => run("cargo", [...CLIPPY, ...DENY_WARNINGS]) },
  {
    name: "clippy, wasm32",
    groups: ["lint"],
    run: () => run("cargo", [...CLIPPY, "--target", WASM_TARGET, ...DENY_WARNINGS]),
  },
  { name: "tests, native", groups: ["rust"], run: () => run("cargo", ["test", "--locked"]), count: countCargo },
  { name: "tests, wasm32 in Node", groups: ["wasm"], run: testInNode, count: countCargo },
  wasmStep("browser", "chromium", "window"),
  wasmStep("browser", "chromium", "worker"),
  wasmStep("firefox", "firefox", "window"),
  { name: "build", groups: ["node", "browser", "firefox"], run: build },
  { name: "size", groups: ["node"], run: checkSize },
  { name: "typings", groups: ["types"], run: checkTypings },
  { name: "tests, package", groups: ["node"], run: testPackage, count: countNode },
  { name: "demo page", groups: ["browser", "firefox"], run: buildDemo },
  pageStep("browser", "chromium"),
  pageStep("firefox", "firefox"),
];

function wasmStep(group, browser, place) {
  const run = () => testInBrowser(browser, place);
  return { name: `tests, wasm32 in a ${place} of ${browser}`, groups: [group], browser, run, count: countCargo };
}

function pageStep(group, browser) {
  const run = () => testPages(browser);
  return { name: `tests, pages in ${browser}`, groups: [group], browser, run, count: countPlaywright };
}

function checkSize() {
  // By itself, because esbuild is here only once setup has run.
  return run(process.execPath, [inRoot("bench", "size.mjs"), "--check"]);
}

/** As a program for browsers sees them, and as one for Node, which has other types around. */
async function checkTypings() {
  const tsc = inRoot("node_modules", "typescript", "bin", "tsc");
  for (const project of [["types"], ["types", "node"]]) {
    await run(process.execPath, [tsc, "--project", join(NODE_TESTS, ...project)]);
  }
}

async function testPackage() {
  // Listed here, because Node 20 knows no patterns.
  const files = readdirSync(inRoot(NODE_TESTS), { recursive: true }).filter((name) => name.endsWith(".test.mjs"));
  if (!files.length) throw new Failure(`${NODE_TESTS} has no *.test.mjs`);
  const paths = files.sort().map((name) => join(NODE_TESTS, name));
  const reporter = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  const output = await run(process.execPath, ["--test", ...reporter, ...paths]);
  // Node takes a file without tests for one test, which passes.
  const empty = paths.filter((path) => output.includes(`✔ ${inRoot(path)} (`));
  if (empty.length) throw Object.assign(new Failure(`without a single test: ${empty.join(", ")}`), { output });
  return output;
}

function testPages(browser) {
  const playwright = inRoot("node_modules", "@playwright", "test", "cli.js");
  const env = { SDS_WASM_BROWSER: browser };
  // Longer than its own limit, for the case that a test keeps it from looking at the clock.
  return run(process.execPath, [playwright, "test", "--config", PLAYWRIGHT_CONFIG], { env, minutes: 20 });
}

function select(groups) {
  const known = new Set(STEPS.flatMap((step) => step.groups));
  const unknown = groups.filter((group) => !known.has(group));
  if (unknown.length) throw new Failure(`no such checks: ${unknown.join(", ")}; there are ${[...known].join(", ")}`);
  const wanted = groups.length ? groups : [...known].filter((group) => !ON_REQUEST.includes(group));
  return STEPS.filter((step) => step.groups.some((group) => wanted.includes(group)));
}

/** Setup, and the browsers that some of `steps` need. */
async function prepare(steps) {
  await setup();
  for (const browser of new Set(steps.map((step) => step.browser))) if (browser) await setUpBrowser(browser);
}

/** Runs one step; never rejects. */
async function attempt({ name, run: body, count }) {
  say(name);
  const start = performance.now();
  const result = { name, passed: 0, failed: 0 };
  try {
    const output = await body();
    Object.assign(result, count?.(output));
    if (count && result.passed + result.failed === 0) throw new Failure("not a single test was run");
  } catch (error) {
    // A step that fails otherwise than by tests (it does not compile, say) counts as one failure.
    Object.assign(result, count?.(error.output ?? ""));
    result.failed ||= 1;
    result.error = error;
  }
  return { ...result, seconds: (performance.now() - start) / 1000 };
}

function summarize(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  const row = (name, seconds, ok) => `${name.padEnd(width)}  ${seconds.padStart(7)}  ${ok}`;
  console.log(`\n${row("step", "seconds", "ok")}`);
  for (const { name, seconds, failed } of results) console.log(row(name, seconds.toFixed(1), failed ? "NO" : "yes"));
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
}

function describe({ name, error }) {
  if (!error) return `✗ ${name}: tests failed`;
  return `✗ ${name}: ${error instanceof Failure ? error.message : error.stack}`;
}

await whenMain(import.meta.url, async (groups) => {
  const steps = select(groups);
  const results = [];
  for (const step of [{ name: "setup", run: () => prepare(steps) }, ...steps]) {
    results.push(await attempt(step));
    if (results.at(-1).failed) break;
  }
  const last = results.at(-1);
  if (last.failed) {
    console.error(describe(last));
    process.exitCode = 1;
  }
  summarize(results);
});
