/** The area for what went wrong or should be known. Each notice says one thing and can be closed. */

import { button, el, icon } from "./dom.js";
import { errorText } from "./format.js";

export class Notices {
  #area;
  #shown = new Map();

  constructor(area) {
    this.#area = area;
  }

  /** `level`: "note" or "error". `key`: a newer notice of the same key takes the place of the older. */
  show(text, { level = "note", key = text, actions = [], details } = {}) {
    this.close(key);
    const close = button({ icon: "close", label: "Close", class: "quiet square" }, () => this.close(key));
    const body = el("div", { class: "notice-body" }, ...[text].flat().map((line) => el("p", { text: line })));
    if (details) body.append(el("ul", {}, ...details.map((line) => el("li", { text: line }))));
    const notice = el("div", { class: `notice notice-${level}`, role: level === "error" ? "alert" : "status" },
      icon("warn"), body, ...actions, close);
    this.#shown.set(key, notice);
    this.#area.append(notice);
    return notice;
  }

  error(error, prefix = "") {
    const text = `${prefix}${errorText(error)}`;
    this.show(text, { level: "error", key: text });
  }

  close(key) {
    this.#shown.get(key)?.remove();
    this.#shown.delete(key);
  }
}

/** What nobody caught ends in a notice, too. */
export function catchAll(notices) {
  addEventListener("error", (event) => {
    if (event.error || event.message) notices.error(event.error ?? event.message, "Something unexpected happened. ");
  });
  addEventListener("unhandledrejection", (event) => notices.error(event.reason, "Something unexpected happened. "));
}
