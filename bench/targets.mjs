// What was aimed at, and whether it was reached.

const KINDS = {
  atLeast: { text: "≥", met: (value, bound) => value >= bound },
  above: { text: ">", met: (value, bound) => value > bound },
  atMost: { text: "≤", met: (value, bound) => value <= bound },
};

/** `{ text, met }` of a target such as `{ atLeast: 20 }`, which is of one kind; undefined without one. */
export function judge(value, target) {
  const [kind, bound] = Object.entries(target ?? {}).find(([key]) => key in KINDS) ?? [];
  if (!kind) return undefined;
  const { text, met } = KINDS[kind];
  return { text: `${text} ${bound.toLocaleString("en")}`, met: met(value, bound) };
}

/** Every target of the measured groups: its title, its value, and what `judge` says. */
export function allTargets(groups) {
  return groups.flatMap(({ place, name, units, ratios, limits }) => [
    ...ratios.map(({ metric, median, target }) => ({ place, title: name, metric, value: median, unit: "×", target })),
    ...limits.map(({ subject, metric, value, ...target }) => {
      return { place, title: `${name}, ${subject}`, metric, value, unit: units[metric], target };
    }),
  ])
    .filter(({ target }) => judge(0, target))
    .map((entry) => ({ ...entry, ...judge(entry.value, entry.target) }));
}
