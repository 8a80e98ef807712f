/** One broadcast: where it went, and what is in it. */

import { chip, el } from "../dom.js";
import { duration, errorText, roomTime } from "../format.js";
import { decodedParts } from "./decoded.js";
import { facts, part } from "./inspector.js";

const KINDS = {
  message: "New message",
  sync: "Sync message",
  resend: "Sent again: nobody has acknowledged it",
  repair: "Repair: somebody asked for it",
};
const FATES = {
  underway: "under way",
  arrived: "arrived",
  lost: "lost",
  cut: "cut off",
  dead: "nobody there",
};

/**
 * The frame's numbers are places in `people`, who are `{ index, name }`; `decode(bytes)` may throw;
 * `actions.pickMessage(id)` shows a message.
 */
export function frameView(frame, people, actions, decode) {
  const rows = el("tbody");
  const element = el("div", { class: "view" },
    facts([
      ["Kind", KINDS[frame.kind]],
      ["From", people[frame.from].name],
      ["At", roomTime(frame.at, true), "num"],
      frame.writer !== undefined && ["Written by", people[frame.writer].name],
    ]),
    // A tab doesn't hear what becomes of its own frames.
    frame.arrivals.length > 0 && part("What became of it", el("table", { class: "fates" }, headings(), rows)),
    ...content(frame, people, actions, decode));
  const view = { title: [chip(people[frame.from]), `Frame ${frame.number}`], element, frame };
  let drawn = "";
  view.refresh = () => {
    const state = frame.arrivals.map(({ fate, delivered }) => fate + delivered).join();
    if (state === drawn) return;
    drawn = state;
    rows.replaceChildren(...frame.arrivals.map((arrival) => row(frame, arrival, people)));
  };
  view.refresh();
  return view;
}

function headings() {
  const cells = ["To", "Fate", "After", "Clock"].map((text) => el("th", { scope: "col", text }));
  return el("thead", {}, el("tr", {}, ...cells));
}

function row(frame, arrival, people) {
  const peer = people[arrival.to];
  const fate = [FATES[arrival.fate], arrival.copy && "copy", arrival.delivered && "delivered"];
  return el("tr", { data: { fate: arrival.fate } },
    el("td", {}, chip(peer), ` ${peer.name}`), el("td", { text: fate.filter(Boolean).join(", ") }),
    el("td", { class: "num", text: duration(arrival.at - frame.at) }),
    el("td", { class: "num", text: arrival.clock?.toString() ?? "–" }));
}

function content(frame, people, actions, decode) {
  const find = (name) => people.find((one) => one.name === name);
  try {
    return decodedParts(decode(frame.bytes), frame.bytes, { find, pick: (id) => actions.pickMessage(id) });
  } catch (error) {
    return [el("p", { class: "trouble", text: errorText(error) })];
  }
}
