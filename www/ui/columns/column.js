/** One peer: its state, its log, and what can be done to it. */

import { button, chip, el, setAttribute, setData, setHidden, setText, turnIcon } from "../dom.js";
import { clockParts, count, errorText } from "../format.js";
import { Comeback } from "./comeback.js";
import { createRow, drawEntry, drawPlain } from "./rows.js";
import { VirtualList } from "./virtual-list.js";

/** What the counts are called, with the library and without. */
const TALLY = {
  on: ["delivered", "holes", "waiting", "unacked"],
  off: ["arrived", "missing", "late", "twice"],
};

export class Column {
  #actions;
  #people;
  #drawn = {};
  #list;
  #comeback = new Comeback();

  /**
   * `people` are all who may have written something, as `{ index, name }`; `actions` is the page's: send, pickMessage,
   * and kill, restart and isolate where there is somebody to do it to.
   */
  constructor(peer, people, actions) {
    this.#actions = actions;
    this.#people = people;
    this.index = peer.index;
    this.#list = new VirtualList({
      label: `${peer.name}'s log`,
      createRow,
      drawRow: (row, item) => this.#drawRow(row, item),
      // What came twice is there twice.
      key: (item) => (item.disorder === "twice" ? `${item.id} again` : item.id),
      onPick: (item, byKey) => actions.pickMessage(item.id, byKey),
    });
    this.#build(peer);
  }

  #build(peer) {
    const title = `peer-${peer.index}`;
    const me = this.#people[peer.index];
    this.status = el("span", { class: "peer-status" });
    this.clock = el("span", { class: "peer-clock num" });
    this.cells = TALLY.on.map((name) => ({ value: el("dd", { class: "num" }), name: el("dt", { text: name }) }));
    this.trouble = el("p", { class: "peer-trouble", role: "alert" });
    this.empty = el("p", { class: "list-empty" });
    this.#list.element.append(this.empty);
    this.element = el("article", { class: "column", "aria-labelledby": title, data: { peer: me.index } },
      el("header", { class: "peer" },
        el("div", { class: "peer-line" },
          chip(me), el("h3", { id: title, text: peer.name }), el("span", { class: "lamp" }), this.status, this.clock),
        el("dl", { class: "tally" }, ...this.cells.map(({ value, name }) => el("div", {}, name, value))),
        this.#actions.kill && this.#buttons(peer)),
      this.trouble, this.#comeback.element, this.#list.element, this.#composer(peer));
  }

  #buttons(peer) {
    this.life = button({ icon: "power", text: "Kill" }, () => {
      if (this.#drawn.alive) this.#actions.kill(this.index);
      else this.#actions.restart(this.index);
    });
    this.wire = button({ icon: "cut", text: "Cut off" }, () => this.#actions.isolate(this.index));
    this.life.append(el("span", { class: "sr-only", text: ` ${peer.name}` }));
    this.wire.append(el("span", { class: "sr-only", text: ` ${peer.name}` }));
    return el("div", { class: "peer-buttons" }, this.life, this.wire);
  }

  #composer(peer) {
    this.input = el("input", {
      type: "text", "aria-label": `Write as ${peer.name}`, placeholder: `Write as ${peer.name}`,
      autocomplete: "off", maxlength: "2000", enterkeyhint: "send",
    });
    this.sendButton = button({ icon: "send", label: `Send as ${peer.name}`, class: "square", type: "submit" });
    const on = { submit: (event) => this.#submit(event) };
    return el("form", { class: "composer", on }, this.input, this.sendButton);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.#actions.send(this.index, text);
  }

  #drawRow(row, item) {
    const marked = item.id === this.#drawn.marked;
    // Entries are not changed but replaced: the same one need not be drawn again.
    if (row.shown === item && row.shownMarked === marked) return;
    row.shown = item;
    row.shownMarked = marked;
    const draw = this.#drawn.off ? drawPlain : drawEntry;
    draw(row, item, this.#people, marked);
  }

  /** `off`: show what would be left without the library. `marked`: the id of the message that is looked at. */
  render(peer, off, marked) {
    const drawn = this.#drawn;
    if (drawn.revision === peer.revision && drawn.off === off && drawn.marked === marked) return;
    const log = off ? peer.plain.log : peer.log;
    const sameLog = drawn.log === log && drawn.off === off;
    this.#drawn = { revision: peer.revision, off, marked, log, alive: peer.alive };
    this.#renderState(peer);
    this.#renderTally(peer, off);
    this.#comeback.render(off ? undefined : peer.comeback);
    setText(this.trouble, peer.storageError ? `Storage: ${errorText(peer.storageError)}` : "");
    setHidden(this.trouble, !peer.storageError);
    setHidden(this.empty, log.length > 0);
    setText(this.empty, "Nothing yet.");
    if (sameLog) this.#list.refresh();
    else this.#list.update(log);
  }

  #renderState(peer) {
    const [state, words] = stateOf(peer);
    setData(this.element, "state", state);
    setText(this.status, words);
    const [head, tail] = clockParts(peer.counts.clock);
    setText(this.clock, `${head ? "…" : ""}${tail}`);
    setAttribute(this.clock, "title", `Lamport clock ${head}${tail}`);
    setAttribute(this.input, "disabled", !peer.alive);
    setAttribute(this.sendButton, "disabled", !peer.alive);
    if (this.life) this.#renderButtons(peer);
  }

  #renderButtons(peer) {
    setText(this.life.querySelector("span"), peer.alive ? "Kill" : "Restart");
    turnIcon(this.life.firstChild, peer.alive ? "power" : "restart");
    setAttribute(this.life, "disabled", peer.starting);
    this.life.classList.toggle("primary", !peer.alive && !peer.starting);
    setText(this.wire.querySelector("span"), peer.isolated ? "Reconnect" : "Cut off");
    turnIcon(this.wire.firstChild, peer.isolated ? "join" : "cut");
  }

  #renderTally(peer, off) {
    const { counts, plain } = peer;
    const arrived = plain.log.length - plain.missing - plain.twice;
    const values = off
      ? [arrived, plain.missing, plain.late, plain.twice]
      : [counts.delivered, counts.holes, counts.waiting, counts.unacknowledged];
    this.cells.forEach((cell, i) => {
      setText(cell.name, TALLY[off ? "off" : "on"][i]);
      setText(cell.value, count(values[i]));
      setData(cell.value, "some", i === 0 || values[i] > 0);
      setData(cell.value, "kind", TALLY[off ? "off" : "on"][i]);
    });
  }
}

function stateOf(peer) {
  if (peer.starting) return ["starting", "starting"];
  if (!peer.alive) return ["dead", "killed"];
  return peer.isolated ? ["cut", "cut off"] : ["alive", "alive"];
}
