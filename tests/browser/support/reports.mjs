// What a participant has reported in all its lives, and what must therefore be there in the next one.

import assert from "node:assert/strict";

const without = (ids, ...kept) => [...ids].filter((id) => !kept.some((set) => set.has(id)));
const idsOf = (messages) => new Set(messages.map(({ messageId }) => messageId));

/** One channel of one participant. It is given the reports of pages/life.js and throws at the first that can't be. */
export class Reports {
  sent = new Set();
  received = new Set();
  /** Told by an event or found in the log: an event is missed if the process dies between the write and the event. */
  delivered = new Set();
  clock = 0;

  take({ event, clock = 0, ...report }) {
    if (event === "opened") this.#inspect({ clock, ...report });
    else if (event === "delivered") this.#deliver(report);
    else this[event].add(report.messageId);
    if (clock > this.clock) this.clock = clock;
  }

  #deliver({ messageId }) {
    assert.ok(!this.delivered.has(messageId), `${messageId} was delivered twice`);
    const needed = messageId.replace(/\d+$/, (index) => index - 1);
    assert.ok(messageId === "remote-0" || this.delivered.has(needed), `${messageId} was delivered before ${needed}`);
    this.delivered.add(messageId);
  }

  #inspect({ log, waiting, outgoing, clock }) {
    assert.ok(clock >= this.clock, `the clock is ${clock}, ${this.clock} was reported`);
    const [logged, parked] = [idsOf(log), idsOf(waiting)];
    assert.equal(logged.size, log.length, "the log has a message twice");
    inCausalOrder(log);
    assert.deepEqual([...parked].filter((id) => logged.has(id)), [], "in the log, and waiting");
    assert.deepEqual(without(this.sent, logged), [], "sent, but gone");
    assert.deepEqual(without(this.delivered, logged), [], "delivered, but gone");
    assert.deepEqual(without(this.received, logged, parked), [], "received, but gone");
    // The other's messages acknowledge what they name, even those that wait.
    const named = new Set([...log, ...waiting].filter(isRemote).flatMap(({ after }) => after));
    assert.deepEqual(without(this.sent, new Set(outgoing), named), [], "not acknowledged, but not sent again either");
    for (const { messageId } of log.filter(isRemote)) this.delivered.add(messageId);
  }
}

const isRemote = ({ senderId }) => senderId === "remote";

function inCausalOrder(log) {
  const at = new Map(log.map(({ messageId }, index) => [messageId, index]));
  for (const { messageId, after } of log) {
    const late = after.filter((id) => at.get(id) > at.get(messageId));
    assert.deepEqual(late, [], `${messageId} comes before what it depends on`);
  }
}
