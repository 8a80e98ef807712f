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
        if (taken) this.#again();
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
  #again() {
    if (this.#stopped) return;
    for (const refused of this.#refused) {
      this.#refused.delete(refused);
      const bytes = this.#bytesOf(refused);
      if (bytes) return void this.publish(bytes);
    }
  }
}
