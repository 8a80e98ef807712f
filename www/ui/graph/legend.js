/** What the lines of the diagram mean. */

import { el, svg } from "../dom.js";

const LINES = [
  ["message", "message"],
  ["lost", "lost"],
  ["repair", "repair"],
  ["resend", "sent again"],
  ["copy", "copy"],
];

export function graphKey() {
  return el("ul", { class: "key" }, ...LINES.map(([look, text]) => el("li", {}, sample(look), text)));
}

const STROKES = { lost: "M2 7h17", copy: "M2 7h24" };

function sample(look) {
  const end = look === "lost" ? svg("path", { class: "key-end", d: "M17 4l6 6M23 4l-6 6" }) : origin(look);
  return svg("svg", { class: `key-line key-${look}`, viewBox: "0 0 28 14", "aria-hidden": "true" },
    svg("path", { class: "key-stroke", d: STROKES[look] ?? "M6 7h21" }), end);
}

function origin(look) {
  if (look === "copy") return undefined;
  if (look === "repair") return svg("path", { class: "key-origin", d: "M6 2l5 5-5 5-5-5z" });
  return svg("circle", { class: "key-origin", cx: 6, cy: 7, r: 4 });
}
