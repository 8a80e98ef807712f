/** All columns side by side, and on narrow screens the initials to jump between them. */

import { chip, el, setAttribute } from "../dom.js";
import { Column } from "./column.js";

export class Board {
  constructor(room, actions) {
    this.columns = room.peers.map((peer) => new Column(peer, room.peers, actions));
    this.strip = el("div", { class: "columns" }, ...this.columns.map((column) => column.element));
    this.strip.style.setProperty("--peers", room.peers.length);
    this.jumps = room.peers.map((peer) => this.#jump(peer));
    const jumps = el("nav", { class: "jumps", "aria-label": "Peers" }, ...this.jumps);
    this.element = el("div", { class: "board" }, jumps, this.strip);
    this.strip.addEventListener("scroll", () => this.#markJump(), { passive: true });
  }

  #jump(peer) {
    const node = el("button", { type: "button", class: "jump", "aria-label": peer.name }, chip(peer));
    node.addEventListener("click", () => {
      const column = this.columns[peer.index].element;
      this.strip.scrollTo({ left: column.offsetLeft - this.strip.offsetLeft, behavior: motion() });
    });
    return node;
  }

  #markJump() {
    const width = this.strip.scrollWidth / this.columns.length;
    const current = Math.round(this.strip.scrollLeft / width);
    this.jumps.forEach((jump, i) => setAttribute(jump, "aria-current", i === current ? "true" : undefined));
  }

  render(room, off, marked) {
    for (const column of this.columns) column.render(room.peers[column.index], off, marked);
  }

  /** Where the columns are on the screen, for the lanes below them; undefined if they don't all fit. */
  centres(left) {
    if (this.strip.scrollWidth > this.strip.clientWidth + 1) return undefined;
    return this.columns.map(({ element }) => {
      const box = element.getBoundingClientRect();
      return box.left + box.width / 2 - left;
    });
  }
}

export function motion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
