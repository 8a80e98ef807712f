/** The drawer that shows one thing closely: a frame, a message, or bytes that somebody pastes. */

import { button, el, setHidden } from "../dom.js";

/** How often what is shown is brought up to date, in ms. */
const EVERY = 250;

export class Inspector {
  #view;
  #opener;
  #refreshedAt = 0;

  constructor(element) {
    this.element = element;
    this.title = el("h2", { id: "inspector-title", tabindex: "-1" });
    this.body = el("div", { class: "inspector-body" });
    const close = button({ icon: "close", label: "Close the inspector", class: "quiet square" }, () => this.close());
    element.replaceChildren(el("header", { class: "inspector-head" }, this.title, close), this.body);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !element.hidden && !document.querySelector("dialog[open]")) this.close();
    });
  }

  get view() {
    return this.#view;
  }

  /**
   * Shows a view: `{ title, element, refresh() }`. With `focus` the reader is taken there, and back to where he
   * was when it closes; without, whoever goes through a list by mouse keeps his place.
   */
  show(view, { focus = false } = {}) {
    if (focus && !this.element.contains(document.activeElement)) this.#opener = document.activeElement;
    this.#view = view;
    this.title.replaceChildren(...[view.title].flat());
    this.body.replaceChildren(view.element);
    this.body.scrollTop = 0;
    setHidden(this.element, false);
    document.body.classList.add("inspecting");
    if (focus) (view.focus ?? this.title).focus();
  }

  close() {
    if (this.element.hidden) return;
    const inside = this.element.contains(document.activeElement);
    this.#view = undefined;
    setHidden(this.element, true);
    document.body.classList.remove("inspecting");
    if (inside && this.#opener?.isConnected) this.#opener.focus();
    this.#opener = undefined;
  }

  render(wallTime) {
    if (!this.#view || wallTime - this.#refreshedAt < EVERY) return;
    this.#refreshedAt = wallTime;
    this.#view.refresh?.();
  }
}

/** A heading with what belongs to it; nothing if there is nothing. */
export function part(title, ...children) {
  return el("section", { class: "part" }, el("h3", { text: title }), ...children);
}

/** Names and values. Values are text or elements. */
export function facts(pairs) {
  return el("dl", { class: "facts" }, ...pairs.filter(Boolean).map(([name, value, look = ""]) =>
    el("div", {}, el("dt", { text: name }), el("dd", { class: look }, value))));
}
