/** Real tabs: this one is a participant, and so is every other tab of this browser that shows this page. */

import { decodeFrame, parsePasted } from "../room/frames.js";
import { DEFAULTS, LIMITS, formatSettings, parseSettings } from "../room/settings.js";
import { openTabRoom } from "../room/tab-room.js";
import { Column } from "./columns/column.js";
import { countersOfTab, deliveredIds } from "./demo.js";
import { button, el, setData, setText } from "./dom.js";
import { byteCount, listOf, percent, plural } from "./format.js";
import { FrameList } from "./frame-list.js";
import { frameView } from "./inspector/frame-view.js";
import { Inspector } from "./inspector/inspector.js";
import { messageView } from "./inspector/message-view.js";
import { pasteView } from "./inspector/paste-view.js";
import { logLegend } from "./legend.js";
import { databaseName, freshRoomName, notebook, queryOf, readAddress } from "./link.js";
import { openSafely } from "./opening.js";
import { Totals } from "./status.js";

/** Colours go by the name, so that a participant has the same one in every tab. */
const COLOURS = 8;

export async function show({ notices, place }) {
  const { settings, name } = readAddress(parseSettings, notices);
  const elsewhere = queryOf("", { room: freshRoomName(), mode: "tabs" });
  const fixed = { name: databaseName("lossy-tabs", name), session: notebook("sessionStorage"), loss: settings.loss };
  const room = await openSafely((options) => openTabRoom({ ...fixed, ...options }), { notices, place, elsewhere });
  const page = new TabsPage(room, { name, notices, place });
  page.start();
  return {
    room,
    settings,
    get counters() {
      return countersOfTab(room);
    },
    logs: () => [deliveredIds(room.me)],
  };
}

class TabsPage {
  #room;
  #name;
  #notices;
  #people = [];
  #actions;
  #scene;

