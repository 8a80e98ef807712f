/** What the marks of the log's lines mean, with the library and without. */

import { el, icon } from "./dom.js";

const ON = [
  ["pending", "pending"],
  ["acknowledged", "acknowledged"],
  ["received", "received"],
  ["waiting", "waits for its causes"],
  ["hole", "hole"],
  ["repaired", "repaired"],
  ["restored", "read back from storage"],
];
const OFF = [
  ["received", "received"],
  ["hole", "missing"],
  ["late", "too late"],
  ["twice", "twice"],
];

export function logLegend() {
  return el("div", { class: "legends" }, legend(ON, "legend-on"), legend(OFF, "legend-off"));
}

function legend(marks, look) {
  return el("ul", { class: `legend ${look}` }, ...marks.map(([mark, text]) =>
    el("li", { data: { mark: mark } }, icon(mark), text)));
}
