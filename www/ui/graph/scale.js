/** From the room's clock and peers to places on the canvas. Time goes down, lanes stand side by side. */

/** Pixels per second of the room's clock that can be chosen. */
export const ZOOMS = [4, 8, 14, 24, 40, 64, 100, 160, 260];
/** Above the first moment and below the last one. */
const HEAD = 18;
const FOOT = 26;
/** Heights beyond this make browsers imprecise; older times are cut off then. */
const HIGHEST = 4e6;

export class Scale {
  zoom = 5;
  origin = 0;
  lanes = [];
  top = 0;
  height = 0;
  width = 0;

  get perSecond() {
    return ZOOMS[this.zoom];
  }

  /** How high the whole diagram is; as a side effect the origin moves on when it would be too high. */
  extent(now) {
    const heightSince = (at) => ((now - at) / 1000) * this.perSecond;
    if (heightSince(this.origin) > HIGHEST) this.origin = now - (HIGHEST / 2 / this.perSecond) * 1000;
    return Math.max(this.height, HEAD + FOOT + heightSince(this.origin));
  }

  y(at) {
    return HEAD + ((at - this.origin) / 1000) * this.perSecond - this.top;
  }

  time(y) {
    return ((y + this.top - HEAD) / this.perSecond) * 1000 + this.origin;
  }

  /** Where the diagram must be scrolled to so that `at` is in the middle. */
  middle(at) {
    return this.y(at) + this.top - this.height / 2;
  }

  /** `centres` are the columns' if they can be used, else the width is shared out. */
  place(count, centres) {
    const gutter = 50;
    const step = (this.width - gutter - 18) / count;
    this.lanes = centres ?? Array.from({ length: count }, (_, i) => gutter + step * (i + 0.5));
  }

  /** The zoom at which a usual delivery is a visible slope, unless the diagram would move too fast to be followed. */
  fit({ latency, speed }) {
    const slope = 28_000 / Math.max(250, latency);
    const wanted = Math.min(slope, 200 / Math.max(1, speed));
    this.zoom = Math.max(0, ZOOMS.findLastIndex((zoom) => zoom <= wanted));
  }
}

/** The round step, in ms, at which lines across are neither crowded nor lonely. */
export function gridStep(perSecond) {
  const steps = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];
  return (steps.find((step) => step * perSecond >= 44) ?? 600) * 1000;
}