  constructor(room, { name, notices, place }) {
    this.#room = room;
    this.#name = name;
    this.#notices = notices;
    this.#meet();
    this.#scene = { people: this.#people, peers: [room.me], frames: room.frames };
    this.#actions = {
      send: (_, text) => this.#guard(() => room.send(text)),
      pickMessage: (id, byKey) => this.inspector.show(messageView(id, this.#scene, this.#actions), { focus: byKey }),
      pickFrame: (number, byKey) => this.#pickFrame(number, byKey),
    };
    this.column = new Column(room.me, this.#people, this.#actions);
    this.frames = new FrameList(this.#people, this.#actions);
    this.totals = new Totals();
    this.inspector = new Inspector(document.getElementById("inspector"));
    place.replaceChildren(el("div", { class: "desk desk-tabs" }, this.#stage(), this.inspector.element));
  }

  #stage() {
    this.words = el("strong", { class: "state-words" });
    this.details = el("span", { class: "state-details" });
    this.state = el("p", { class: "state" }, el("span", { class: "lamp" }), this.words, this.details);
    this.company = el("p", { class: "company" });
    const strip = el("div", { class: "strip" }, el("div", { class: "state-line" }, this.state), this.totals.element);
    const paste = button({ icon: "paste", text: "Paste a frame" }, () => this.#paste());
    const wire = el("section", { class: "panel wire", "aria-labelledby": "wire-title" },
      el("header", { class: "panel-head" }, el("h2", { id: "wire-title", text: "On the wire" }),
        el("div", { class: "panel-tools" }, paste)), this.frames.element);
    const log = el("section", { class: "peers", id: "peers", tabindex: "-1", "aria-labelledby": "peers-title" },
      el("header", { class: "peers-head" }, el("h2", { id: "peers-title", text: "This tab’s log" }), logLegend()),
      this.column.element);
    return el("div", { class: "stage" }, this.#hero(), strip, el("div", { class: "tabs" }, log, wire));
  }

  #hero() {
    const href = this.#address();
    const attributes = { class: "button primary", href, target: "_blank", rel: "noopener" };
    const second = el("a", { ...attributes, text: "Open a second tab" });
    return el("section", { class: "hero", "aria-labelledby": "headline" },
      el("div", {},
        el("h1", { id: "headline" }, "This tab is one participant. ",
          el("span", { class: "headline-loss", text: "Tabs share nothing but a wire." })),
        el("p", { class: "lead", text: "Open a second tab and write in both. Each throws away a part of what it hears; "
          + "both end up with the same log. Reload one, or close it for a while: it catches up." })),
      el("div", { class: "tab-tools" }, second, this.company, this.#loss()));
  }

  #loss() {
    const { min, max, step } = LIMITS.loss;
    const input = el("input", { type: "range", id: "set-loss", min, max, step });
    input.value = this.#room.loss;
    const output = el("output", { class: "num", for: "set-loss" });
    let timer;
    const show = () => {
      setText(output, percent(this.#room.loss));
      input.setAttribute("aria-valuetext", percent(this.#room.loss));
    };
    input.addEventListener("input", () => {
      this.#room.loss = Number(input.value);
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState(null, "", this.#address()), 250);
      show();
    });
    show();
    const label = el("label", { for: "set-loss", text: "Thrown away by this tab" });
    return el("div", { class: "slider" }, label, output, input);
  }

  /** Of the settings only the loss means anything here. */
  #address() {
    const query = new URLSearchParams(formatSettings({ ...DEFAULTS, loss: this.#room.loss }));
    query.delete("seed");
    return queryOf(query, { room: this.#name, mode: "tabs" });
  }

  start() {
    let asked = false;
    const draw = () => {
      asked = false;
      try {
        this.#draw();
      } catch (error) {
        this.#notices.error(error);
      }
    };
    this.#room.onChange(() => {
      if (!asked) requestAnimationFrame(draw);
      asked = true;
    });
    draw();
    addEventListener("pagehide", () => void this.#room.close().catch(() => {}));
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  #draw() {
    const { me, others, status } = this.#room;
    this.#meet();
    const [holes, { unacknowledged }] = [status.missing + status.lost, status];
    setData(this.state, "state", status.synced ? "settled" : "working");
    setText(this.words, holes ? "Repairing" : unacknowledged ? "Waiting to be heard" : "Nothing is missing here");
    setText(this.details, holes ? `${plural(holes, "hole")} · ${me.counts.waiting} waiting`
      : unacknowledged ? `${plural(unacknowledged, "message")} not acknowledged` : plural(me.counts.delivered, "message"));
    setText(this.company, others.length ? `Also here: ${listOf(others)}.` : "Nobody else is here yet.");
    this.totals.render(this.#room, byteCount);
    this.column.render(me, false, this.inspector.view?.frame?.messageId ?? this.inspector.view?.id);
    this.frames.render(this.#room);
    this.inspector.render(performance.now());
  }

  /** Whoever was heard of first since the last time. */
  #meet() {
    const { names } = this.#room;
    for (let i = this.#people.length; i < names.length; i++) {
      this.#people.push({ index: colourOf(names[i]), name: names[i] });
    }
  }

  #pickFrame(number, byKey = false) {
    const frame = this.#room.frames.find((one) => one.number === number);
    if (!frame) return this.#notices.show("That frame is not kept any more.", { key: "frame" });
    return this.inspector.show(frameView(frame, this.#people, this.#actions, decodeFrame), { focus: byKey });
  }

  #paste() {
    this.inspector.show(pasteView({
      parse: parsePasted,
      decode: decodeFrame,
      inject: (_, bytes) => this.#room.inject(bytes),
      peers: () => [this.#room.me],
      people: this.#people,
      pick: (id) => this.#actions.pickMessage(id, false),
    }), { focus: true });
  }

  async #guard(work) {
    try {
      await work();
    } catch (error) {
      this.#notices.error(error);
    }
  }
}

function colourOf(name) {
  return Array.from(name).reduce((hash, character) => (hash * 31 + character.codePointAt(0)) % 9973, 7) % COLOURS;
}
