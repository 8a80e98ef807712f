/**
 * The paper of the diagram. A canvas as large as what is in sight sticks to the top of a scroller as high as the whole
 * run, so that scrolling is the browser's own. It follows its end unless the reader has scrolled up.
 */

import { button, el } from "../dom.js";
import { Scale, ZOOMS } from "./scale.js";

export class Sheet {
  scale = new Scale();
  /** Something is to be drawn again that is not of the room. */
  stale = true;
  inSight = true;
  #following = true;
  #zoomed = false;
  #pace;
  #onResize;

  /** `attributes` are the scroller's; `onResize()` is called when its size has changed, and must draw. */
  constructor(attributes, onResize) {
    this.#onResize = onResize;
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.sizer = el("div", { class: "graph-sizer" }, this.canvas);
    this.view = el("div", { class: "graph-view", tabindex: "0", ...attributes }, this.sizer);
    this.latest = button({ class: "list-newer", icon: "down", text: "Follow" }, () => this.#follow());
    this.view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.view);
    new IntersectionObserver(([entry]) => (this.inSight = entry.isIntersecting)).observe(this.view);
  }

  get context() {
    return this.canvas.getContext("2d");
  }

  /** Makes the sheet reach until `now`. Gives whether there is anything to draw on. */
  extend(now) {
    const { scale, view } = this;
    if (!scale.height) return false;
    const extent = scale.extent(now);
    this.sizer.style.height = `${extent}px`;
    if (this.#following) view.scrollTop = extent;
    scale.top = this.#following ? extent - scale.height : view.scrollTop;
    this.latest.hidden = this.#following;
    this.stale = false;
    return true;
  }

  /** Until the reader chooses a zoom, it goes with the network. */
  fit({ latency, speed }) {
    const pace = `${latency} ${speed}`;
    if (this.#pace === pace || this.#zoomed) return;
    this.#pace = pace;
    this.scale.fit({ latency, speed });
  }

  /** One step nearer or farther. What is in the middle stays there. */
  zoom(by, now) {
    const { scale } = this;
    const middle = scale.time(scale.height / 2);
    this.#zoomed = true;
    scale.zoom = Math.min(ZOOMS.length - 1, Math.max(0, scale.zoom + by));
    this.sizer.style.height = `${scale.extent(now)}px`;
    if (!this.#following) this.view.scrollTop = scale.middle(middle);
    this.stale = true;
  }

  /** Scrolls there if it is out of sight. */
  reveal(at) {
    const y = this.scale.y(at);
    this.stale = true;
    if (y > 20 && y < this.scale.height - 40) return;
    this.#following = false;
    this.view.scrollTop = this.scale.middle(at);
  }

  /** The place on the canvas of a pointer. */
  locate({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  #follow() {
    this.#following = true;
    this.stale = true;
    this.view.focus({ preventScroll: true });
  }

  #scrolled() {
    const { view, scale } = this;
    // The browser's own scrolling, when the height has changed and nothing is measured yet, says nothing.
    if (view.clientHeight !== scale.height) return;
    const atEnd = view.scrollTop >= view.scrollHeight - view.clientHeight - 8;
    // While it follows, new height comes before the scrolling to it: that is no reader's scrolling up.
    if (atEnd || view.scrollTop < scale.top - 2) this.#following = atEnd;
    this.stale = true;
  }

  #measure() {
    const { canvas, scale, view } = this;
    const ratio = globalThis.devicePixelRatio || 1;
    scale.width = view.clientWidth;
    scale.height = view.clientHeight;
    canvas.width = Math.round(scale.width * ratio);
    canvas.height = Math.round(scale.height * ratio);
    canvas.style.width = `${scale.width}px`;
    canvas.style.height = `${scale.height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#onResize();
  }
}
