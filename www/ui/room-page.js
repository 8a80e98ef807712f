/** The simulated room: all its parts put together. */

import { LIMITS, formatSettings, parseSettings } from "../room/settings.js";
import { decodeFrame, parsePasted } from "../room/frames.js";
import { openRoom } from "../room/room.js";
import { Actions } from "./actions.js";
import { Address } from "./address.js";
import { Board } from "./columns/board.js";
import { Chart } from "./chart.js";
import { Controls } from "./controls.js";
import { Driver } from "./driver.js";
import { Graph } from "./graph/graph.js";
import { Inspector } from "./inspector/inspector.js";
import { Status, Totals } from "./status.js";
import { Transport } from "./transport.js";
import { demoOf } from "./demo.js";
import { el } from "./dom.js";
import { byteCount } from "./format.js";
import { frameView } from "./inspector/frame-view.js";
import { messageView } from "./inspector/message-view.js";
import { pasteView } from "./inspector/paste-view.js";
import { databaseName, freshRoomName, notebook, queryOf, readAddress } from "./link.js";
import { logLegend } from "./legend.js";
import { openSafely } from "./opening.js";

/** Opens the room that the address names and shows it. Gives what tests may see. */
export async function show({ notices, announce, place }) {
  const { settings, name } = readAddress(parseSettings, notices);
  const elsewhere = queryOf(formatSettings(settings), { room: freshRoomName() });
  const fixed = { name: databaseName("lossy-room", name), notes: notebook("localStorage") };
  const open = (options) => openRoom(settings, { ...fixed, ...options });
  const room = await openSafely(open, { notices, place, elsewhere });
  const page = new RoomPage(room, { name, notices, announce, place });
  page.start();
  return demoOf(room);
}

class RoomPage {
  #room;
  #notices;
  #announce;
  #off = false;

  constructor(room, { name, notices, announce, place }) {
    this.#room = room;
    this.#notices = notices;
    this.#announce = announce;
    const actions = this.#actions();
    this.driver = new Driver(room, (time) => this.#draw(time), (error) => notices.error(error));
    this.address = new Address(room, name, notices, () => this.driver.stop());
    this.status = new Status(announce, () => actions.togglePlay());
    this.totals = new Totals();
    this.chart = new Chart();
    this.board = new Board(room, actions);
    this.graph = new Graph(room, actions, (left) => this.board.centres(left));
    this.transport = new Transport(actions);
    this.controls = new Controls(room.settings, LIMITS, actions);
    this.inspector = new Inspector(document.getElementById("inspector"));
    this.#layOut(place);
  }

  #layOut(place) {
    document.getElementById("transport").replaceChildren(...this.transport.buttons);
    document.body.classList.add("has-rail");
    const peers = el("section", { class: "peers", id: "peers", tabindex: "-1", "aria-labelledby": "peers-title" },
      el("header", { class: "peers-head" }, el("h2", { id: "peers-title", text: "The peers’ logs" }), logLegend()),
      this.board.element);
    const strip = el("div", { class: "strip" }, this.status.line, this.totals.element);
    const stage = el("div", { class: "stage" },
      el("section", { class: "hero", "aria-labelledby": "headline" }, this.status.element, this.chart.element),
      strip, peers, this.graph.element);
    const desk = el("div", { class: "desk" }, stage, this.inspector.element);
    // Beside the stage where there is room, else within it: reading and tabbing go in the order that is seen.
    this.controls.followWidth((wide) => (wide ? stage : peers).before(this.controls.element));
    place.replaceChildren(desk);
  }

  #actions() {
    const room = this.#room;
    const actions = new Actions(room, this.#notices, this.#announce);
    const scene = { people: room.peers, peers: room.peers, frames: room.frames };
    return Object.assign(actions, {
      set: (name, value) => {
        Actions.prototype.set.call(actions, name, value);
        this.address.writeSoon();
      },
      togglePlay: () => this.#togglePlay(),
      toggleTraffic: () => this.#toggleTraffic(),
      toggleOff: () => this.#toggleOff(),
      pickMessage: (id, byKey = false) => this.#inspect(messageView(id, scene, actions), byKey),
      pickFrame: (number, byKey = false) => this.#pickFrame(number, byKey, actions),
      paste: () => this.#paste(actions),
      openRoom: (seed, peers) => this.address.openOther(seed, peers),
      copyLink: () => this.address.copy(),
      clear: () => this.address.clear(),
    });
  }

  start() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.driver.playing = !still;
    this.driver.start();
    addEventListener("pagehide", () => {
      this.driver.stop();
      this.#room.close().catch(() => {});
    });
    // The browser may bring the page back as it was, with a room that is closed.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  #draw(time) {
    const { view } = this.inspector;
    const frame = view?.frame;
    const messageId = frame?.messageId ?? view?.id;
    const state = { playing: this.driver.playing, settling: this.driver.settling, off: this.#off };
    this.transport.render(this.#room, state);
    this.status.render(this.#room, state);
    this.totals.render(this.#room, byteCount);
    this.chart.render(this.#room, time);
    this.board.render(this.#room, this.#off, messageId);
    this.graph.render(this.#room, time, { chosen: frame?.number, messageId, off: this.#off });
    this.inspector.render(time);
  }

  #togglePlay() {
    this.driver.playing = !this.driver.playing;
    this.#announce(this.driver.playing ? "Running." : "Paused.");
  }

  #toggleTraffic() {
    this.#room.traffic = !this.#room.traffic;
    this.driver.settling = !this.#room.traffic;
    if (this.driver.settling) this.driver.playing = true;
    const stopped = "Chatter stopped; waiting for the logs to become equal.";
    this.#announce(this.#room.traffic ? "The peers chat again." : stopped);
  }

  #toggleOff() {
    this.#off = !this.#off;
    document.documentElement.dataset.sds = this.#off ? "off" : "on";
    this.#announce(this.#off ? "Showing the same traffic without the library." : "Showing the logs with the library.");
  }

  #inspect(view, byKey) {
    this.inspector.show(view, { focus: byKey });
  }

  #pickFrame(number, byKey, actions) {
    const frame = this.#room.frames.find((one) => one.number === number);
    if (!frame) return this.#notices.show("That frame is not kept any more.", { key: "frame" });
    return this.#inspect(frameView(frame, this.#room.peers, actions, decodeFrame), byKey);
  }

  #paste(actions) {
    this.#inspect(pasteView({
      parse: parsePasted,
      decode: decodeFrame,
      inject: (peer, bytes) => this.#room.inject(peer, bytes),
      peers: () => this.#room.peers,
      pick: (id) => actions.pickMessage(id),
    }), true);
  }
}
