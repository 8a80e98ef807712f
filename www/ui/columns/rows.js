/** One line of a log. A line always says what it is by shape, by colour and in words for those who see neither. */

import { chip, dressChip, el, icon, setData, setText, turnIcon } from "../dom.js";
import { shortClock, shortId } from "../format.js";

const LONGEST = 240;

export const STATES = {
  pending: "sent, not acknowledged yet",
  acknowledged: "acknowledged",
  unheard: "given up, nobody acknowledged it",
  received: "received",
  waiting: "waiting for its causes",
  hole: "missing",
};

export function createRow() {
  const row = el("div", { class: "row" });
  row.parts = {
    state: icon("received"),
    chip: chip(),
    text: el("span", { class: "row-text" }),
    repaired: icon("repaired"),
    restored: icon("restored"),
    clock: el("span", { class: "row-clock num", "aria-hidden": "true" }),
    words: el("span", { class: "sr-only" }),
  };
  row.parts.repaired.classList.add("row-repaired");
  row.parts.restored.classList.add("row-restored");
  const { state, chip: who, words, text, repaired, restored, clock } = row.parts;
  row.append(state, who, words, text, repaired, restored, clock);
  return row;
}

/** A line of a log that the library keeps. */
export function drawEntry(row, entry, people, highlighted) {
  const writer = entry.sender === undefined ? undefined : people[entry.sender];
  const missing = entry.state === "hole";
  dress(row, entry.state, entry.state, writer, highlighted);
  setData(row, "repaired", entry.repaired);
  setData(row, "restored", entry.restored);
  toggle(row.parts.repaired, entry.repaired);
  toggle(row.parts.restored, entry.restored);
  setText(row.parts.text, missing ? `missing ${shortId(entry.id, 10)}` : entry.text.slice(0, LONGEST));
  setText(row.parts.clock, shortClock(entry.clock));
  const origin = [entry.repaired && "repaired", entry.restored && "read back from storage"];
  const state = [!missing && STATES[entry.state], ...origin].filter(Boolean);
  setText(row.parts.words, `${[writer?.name ?? "Unknown writer", ...state].join(", ")}: `);
}

/** A line of what the traffic leaves without the library. */
export function drawPlain(row, entry, people, highlighted) {
  const look = entry.arrived ? entry.disorder ?? "plain" : "lost";
  const pictures = { plain: "received", late: "late", twice: "twice", lost: "hole" };
  dress(row, look, pictures[look], people[entry.sender], highlighted);
  setData(row, "repaired", false);
  setData(row, "restored", false);
  toggle(row.parts.repaired, false);
  toggle(row.parts.restored, false);
  setText(row.parts.text, entry.arrived ? entry.text.slice(0, LONGEST) : "missing");
  setText(row.parts.clock, { late: "late", twice: "twice" }[look] ?? "");
  const words = { plain: "received", late: "came too late", twice: "came twice", lost: "missing" };
  setText(row.parts.words, `${people[entry.sender]?.name ?? "Unknown writer"}, ${words[look]}: `);
}

function dress(row, state, picture, writer, highlighted) {
  setData(row, "state", state);
  turnIcon(row.parts.state, picture);
  dressChip(row.parts.chip, writer);
  row.classList.toggle("row-marked", highlighted);
}

/** SVG elements have no `hidden`. */
function toggle(node, shown) {
  node.style.display = shown ? "" : "none";
}
