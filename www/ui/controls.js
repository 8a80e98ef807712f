/** The settings: sliders that act at once, and those that make another room. */

import { button, el, setText } from "./dom.js";
import { percent } from "./format.js";
import { PRESETS, matchingPreset } from "./presets.js";

/** Speeds worth having; a slider in even steps would hide the slow ones. */
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 12, 20];

const SLIDERS = {
  loss: { name: "Loss", show: percent },
  duplication: { name: "Duplication", show: percent },
  latency: { name: "Latency", show: (value) => `${value} ms` },
  reordering: { name: "Reordering", show: percent },
  rate: { name: "Chatter", show: (value) => `${value.toFixed(1)} /s` },
};

export class Controls {
  #actions;
  #limits;
  #sliders = new Map();

  /** `limits` are the engine's; `actions`: set, openRoom, copyLink, clear. */
  constructor(settings, limits, actions) {
    this.#actions = actions;
    this.#limits = limits;
    this.summary = el("summary", { class: "rail-summary" }, "Network and room");
    this.element = el("details", { class: "rail", open: true }, this.summary,
      this.#network(settings), this.#traffic(settings), this.#room(settings));
  }

  /** Open where there is room, collapsed elsewhere; `place(wide)` puts the element where it belongs. */
  followWidth(place) {
    const wide = matchMedia("(min-width: 1100px)");
    const apply = () => {
      this.element.open = wide.matches;
      place(wide.matches);
    };
    wide.addEventListener("change", apply);
    apply();
  }

  #network(settings) {
    this.presets = PRESETS.map((preset) => {
      const node = button({ text: preset.name, "aria-pressed": "false" }, () => this.#apply(preset));
      node.preset = preset;
      return node;
    });
    return group("Network", el("div", { class: "presets", role: "group", "aria-label": "Presets" }, ...this.presets),
      ...["loss", "duplication", "latency", "reordering"].map((name) => this.#slider(name, settings[name])));
  }

  #traffic(settings) {
    return group("Traffic and clock", this.#slider("rate", settings.rate), this.#speed(settings.speed));
  }

  #slider(name, value) {
    const { min, max, step } = this.#limits[name];
    const { name: label, show } = SLIDERS[name];
    const output = el("output", { class: "num", for: `set-${name}`, text: show(value) });
    const input = el("input", { type: "range", id: `set-${name}`, min, max, step, "aria-valuetext": show(value) });
    input.value = value;
    const display = () => {
      setText(output, show(Number(input.value)));
      input.setAttribute("aria-valuetext", show(Number(input.value)));
    };
    input.addEventListener("input", () => {
      display();
      this.#actions.set(name, Number(input.value));
      this.#markPreset();
    });
    this.#sliders.set(name, { input, display });
    return el("div", { class: "slider" }, el("label", { for: `set-${name}`, text: label }), output, input);
  }

  #speed(value) {
    const nearest = SPEEDS.reduce((best, speed) => (Math.abs(speed - value) < Math.abs(best - value) ? speed : best));
    const show = (speed) => `${speed}×`;
    const output = el("output", { class: "num", for: "set-speed", text: show(value) });
    const input = el("input", { type: "range", id: "set-speed", min: 0, max: SPEEDS.length - 1, step: 1 });
    input.value = SPEEDS.indexOf(nearest);
    input.setAttribute("aria-valuetext", show(value));
    input.addEventListener("input", () => {
      const speed = SPEEDS[Number(input.value)];
      setText(output, show(speed));
      input.setAttribute("aria-valuetext", show(speed));
      this.#actions.set("speed", speed);
    });
    return el("div", { class: "slider" }, el("label", { for: "set-speed", text: "Speed" }), output, input);
  }

  #room(settings) {
    const { seed, peers } = this.#limits;
    const seedInput = el("input", { type: "number", id: "set-seed", min: seed.min, max: seed.max, step: 1 });
    seedInput.value = settings.seed;
    const peersInput = el("select", { id: "set-peers" });
    for (let n = peers.min; n <= peers.max; n++) peersInput.append(el("option", { value: n, text: String(n) }));
    peersInput.value = String(settings.peers);
    const open = () => this.#actions.openRoom(Number(seedInput.value), Number(peersInput.value));
    const dice = button({ icon: "dice", label: "New seed", class: "square" }, () => {
      seedInput.value = crypto.getRandomValues(new Uint32Array(1))[0] % 100_000;
      open();
    });
    const form = el("form", { class: "room-form" },
      el("label", { for: "set-seed", text: "Seed" }), el("div", { class: "joined" }, seedInput, dice),
      el("label", { for: "set-peers", text: "Peers" }), peersInput,
      button({ text: "Start anew", type: "submit" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      open();
    });
    return group("Room", form, el("p", { class: "hint", text: "The same seed and the same clicks give the same run." }),
      el("div", { class: "pair" },
        button({ icon: "link", text: "Copy link" }, () => this.#actions.copyLink()),
        button({ icon: "trash", text: "Clear room", class: "danger" }, () => this.#actions.clear())));
  }

  #apply(preset) {
    for (const [name, value] of Object.entries(preset.settings)) {
      const slider = this.#sliders.get(name);
      slider.input.value = value;
      slider.display();
      this.#actions.set(name, value);
    }
    this.#markPreset();
  }

  #markPreset() {
    const values = Object.fromEntries([...this.#sliders].map(([name, { input }]) => [name, Number(input.value)]));
    const current = matchingPreset(values);
    for (const node of this.presets) node.setAttribute("aria-pressed", node.preset === current);
  }
}

function group(title, ...children) {
  return el("section", { class: "group" }, el("h2", { text: title }), ...children);
}
