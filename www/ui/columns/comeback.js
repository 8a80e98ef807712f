/** The proof, written out after a restart: what was there before the kill is there again. */

import { button, el, icon, setHidden, setText } from "../dom.js";
import { clockParts, count } from "../format.js";

export class Comeback {
  #shown;
  #dismissed;

  constructor() {
    this.lines = ["clock", "restored", "pending kept", "delivered twice"].map((name) => ({
      name: el("dt", { text: name }), value: el("dd", { class: "num" }),
    }));
    const look = { icon: "close", label: "Hide what was restored", class: "quiet square" };
    const close = button(look, () => this.#dismiss());
    this.element = el("div", { class: "comeback", hidden: true },
      el("p", { class: "comeback-title" }, icon("restored"), el("strong", { text: "Back from storage" }), close),
      el("dl", {}, ...this.lines.map(({ name, value }) => el("div", {}, name, value))));
  }

  #dismiss() {
    this.#dismissed = this.#shown;
    setHidden(this.element, true);
  }

  render(comeback) {
    this.#shown = comeback && signature(comeback);
    setHidden(this.element, !comeback || this.#dismissed === this.#shown);
    if (!comeback) return;
    const { clockBefore, clockAfter, restored, logBefore, pendingBefore, pendingAfter, deliveredTwice } = comeback;
    const clock = `${shorten(clockBefore)} → ${shorten(clockAfter)}`;
    const texts = [
      [clock, clockAfter >= clockBefore],
      [`${count(restored)} of ${count(logBefore)}`, restored >= logBefore],
      [`${count(pendingAfter)} of ${count(pendingBefore)}`, pendingAfter >= pendingBefore],
      [count(deliveredTwice), deliveredTwice === 0],
    ];
    texts.forEach(([text, good], i) => {
      setText(this.lines[i].value, text);
      this.lines[i].value.dataset.good = good;
    });
  }
}

/** One comeback is told from the next by what it brought back; what was delivered since may change. */
function signature({ clockBefore, clockAfter, restored, logBefore }) {
  return [clockBefore, clockAfter, restored, logBefore].join();
}

function shorten(clock) {
  const [head, tail] = clockParts(clock);
  return head ? `…${tail}` : tail;
}
