/** The headline, and the lamp below it: is everything where it should be? */

import { button, el, setData, setHidden, setText } from "./dom.js";
import { count, listOf, percent, plural } from "./format.js";

/** A settled room that flickers is no settled room: the lamp waits that long, in ms. */
const CALM = 400;

const WITH = {
  claim: "Every peer ends up with the same log.",
  lead: "Each column is one participant. A dashed slot is a message it knows it misses; the others notice, "
    + "and fill it.",
};
const WITHOUT = {
  claim: "Without the library, the holes stay.",
  lead: "The same traffic, and only what it left the first time: nobody notices what is missing, late or there twice.",
};

export class Status {
  #announce;
  #settledSince;
  #told;

  constructor(announce, play) {
    this.#announce = announce;
    this.loss = el("span", { class: "headline-loss" });
    this.words = el("strong", { class: "state-words" });
    this.details = el("span", { class: "state-details" });
    this.start = button({ icon: "play", text: "Play", class: "primary" }, play);
    this.lamp = el("p", { class: "state" }, el("span", { class: "lamp" }), this.words, this.details);
    this.claim = el("span", {});
    this.lead = el("p", { class: "lead" });
    this.element = el("div", { class: "status" }, el("h1", { id: "headline" }, this.claim, " ", this.loss), this.lead);
    this.line = el("div", { class: "state-line" }, this.lamp, this.start);
  }

  render(room, { playing, settling, off }) {
    const { claim, lead } = off ? WITHOUT : WITH;
    setText(this.claim, claim);
    setText(this.lead, lead);
    setText(this.loss, lossWords(room.settings.loss));
    const [state, words, details] = off ? plainState(room) : this.#state(room, { playing, settling });
    setData(this.lamp, "state", state);
    setText(this.words, words);
    setText(this.details, details);
    setHidden(this.start, playing || room.now > 0);
    this.#tell(room, state, `${words}: ${details}`);
  }

  #state(room, { playing, settling }) {
    if (!room.totals.written) return ["idle", "Nothing written yet", playing ? "" : "Paused"];
    this.#settledSince = room.settled ? this.#settledSince ?? performance.now() : undefined;
    const live = room.peers.filter(({ alive }) => alive);
    const calm = this.#settledSince !== undefined && performance.now() - this.#settledSince >= CALM;
    if (calm || (room.settled && !room.traffic)) return ["settled", equalWords(live.length), settledDetails(room)];
    const behind = live.filter(({ counts }) => counts.behind > 0).length;
    const holes = live.reduce((sum, { counts }) => sum + counts.holes, 0);
    const unheard = live.reduce((sum, { counts }) => sum + counts.unacknowledged, 0);
    const cut = live.filter(({ isolated }) => isolated).map(({ name }) => name);
    const apart = cut.length ? ` · ${listOf(cut)} cut off` : "";
    const what = behind ? `${behind} of ${live.length} behind` : `${count(unheard)} to be acknowledged`;
    const doing = !playing ? "Paused" : settling ? "Settling" : "Repairing";
    return ["working", doing, `${what} · ${plural(holes, "hole")}${apart}`];
  }

  /** Only what was asked for is announced: with chatter the room settles and unsettles all the time. */
  #tell(room, state, text) {
    const told = state === "settled" && !room.traffic ? text : undefined;
    if (told && told !== this.#told) this.#announce(told);
    this.#told = told;
  }
}

function lossWords(loss) {
  return loss ? `The network loses ${percent(loss)} of what they send.` : "Right now the network loses nothing.";
}

function equalWords(peers) {
  return peers === 1 ? "The only log is complete" : `All ${peers} logs equal`;
}

function settledDetails(room) {
  const asleep = room.peers.filter(({ alive }) => !alive).length;
  const rest = asleep ? ` · ${plural(asleep, "peer")} killed` : "";
  return `${plural(room.totals.written, "message")} · 0 holes${rest}`;
}

function plainState(room) {
  const sum = (name) => room.peers.reduce((total, { plain }) => total + plain[name], 0);
  const rest = `${count(sum("late"))} late · ${count(sum("twice"))} twice`;
  return ["off", "SDS off",
    `of ${plural(room.totals.written, "message")}, ${plural(sum("missing"), "hole")} that nobody fills · ${rest}`];
}

/** The line of totals. */
export class Totals {
  #names = ["written", "frames", "lost", "copies", "resends", "repairs"];

  constructor() {
    this.values = new Map([...this.#names, "bytes"].map((name) => [name, el("dd", { class: "num" })]));
    this.element = el("dl", { class: "totals", "aria-label": "Totals" },
      ...[...this.values].map(([name, value]) => el("div", { data: { name } }, el("dt", { text: name }), value)));
  }

  render(room, bytes) {
    for (const name of this.#names) setText(this.values.get(name), count(room.totals[name]));
    setText(this.values.get("bytes"), bytes(room.totals.bytes));
  }
}
