/** Handing bytes to the transport. What it refused of our own is handed to it once more when it takes something again. */

import { report } from "../errors.js";
import { add } from "./bounded.js";

export class Publisher {
  #hand;
  #bytesOf;
  /** Own messages of which the last try has failed, that which failed first the first. */
  #refused = new Set();
  /** The resolve functions of what is under way: stopping doesn't wait for a transport that never answers. */
  #underWay = new Set();
  #repeating = false;
  #stopped = false;

  /**
   * `hand` is given bytes and resolves with whether the transport took them; it must not reject. `bytesOf` makes those of an own
   * message that is to be published again, or gives undefined if there is no reason to.
   */
  constructor(hand, bytesOf) {
    this.#hand = hand;
    this.#bytesOf = bytesOf;
  }

  /** Resolves with whether the transport took it; false too if stopped meanwhile. `messageId` is that of an own message. */
  publish(bytes, messageId) {
    return new Promise((resolve) => {
      this.#underWay.add(resolve);
      if (this.#stopped) resolve(false);
      this.#tryTo(bytes, messageId).then((taken) => {
        this.#underWay.delete(resolve);
        resolve(taken);
        if (taken) return this.#again();
      }).catch(report);
    });
  }

  stop() {
    this.#stopped = true;
    for (const resolve of this.#underWay) resolve(false);
  }

  async #tryTo(bytes, messageId) {
    // Under way by itself.
    this.#refused.delete(messageId);
    const taken = await this.#hand(bytes);
    if (!taken && messageId !== undefined) add(this.#refused, messageId);
    return taken;
  }

  /** One after the other, so that a transport that fails again is left in peace. Each but once: it may be the message's fault. */
  async #again() {
    if (this.#repeating) return;
    this.#repeating = true;
    for (const messageId of this.#refused) {
      this.#refused.delete(messageId);
      const bytes = this.#stopped ? undefined : this.#bytesOf(messageId);
      if (bytes && !(await this.publish(bytes))) break;
    }
    this.#repeating = false;
  }
}
