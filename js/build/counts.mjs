// Reads from the runners' own summaries how many tests ran.

const ANSI_COLORS = /\x1b\[[0-9;]*m/g;

// One line for each test binary, from cargo and from wasm-bindgen-test-runner alike.
const CARGO_SUMMARY = /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed/gm;
// One pair of lines for the whole run. Node marks them with "#" or, in its newer reporter, with "ℹ".
const NODE_SUMMARY = /^[#ℹ] pass (?<passed>\d+)\n[#ℹ] fail (?<failed>\d+)$/gm;

function count(summary, output) {
  const found = [...output.replace(ANSI_COLORS, "").matchAll(summary)].map(({ groups }) => groups);
  const sum = (key) => found.reduce((total, groups) => total + Number(groups[key]), 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

export const countCargo = (output) => count(CARGO_SUMMARY, output);
export const countNode = (output) => count(NODE_SUMMARY, output);
