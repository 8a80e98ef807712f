// The results as tables: ratios and targets first, then every figure. `format` is `table` or `markdown`.

import { number, quantity } from "./table.mjs";
import { countTargets, judge } from "./targets.mjs";

export function report({ groups }, format) {
  const sections = [];
  for (const place of new Set(groups.map((group) => group.place))) {
    const here = groups.filter((group) => group.place === place);
    sections.push({ title: `Ratios, in ${place}`, text: format(...ratioRows(here)) });
    const limits = limitRows(here);
    if (limits[1].length) sections.push({ title: `Limits, in ${place}`, text: format(...limits) });
    sections.push({ title: `Figures, in ${place}`, text: format(...figureRows(here)) });
  }
  return sections;
}

/** "6 of 9 targets are met" */
export function summary({ groups }) {
  const { met, all } = countTargets(groups);
  return `${met} of ${all} targets are met`;
}

const verdict = (judged) => [judged?.text ?? "", judged ? (judged.met ? "yes" : "NO") : ""];

function ratioRows(groups) {
  const header = ["", "ratio", "rounds", "target", "met", "of", "to"];
  const rows = groups.flatMap(({ name, units, subjects, ratios }) =>
    ratios.map(({ of, to, metric, median, low, high, rounds, target }) => [
      `${name}: ${of} / ${to}${ratios.some((other) => other.metric !== metric) ? `, ${metric}` : ""}`,
      number(median),
      rounds.length > 1 ? `${number(low)} – ${number(high)}` : "",
      ...verdict(judge(median, target)),
      quantity(subjects[of][metric].median, units[metric]),
      quantity(subjects[to][metric].median, units[metric]),
    ]),
  );
  return [header, rows];
}

function limitRows(groups) {
  const rows = groups.flatMap(({ name, units, limits }) =>
    limits.map(({ subject, metric, value, ...target }) => {
      return [`${name}, ${subject}: ${metric}`, quantity(value, units[metric]), ...verdict(judge(value, target, units[metric]))];
    }),
  );
  return [["", "value", "limit", "met"], rows];
}

function figureRows(groups) {
  const rows = groups.flatMap(({ name, units, subjects }) =>
    Object.entries(subjects).flatMap(([subject, metrics]) =>
      Object.entries(metrics).map(([metric, { median, low, high, rounds }]) => [
        `${name}, ${subject}: ${metric}`,
        quantity(median, units[metric]),
        rounds.length > 1 ? `${number(low)} – ${number(high)}` : "",
      ]),
    ),
  );
  return [["", "median", "rounds"], rows];
}
