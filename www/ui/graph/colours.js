/** The style sheet's colours for the canvas, which can't use them by name. Read again when the look changes. */

const NAMES = [
  "panel", "ink", "ink-2", "ink-3", "line", "hole", "repair", "resend", "quiet", "focus", "mono",
];

export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const colours = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
  colours.peers = Array.from({ length: 8 }, (_, i) => read(`peer-${i}`));
  return colours;
}

/** Calls `listener` whenever the page's look changes. */
export function onLook(listener) {
  const options = { attributes: true, attributeFilter: ["data-theme", "data-sds"] };
  new MutationObserver(listener).observe(document.documentElement, options);
  matchMedia("(prefers-contrast: more)").addEventListener("change", listener);
}
