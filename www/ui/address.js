/** The link to a room, and the ways out of it that lead to another link. */

import { DEFAULTS, LIMITS, formatSettings } from "../room/settings.js";
import { confirmed } from "./confirm.js";
import { copyText } from "./inspector/hex.js";
import { queryOf } from "./link.js";

/** Browsers don't like an address that changes at every step of a slider. */
const PATIENCE = 250;

export class Address {
  #room;
  #name;
  #notices;
  #beforeLeaving;
  #timer;

  constructor(room, name, notices, beforeLeaving) {
    this.#room = room;
    this.#name = name;
    this.#notices = notices;
    this.#beforeLeaving = beforeLeaving;
  }

  #of(settings) {
    return queryOf(formatSettings({ ...DEFAULTS, ...settings }), { room: this.#name });
  }

  write() {
    clearTimeout(this.#timer);
    history.replaceState(null, "", this.#of(this.#room.settings));
  }

  writeSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), PATIENCE);
  }

  async copy() {
    this.write();
    const copied = await copyText(location.href);
    const text = copied ? "The link is on the clipboard." : `The browser did not let it be copied: ${location.href}`;
    this.#notices.show(text, { key: "link copied" });
  }

  /** The same network with other dice, or other peers. */
  async openOther(seed, peers) {
    const { min, max } = LIMITS.seed;
    if (!Number.isInteger(seed) || seed < min || seed > max) {
      const text = `The seed must be a whole number from ${min} to ${max}.`;
      return this.#notices.show(text, { key: "seed", level: "error" });
    }
    return this.#leave(() => this.#room.close(), { ...this.#room.settings, seed, peers });
  }

  async clear() {
    const yes = await confirmed({
      title: "Clear this room?",
      text: "All its peers’ databases are deleted, and it starts again from the beginning.",
      yes: "Delete everything",
    });
    if (yes) await this.#leave(() => this.#room.clear(), this.#room.settings);
  }

  /** Ends the room, then loads the page again for the next one. */
  async #leave(end, settings) {
    this.#beforeLeaving();
    try {
      await end();
      location.assign(new URL(this.#of(settings), location.href));
    } catch (error) {
      this.#notices.error(error);
    }
  }
}
