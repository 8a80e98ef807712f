/** What is within reach all the time: play, settle, burst, and the library's own switch. */

import { button, el, setAttribute, setText, turnIcon } from "./dom.js";

export class Transport {
  /** `actions`: togglePlay, toggleTraffic, burst, toggleOff. */
  constructor(actions) {
    this.play = button({ icon: "play", text: "Play", class: "play" }, () => actions.togglePlay());
    this.settle = button({ icon: "settle", class: "settle" }, () => actions.toggleTraffic());
    this.settleText = twoLengths(this.settle);
    this.burst = button({ icon: "burst", class: "burst" }, () => actions.burst());
    twoLengths(this.burst)("Burst of 100", "Burst");
    this.sds = el("button", { type: "button", class: "switch", role: "switch" },
      el("span", { class: "switch-track", "aria-hidden": "true" }, el("span", { class: "switch-knob" })),
      el("span", { text: "SDS" }), el("span", { class: "switch-state", "aria-hidden": "true" }));
    this.sds.addEventListener("click", () => actions.toggleOff());
    this.buttons = [this.play, this.settle, this.burst, this.sds];
  }

  render(room, { playing, off }) {
    setText(this.play.querySelector("span"), playing ? "Pause" : "Play");
    turnIcon(this.play.firstChild, playing ? "pause" : "play");
    if (room.traffic) this.settleText("Stop chatter & settle", "Settle");
    else this.settleText("Resume chatter", "Resume");
    turnIcon(this.settle.firstChild, room.traffic ? "settle" : "play");
    setAttribute(this.sds, "aria-checked", String(!off));
    setAttribute(this.sds, "title", "What the same traffic leaves behind without the library");
    setText(this.sds.lastChild, off ? "off" : "on");
  }
}

/** A label for wide screens and one for phones; gives what sets them. */
function twoLengths(node) {
  const long = el("span", { class: "long" });
  const short = el("span", { class: "short" });
  node.append(long, short);
  return (longText, shortText) => {
    setText(long, longText);
    setText(short, shortText);
  };
}
