/**
 * A list of which only the rows in sight exist, so that thousands cost no more than twenty. It follows its end unless
 * the reader has scrolled up, and then holds what is being read where it is.
 */

import { button, el, setAttribute, setHidden, setText } from "../dom.js";

const SPARE = 6;
let instances = 0;

export class VirtualList {
  #options;
  #prefix = `list-${++instances}`;
  #items = [];
  #rows = new Map();
  #pool = [];
  #height = 0;
  #rowHeight = 26;
  #top = 0;
  #following = true;
  #unseen = 0;
  #active;

  /**
   * `createRow()` gives an element, `drawRow(element, item)` fills it, and must set everything, since rows are used
   * again; `key(item)` tells items apart; `onPick(item, byKey)`; `label`.
   */
  constructor(options) {
    this.#options = options;
    this.sizer = el("div", { class: "list-sizer", role: "presentation" });
    const attributes = { class: "list-view", role: "listbox", tabindex: "0", "aria-label": options.label };
    this.view = el("div", attributes, this.sizer);
    this.newer = button({ class: "list-newer", icon: "down", text: "new" }, () => this.follow());
    this.newer.hidden = true;
    this.element = el("div", { class: "list" }, this.view, this.newer);
    this.view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.view.addEventListener("keydown", (event) => this.#key(event));
    this.sizer.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#measure()).observe(this.view);
  }

  update(items) {
    const anchor = this.#following ? undefined : this.#anchor();
    if (!this.#following && items.length > this.#items.length) this.#unseen += items.length - this.#items.length;
    this.#items = items;
    this.#resize();
    if (anchor) this.#hold(anchor);
    this.#draw();
  }

  /** Draws the rows in sight again, for a change that is not in the items. */
  refresh() {
    this.#draw();
  }

  follow() {
    this.#following = true;
    this.#resize();
    this.#draw();
    this.view.focus({ preventScroll: true });
  }

  #measure() {
    this.#height = this.view.clientHeight;
    const rowHeight = parseFloat(getComputedStyle(this.view).getPropertyValue("--row")) || 26;
    // Rows are higher on a phone: all of them have another place when the page gets so narrow.
    if (rowHeight !== this.#rowHeight) this.#dropRows();
    this.#rowHeight = rowHeight;
    this.#resize();
    this.#draw();
  }

  #resize() {
    this.sizer.style.height = `${this.#items.length * this.#rowHeight}px`;
    if (!this.#following) return;
    this.#unseen = 0;
    const end = Math.max(0, this.#items.length * this.#rowHeight - this.#height);
    if (Math.abs(this.view.scrollTop - end) > 1) this.view.scrollTop = end;
    this.#top = end;
  }

  #scrolled() {
    this.#top = this.view.scrollTop;
    // Not the height that was measured last: the browser scrolls by itself when it has changed.
    const end = this.#items.length * this.#rowHeight - this.view.clientHeight;
    this.#following = this.#top >= end - this.#rowHeight / 2;
    if (this.#following) this.#unseen = 0;
    this.#draw();
  }

  /** The first row in sight, and by how much it is scrolled. */
  #anchor() {
    const index = Math.floor(this.#top / this.#rowHeight);
    const item = this.#items[index];
    return item && { key: this.#options.key(item), index, offset: this.#top - index * this.#rowHeight };
  }

  #hold({ key, index, offset }) {
    const found = this.#find(key, index);
    if (found < 0 || found === index) return;
    this.#top = found * this.#rowHeight + offset;
    this.view.scrollTop = this.#top;
  }

  /** Most often it is still near where it was. */
  #find(key, near) {
    for (let i = Math.max(0, near - 50); i < Math.min(this.#items.length, near + 50); i++) {
      if (this.#options.key(this.#items[i]) === key) return i;
    }
    return this.#items.findIndex((item) => this.#options.key(item) === key);
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.#top / this.#rowHeight) - SPARE);
    const last = Math.min(this.#items.length, Math.ceil((this.#top + this.#height) / this.#rowHeight) + SPARE);
    this.#dropRows((index) => index < first || index >= last);
    for (let index = first; index < last; index++) this.#drawAt(index);
    this.#markActive();
    setHidden(this.newer, this.#following || this.#unseen === 0);
    if (!this.newer.hidden) setText(this.newer.lastChild, `${this.#unseen} new`);
  }

  #dropRows(isOut = () => true) {
    for (const [index, row] of this.#rows) {
      if (!isOut(index)) continue;
      this.#rows.delete(index);
      row.remove();
      this.#pool.push(row);
    }
  }

  #drawAt(index) {
    let row = this.#rows.get(index);
    if (!row) {
      row = this.#pool.pop() ?? this.#newRow();
      row.style.transform = `translateY(${index * this.#rowHeight}px)`;
      row.id = `${this.#prefix}-${index}`;
      setAttribute(row, "aria-posinset", index + 1);
      this.#rows.set(index, row);
      this.sizer.append(row);
    }
    setAttribute(row, "aria-setsize", this.#items.length);
    const item = this.#items[index];
    this.#options.drawRow(row, item);
    setAttribute(row, "aria-selected", this.#options.key(item) === this.#active);
    row.classList.toggle("row-active", this.#options.key(item) === this.#active);
  }

  #newRow() {
    const row = this.#options.createRow();
    row.setAttribute("role", "option");
    return row;
  }

  #markActive() {
    let id;
    for (const [index, row] of this.#rows) if (this.#options.key(this.#items[index]) === this.#active) id = row.id;
    setAttribute(this.view, "aria-activedescendant", id);
  }

  #click(event) {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    this.#pick(this.#items[Number(row.getAttribute("aria-posinset")) - 1], false);
  }

  #pick(item, byKey) {
    if (!item) return;
    this.#active = this.#options.key(item);
    this.#draw();
    this.#options.onPick(item, byKey);
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#height / this.#rowHeight) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: page, PageUp: -page };
    if (event.key in moves && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#move(moves[event.key]);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#pick(this.#items[this.#find(this.#active, 0)], true);
    }
  }

  #move(by) {
    if (!this.#items.length) return;
    const from = this.#active === undefined ? -1 : this.#find(this.#active, 0);
    const start = from >= 0 ? from : this.#edge(by);
    const index = Math.min(this.#items.length - 1, Math.max(0, start + by));
    this.#active = this.#options.key(this.#items[index]);
    this.#reveal(index);
  }

  /** Where the keys start if nothing was chosen yet: what is in sight. */
  #edge(by) {
    const row = (this.#top + (by > 0 ? 0 : this.#height)) / this.#rowHeight;
    return by > 0 ? Math.ceil(row) - 1 : Math.min(this.#items.length, Math.floor(row));
  }

  #reveal(index) {
    const top = index * this.#rowHeight;
    if (top < this.#top) this.#top = top;
    else if (top + this.#rowHeight > this.#top + this.#height) this.#top = top + this.#rowHeight - this.#height;
    this.view.scrollTop = this.#top;
    this.#scrolled();
  }
}
