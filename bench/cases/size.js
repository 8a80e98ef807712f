/** What a browser loads: all code, minified, and the core; each file compressed by itself. */

const METRICS = ["raw", "gzip", "brotli"];
const KILOBYTE = 1000;

export const groups = [
  {
    name: "what a browser loads",
    units: Object.fromEntries(METRICS.map((metric) => [metric, "kB"])),
    places: ["node"],
    rounds: 1,
    exact: true,
    subjects: {
      ours: { part: "ours" },
      "ours, JavaScript": { part: "code" },
      "ours, WebAssembly": { part: "core" },
      "@waku/sds": { part: "@waku/sds" },
    },
    ratios: METRICS.map((metric) => ({ of: "ours", to: "@waku/sds", metric, better: "lower" })),
    limits: [{ subject: "ours", metric: "brotli", atMost: 60 }],
  },
];

export async function measure({ part }) {
  const { loaded } = await import("../size.mjs");
  const sizes = (await loaded())[part];
  return Object.fromEntries(METRICS.map((metric) => [metric, sizes[metric] / KILOBYTE]));
}
