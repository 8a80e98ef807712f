/**
 * How far the peers are behind, over the run: with the library, and with the same traffic but without it. Roots on the
 * upright axis, so that the few holes of the one can be seen beside the many of the other.
 */

import { el, setAttribute, setText, svg } from "./dom.js";
import { count, roomTime } from "./format.js";

const WIDTH = 600;
const HEIGHT = 100;
const EVERY = 200;
/** The axis shows at least this much: ms, and messages. */
const LEAST_TIME = 30_000;
const LEAST_COUNT = 9;

export class Chart {
  #drawnAt = -Infinity;
  #toldAt = -Infinity;
  #revision = -1;

  constructor() {
    this.area = svg("path", { class: "chart-with" });
    this.edge = svg("path", { class: "chart-edge" });
    this.line = svg("path", { class: "chart-without" });
    this.grid = svg("path", { class: "chart-grid" });
    this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" },
      this.grid, this.area, this.edge, this.line);
    this.ticks = el("div", { class: "chart-ticks num", "aria-hidden": "true" });
    this.from = el("span", { class: "num" });
    this.to = el("span", { class: "num" });
    this.withNow = el("strong", { class: "num" });
    this.withoutNow = el("strong", { class: "num" });
    this.element = el("figure", { class: "chart" }, this.#caption(),
      el("div", { class: "chart-plot" }, this.picture, this.ticks),
      el("div", { class: "chart-times", "aria-hidden": "true" }, this.from, this.to));
  }

  #caption() {
    return el("figcaption", {},
      el("span", { class: "chart-title", text: "Messages missing, all peers" }),
      el("span", { class: "chart-key chart-key-without" }, "without SDS ", this.withoutNow),
      el("span", { class: "chart-key chart-key-with" }, "with SDS ", this.withNow));
  }

  /** Draws at most every now and then: a chart of minutes needs no sixty pictures a second. */
  render(room, wallTime) {
    if (this.#revision === room.revision || wallTime - this.#drawnAt < EVERY) return;
    this.#revision = room.revision;
    this.#drawnAt = wallTime;
    const { samples } = room;
    const last = samples.at(-1) ?? { at: 0, behind: 0, plainMissing: 0 };
    setText(this.withNow, count(last.behind));
    setText(this.withoutNow, count(last.plainMissing));
    this.#trace(samples, last);
    this.#tell(samples, last, wallTime);
  }

  #trace(samples, last) {
    const start = samples[0]?.at ?? 0;
    const span = Math.max(LEAST_TIME, last.at - start);
    const top = samples.reduce((most, s) => Math.max(most, s.behind, s.plainMissing), LEAST_COUNT);
    const x = (at) => ((at - start) / span) * WIDTH;
    const y = (value) => HEIGHT - Math.sqrt(value / top) * (HEIGHT - 6);
    const edge = pathOf(samples, x, (sample) => y(sample.behind));
    setAttribute(this.edge, "d", edge);
    setAttribute(this.area, "d", edge && `${edge}V${HEIGHT}H0Z`);
    setAttribute(this.line, "d", pathOf(samples, x, (sample) => y(sample.plainMissing)));
    setText(this.from, roomTime(start));
    setText(this.to, roomTime(start + span));
    this.#scaleTo(top, y);
  }

  #scaleTo(top, y) {
    const values = ticksUpTo(top);
    setAttribute(this.grid, "d", values.map((value) => `M0 ${y(value).toFixed(1)}H${WIDTH}`).join(""));
    if (this.ticks.dataset.values === values.join() && this.ticks.dataset.top === String(top)) return;
    Object.assign(this.ticks.dataset, { values: values.join(), top });
    this.ticks.replaceChildren(...values.map((value) => {
      const tick = el("span", { text: count(value) });
      tick.style.top = `${y(value)}%`;
      return tick;
    }));
  }

  /** What a screen reader finds; changing it at every step would be noise. */
  #tell(samples, last, wallTime) {
    if (wallTime - this.#toldAt < 5000 && this.#toldAt > 0) return;
    this.#toldAt = wallTime;
    const most = samples.reduce((peak, sample) => Math.max(peak, sample.behind), 0);
    setAttribute(this.picture, "aria-label",
      `Chart up to ${roomTime(last.at)}. With the library ${count(last.behind)} messages are not there yet, `
      + `at most ${count(most)} were. Without it ${count(last.plainMissing)} are missing for good.`);
  }
}

function pathOf(samples, x, y) {
  return samples.map((sample, i) => `${i ? "L" : "M"}${x(sample.at).toFixed(1)} ${y(sample).toFixed(1)}`).join("");
}

/** Two or three round values below the top. */
function ticksUpTo(top) {
  const round = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000, 100_000];
  const fitting = round.filter((value) => value <= top);
  const high = fitting.at(-1) ?? 1;
  const low = fitting.findLast((value) => value <= top / 6);
  return low ? [low, high] : [high];
}
