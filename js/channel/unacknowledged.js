/**
 * Own messages that nobody is known to have. The manager tells who has those that it sends again. Of those that were given up,
 * causal histories tell: who names a message has delivered it, and before it what it names itself. An acknowledgement of a
 * later message doesn't: a filter shows what was received, and that may wait for the very message that nobody else has.
 */

import { MOST, add } from "./bounded.js";

export class Unacknowledged {
  #participantId;
  #causalHistory;
  /** In the order of sending. */
  #ids;
  /** Those that were given up, be it before `sent` was called. */
  #givenUp = new Set();
  /** Acknowledged before `sent` was called: others had the message, from a run that was forgotten here. */
  #early = new Set();
  /** Own messages that somebody has, with all that they depend on, looked at since something was given up last. */
  #followed = new Set();

  /**
   * @param {string[]} messageIds what there is at the beginning
   * @param {string} participantId
   * @param {(messageId: string) => import("../index.js").HistoryEntry[]} causalHistory of a message of the log
   */
  constructor(messageIds, participantId, causalHistory) {
    this.#ids = new Set(messageIds);
    this.#participantId = participantId;
    this.#causalHistory = causalHistory;
  }

  get size() {
    return this.#ids.size;
  }

  ids() {
    return [...this.#ids];
  }

  has(messageId) {
    return this.#ids.has(messageId);
  }

  sent(messageId) {
    if (this.#early.delete(messageId)) return;
    this.#ids.add(messageId);
    if (this.#ids.size > MOST) this.#forget(this.#ids.values().next().value);
  }

  settled(messageId, acknowledged) {
    if (acknowledged) this.#acknowledge(messageId);
    else this.#giveUp(messageId);
  }

  /** A message was delivered. An own one that comes back says only what we have had. */
  delivered({ messageId, senderId }) {
    const isOwn = senderId !== "" && senderId === this.#participantId;
    if (this.#givenUp.size > 0 && !isOwn) this.named(this.#causalHistory(messageId));
  }

  /** Somebody names these, and has delivered them. What others have written need not be followed: it came and told by itself. */
  named(entries) {
    if (this.#givenUp.size === 0) return;
    const has = [...entries];
    for (const { messageId, senderId = this.#participantId } of has) {
      if (senderId !== this.#participantId || this.#followed.has(messageId)) continue;
      if (this.#givenUp.has(messageId)) this.#acknowledge(messageId);
      if (this.#givenUp.size === 0) return;
      const before = this.#causalHistory(messageId);
      if (before.length > 0) add(this.#followed, messageId);
      has.push(...before);
    }
  }

  #giveUp(messageId) {
    add(this.#givenUp, messageId);
    this.#followed.clear();
  }

  #acknowledge(messageId) {
    if (!this.#forget(messageId)) add(this.#early, messageId);
  }

  #forget(messageId) {
    this.#givenUp.delete(messageId);
    return this.#ids.delete(messageId);
  }
}
