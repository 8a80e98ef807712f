// What was aimed at, and whether it was reached.

const KINDS = {
  atLeast: { text: "≥", met: (value, bound) => value >= bound },
  above: { text: ">", met: (value, bound) => value > bound },
  atMost: { text: "≤", met: (value, bound) => value <= bound },
};

/** `{ text, met }` of a target such as `{ atLeast: 20 }`, which is of one kind; undefined without one. */
export function judge(value, target, unit = "") {
  const [kind, bound] = Object.entries(target ?? {}).find(([key]) => key in KINDS) ?? [];
  if (!kind) return undefined;
  const { text, met } = KINDS[kind];
  return { text: `${text} ${bound.toLocaleString("en")} ${unit}`.trim(), met: met(value, bound) };
}

/** How many of the targets of the measured groups are met. */
export function countTargets(groups) {
  const ofRatios = groups.flatMap(({ ratios }) => ratios.map(({ median, target }) => judge(median, target)));
  const ofLimits = groups.flatMap(({ limits }) => limits.map(({ value, ...target }) => judge(value, target)));
  const all = [...ofRatios, ...ofLimits].filter((judged) => judged);
  return { met: all.filter(({ met }) => met).length, all: all.length };
}
