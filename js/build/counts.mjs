// Reads from the runners' own summaries how many tests ran.

const ANSI_COLORS = /\x1b\[[0-9;]*m/g;

// For each test binary, from cargo and from wasm-bindgen-test-runner alike, a line before and a line after the tests.
const CARGO_ANNOUNCED = /^running (?<announced>\d+) tests?$/gm;
const CARGO_SUMMARY =
  /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed; (?<ignored>\d+) ignored/gm;
// One pair of lines for the whole run. Node marks them with "#" or, in its newer reporter, with "ℹ".
const NODE_SUMMARY = /^[#ℹ] pass (?<passed>\d+)\n[#ℹ] fail (?<failed>\d+)$/gm;
// At the end, a line for each outcome that there was: "  3 passed (2.1s)".
const PLAYWRIGHT_PASSED = /^ {2}(?<tests>\d+) passed \(/gm;
const PLAYWRIGHT_FAILED = /^ {2}(?<tests>\d+) (failed|flaky|interrupted|skipped|did not run)$/gm;

function sum(pattern, output, key) {
  const found = [...output.replace(ANSI_COLORS, "").matchAll(pattern)];
  return found.reduce((total, { groups }) => total + Number(groups[key]), 0);
}

export function countCargo(output) {
  const [passed, failed, ignored] = ["passed", "failed", "ignored"].map((key) => sum(CARGO_SUMMARY, output, key));
  // A test in WebAssembly that waits for ever ends its process quietly: what was announced and never told has failed.
  const untold = sum(CARGO_ANNOUNCED, output, "announced") - passed - failed - ignored;
  return { passed, failed: failed + Math.max(0, untold) };
}

export function countNode(output) {
  return { passed: sum(NODE_SUMMARY, output, "passed"), failed: sum(NODE_SUMMARY, output, "failed") };
}

/** What was not run has failed, too: tests that a browser can't pass carry a tag by which they are not selected. */
export function countPlaywright(output) {
  return { passed: sum(PLAYWRIGHT_PASSED, output, "tests"), failed: sum(PLAYWRIGHT_FAILED, output, "tests") };
}
