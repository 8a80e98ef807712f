/** Networks that people know. */

export const PRESETS = [
  { name: "Perfect", settings: { loss: 0, duplication: 0, latency: 80, reordering: 0 } },
  { name: "Bad Wi\u2011Fi", settings: { loss: 0.15, duplication: 0.05, latency: 250, reordering: 0.3 } },
  { name: "50\u202f% loss", settings: { loss: 0.5, duplication: 0.05, latency: 250, reordering: 0.2 } },
  { name: "Radio", settings: { loss: 0.35, duplication: 0, latency: 1500, reordering: 0.1 } },
];

/** The preset whose every setting is in effect. */
export function matchingPreset(values) {
  return PRESETS.find(({ settings }) => Object.entries(settings).every(([name, value]) => values[name] === value));
}
