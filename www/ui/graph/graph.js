/** The space-time diagram: who sent what when, and what became of it. */

import { button, chip, el, setAttribute, setText } from "../dom.js";
import { onLook, readColours } from "./colours.js";
import { describe } from "./describe.js";
import { frameAt, visibleFrames } from "./flights.js";
import { graphKey } from "./legend.js";
import { Lives } from "./lives.js";
import { paint } from "./paint.js";
import { Sheet } from "./sheet.js";

/** How often it is drawn where nobody sees it, in ms: what is scrolled to must not be old. */
const UNSEEN_EVERY = 500;
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

export class Graph {
  #actions;
  #room;
  #centres;
  #sheet;
  #lives = new Lives();
  #colours = readColours();
  #frames = [];
  #drawn = "";
  #drawnAt = 0;
  #syncs = false;
  #look = {};
  #hovered;
  /** The number of the frame that the arrow keys have come to. */
  #cursor;

  /** `centres(left)` tells where the columns above are; `actions`: pickFrame(number, byKey), paste. */
  constructor(room, actions, centres) {
    this.#actions = actions;
    this.#room = room;
    this.#centres = centres;
    this.#sheet = new Sheet({
      role: "application", "aria-roledescription": "space-time diagram", "aria-describedby": "graph-cursor",
      "aria-label": "Frames on their way between the peers. Arrow keys go from frame to frame, Enter opens one.",
    }, () => this.#resized());
    // After a reload the run goes on, but what was on the wire before is not known any more.
    this.#sheet.scale.origin = room.now;
    this.heads = el("div", { class: "lane-heads", "aria-hidden": "true" });
    this.cursorText = el("p", { class: "sr-only", id: "graph-cursor", "aria-live": "polite" });
    const { view, latest } = this.#sheet;
    this.element = el("section", { class: "graph panel", "aria-labelledby": "graph-title" },
      this.#header(), el("div", { class: "graph-frame" }, this.heads, view, latest), this.cursorText);
    this.#listen(view);
  }

  #header() {
    const syncs = el("input", { type: "checkbox" });
    syncs.addEventListener("change", () => {
      this.#syncs = syncs.checked;
      this.#sheet.stale = true;
    });
    const zoom = (text, label, by) =>
      button({ text, label, class: "square" }, () => this.#sheet.zoom(by, this.#room.now));
    return el("header", { class: "panel-head" },
      el("h2", { id: "graph-title", text: "On the wire" }), graphKey(),
      el("div", { class: "panel-tools" },
        el("label", { class: "check" }, syncs, "Sync messages"),
        zoom("−", "Show more time", -1), zoom("+", "Show less time", 1),
        button({ icon: "paste", text: "Paste a frame" }, () => this.#actions.paste())));
  }

  #listen(view) {
    view.addEventListener("keydown", (event) => this.#key(event));
    view.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.#hover(this.#under(event));
    });
    view.addEventListener("pointerleave", () => this.#hover(undefined));
    view.addEventListener("click", (event) => {
      const frame = this.#under(event);
      if (frame) this.#actions.pickFrame(frame.number, false);
    });
    onLook(() => {
      this.#colours = readColours();
      this.#sheet.stale = true;
    });
  }

  /**
   * `chosen` is the number of the frame that the inspector shows, `messageId` the message that is looked at; `off`:
   * show what would be on the wire without the library. `time` is the wall clock's.
   */
  render(room, time, { chosen, messageId, off }) {
    this.#lives.observe(room);
    this.#sheet.fit(room.settings);
    if (chosen !== this.#look.chosen) this.#choose(chosen);
    this.#look = { chosen, messageId, off };
    if (!this.#sheet.inSight && time - this.#drawnAt < UNSEEN_EVERY) return;
    const sight = [room.now, room.revision, messageId, off, this.#hovered?.number, this.#cursor].join();
    if (!this.#sheet.stale && sight === this.#drawn) return;
    this.#drawn = sight;
    this.#drawnAt = time;
    this.#draw();
  }

  #draw() {
    const { frames, now } = this.#room;
    if (!this.#sheet.extend(now)) return;
    const { scale, context } = this.#sheet;
    this.#frames = visibleFrames(frames, scale, (frame) => this.#shows(frame));
    paint(context, {
      scale, now, frames: this.#frames, lives: this.#lives.spans, colours: this.#colours,
      marked: this.#hovered ?? this.#frames.find(({ number }) => number === this.#cursor),
      messageId: this.#look.messageId,
    });
  }

  /** Without the library there are no frames but the first ones. */
  #shows({ kind }) {
    return this.#look.off ? kind === "message" : this.#syncs || kind !== "sync";
  }

  #resized() {
    const { scale, view } = this.#sheet;
    scale.place(this.#room.peers.length, this.#centres(view.getBoundingClientRect().left));
    this.heads.replaceChildren(...this.#room.peers.map((peer, i) => {
      const head = el("span", { class: "lane-head" }, chip(peer), el("span", { text: peer.name }));
      head.style.left = `${scale.lanes[i]}px`;
      return head;
    }));
    // A canvas that has changed its size is empty: not until the next picture is due.
    this.#draw();
  }

  #under(event) {
    return frameAt(this.#frames, this.#sheet.scale, this.#room.now, ...this.#sheet.locate(event));
  }

  #hover(frame) {
    if (this.#hovered === frame) return;
    this.#hovered = frame;
    this.#sheet.view.style.cursor = frame ? "pointer" : "";
    setAttribute(this.#sheet.view, "title", frame && describe(frame, this.#room));
  }

  /** The inspector shows another frame, or none. */
  #choose(number) {
    this.#cursor = number;
    const frame = this.#find(number);
    if (frame) this.#sheet.reveal(frame.at);
  }

  #find(number) {
    return this.#room.frames.find((frame) => frame.number === number);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in STEPS) this.#step(STEPS[event.key]);
    else if (event.key !== "Enter" && event.key !== " ") return;
    else if (this.#cursor !== undefined) this.#actions.pickFrame(this.#cursor, true);
    event.preventDefault();
  }

  #step(by) {
    const frames = this.#room.frames.filter((frame) => this.#shows(frame));
    if (!frames.length) return;
    const from = frames.findIndex(({ number }) => number === this.#cursor);
    const start = from < 0 ? (by > 0 ? -1 : frames.length) : from;
    const frame = frames[Math.min(frames.length - 1, Math.max(0, start + by))];
    this.#cursor = frame.number;
    this.#sheet.reveal(frame.at);
    setText(this.cursorText, describe(frame, this.#room));
  }
}
