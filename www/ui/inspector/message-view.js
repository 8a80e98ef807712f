/** One message: its whole text, who has it, and the frames that carried it. */

import { button, chip, el, setText } from "../dom.js";
import { roomTime } from "../format.js";
import { STATES } from "../columns/rows.js";
import { facts, part } from "./inspector.js";

const CARRIED = { message: "sent", resend: "sent again", repair: "repair", sync: "sync" };
const MOST_FRAMES = 60;

/**
 * `scene` has `people`, who are `{ index, name }`, `peers` whose logs are known, and `frames`.
 * `actions.pickFrame(number)` shows a frame.
 */
export function messageView(id, scene, actions) {
  const view = { id };
  const who = el("tbody");
  const frames = el("ul", { class: "entries" });
  const text = el("p", { class: "content", tabindex: "0" });
  const head = el("div");
  view.element = el("div", { class: "view" }, head, part("Text", text),
    part("Who has it", el("table", { class: "fates" }, who)), part("Frames that carried it", frames));
  const parts = { who, frames, text, head };
  let drawn = "";
  view.refresh = () => {
    const state = stateOf(id, scene);
    if (state.signature === drawn) return;
    drawn = state.signature;
    draw(parts, id, scene, state, actions);
  };
  const known = stateOf(id, scene).entry;
  view.title = [chip(known?.sender === undefined ? undefined : scene.people[known.sender]), "Message"];
  view.refresh();
  return view;
}

/** What every peer's log says of it. */
function stateOf(id, { peers, frames }) {
  const entries = peers.map((peer) => peer.log.find((entry) => entry.id === id));
  const carried = frames.filter((frame) => frame.messageId === id).slice(-MOST_FRAMES);
  const entry = entries.find((found) => found && found.state !== "hole") ?? entries.find(Boolean);
  const looks = entries.map((found) => found && `${found.state}${found.repaired}${found.restored}`);
  return { entries, carried, entry, signature: [...looks, carried.length, carried.at(-1)?.number].join() };
}

function draw({ who, frames, text, head }, id, { people, peers }, { entries, carried, entry }, actions) {
  const writer = entry?.sender === undefined ? "not known" : people[entry.sender].name;
  head.replaceChildren(facts([
    ["Message id", id, "id"],
    ["Written by", writer],
    entry && ["Clock", entry.clock.toString(), "num"],
  ]));
  setText(text, entry?.text || "Nobody here has it.");
  who.replaceChildren(...peers.map((peer, i) => el("tr", { data: { state: entries[i]?.state ?? "unknown" } },
    el("td", {}, chip(people[peer.index]), ` ${peer.name}`), el("td", { text: words(entries[i]) }))));
  frames.replaceChildren(...carried.map((frame) => carriedBy(frame, people, actions)));
  if (!carried.length) frames.replaceChildren(el("li", { class: "hint", text: "Not among the frames that are kept." }));
}

function words(entry) {
  if (!entry) return "has not heard of it";
  const state = entry.state === "acknowledged" ? "wrote it; acknowledged" : STATES[entry.state];
  return [state, entry.repaired && "repaired", entry.restored && "read back from storage"].filter(Boolean).join(", ");
}

function carriedBy(frame, people, actions) {
  const text = `${frame.number} · ${CARRIED[frame.kind]} · ${roomTime(frame.at, true)}`;
  const node = button({ text, class: "entry num" }, () => actions.pickFrame(frame.number, true));
  node.prepend(chip(people[frame.from]));
  return el("li", {}, node);
}
