// `npm run bench:docs`: writes the tables of bench/reference.json, or of the file that is named, into docs/performance.md.

import { writeFileSync } from "node:fs";
import { Failure, inRoot, readJson, readText, say, whenMain } from "../js/build/common.mjs";
import { report, summary } from "./report.mjs";
import { markdown } from "./table.mjs";

const DOCUMENT = ["docs", "performance.md"];
const REFERENCE = ["bench", "reference.json"];
const BEGIN = "<!-- results: written by `npm run bench:docs` -->";
const END = "<!-- /results -->";

function measuredOn({ date, machine, versions }) {
  const { cpu, cores, memory, system, load } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${memory}, ${system}, ` +
    `under a load of ${load.toFixed(1)}; ${programs.join(", ")}.`
  );
}

/** `text` with the results between its marks. */
export function insert(text, results) {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from === -1 || to < from) throw new Failure(`${DOCUMENT.join("/")} lacks ${BEGIN} or ${END}`);
  const tables = report(results, markdown).filter(({ title }) => !title.startsWith("Figures"));
  const sections = tables.map((section) => `### ${section.title}\n\n${section.text}`);
  const parts = [BEGIN, measuredOn(results), ...sections, `${summary(results)}.`, END];
  return text.slice(0, from) + parts.join("\n\n") + text.slice(to + END.length);
}

await whenMain(import.meta.url, async ([file]) => {
  const results = readJson(...(file === undefined ? REFERENCE : [file]));
  const before = readText(...DOCUMENT);
  const after = insert(before, results);
  if (after === before) return say("docs/performance.md has these results already");
  writeFileSync(inRoot(...DOCUMENT), after);
  say("docs/performance.md has the results");
});
