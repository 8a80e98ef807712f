/**
 * Runs the room's clock by the wall clock's, one step at a time, and draws once per picture of the screen; less often
 * where drawing is slow, since it takes its time from the room.
 */

/** After a pause of the browser (a hidden tab, a breakpoint) the room goes on, but doesn't catch up. */
const LONGEST_STEP = 100;
/** How much faster it runs at least while it settles: nobody wants to watch timers. */
const SETTLING_SPEED = 4;

export class Driver {
  playing = false;
  settling = false;
  #room;
  #draw;
  #report;
  #busy = false;
  #last;
  #stopped = false;
  #nextDraw = 0;
  #drawnAt = 0;
  #afterPaint = new MessageChannel();

  constructor(room, draw, report) {
    this.#room = room;
    this.#draw = draw;
    this.#report = report;
    // A message sent while drawing comes when the browser has painted, too: half of the time is the page's at most.
    this.#afterPaint.port1.onmessage = () => {
      const now = performance.now();
      this.#nextDraw = now + (now - this.#drawnAt);
    };
  }

  start() {
    const turn = (time) => {
      if (this.#stopped) return;
      requestAnimationFrame(turn);
      this.#step(time);
      if (performance.now() >= this.#nextDraw) this.#show(time);
    };
    requestAnimationFrame(turn);
  }

  stop() {
    this.#stopped = true;
  }

  async #step(time) {
    if (this.#busy) return;
    const passed = Math.min(LONGEST_STEP, time - (this.#last ?? time));
    this.#last = time;
    if (!this.playing || passed <= 0) return;
    this.#busy = true;
    const speed = this.#room.settings.speed;
    await this.#room.advance(passed * (this.settling ? Math.max(speed, SETTLING_SPEED) : speed)).catch((error) => {
      this.playing = false;
      this.#report(error);
    });
    if (this.#room.settled) this.settling = false;
    this.#busy = false;
  }

  /** A picture that can't be drawn must not end the film. */
  #show(time) {
    this.#drawnAt = performance.now();
    try {
      this.#draw(time);
    } catch (error) {
      this.#report(error);
    }
    this.#afterPaint.port2.postMessage(undefined);
  }
}
