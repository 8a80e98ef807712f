// What the benchmark gives @waku/sds to receive is made without a log, to save minutes: it must be what @waku/sds sends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Waku } from "../../../bench/libraries/waku.js";
import { messages } from "../../../bench/workload.js";

const COUNT = 30;

for (const causalHistorySize of [1, 10, 200]) {
  test(`an author's messages are those of a member that names ${causalHistorySize} others`, async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
    const options = { config: { causalHistorySize } };
    const author = await Waku.author("bob", options);
    const member = await Waku.open("bob", options);
    for (const message of messages(COUNT)) {
      assert.deepEqual(await author.send(message), await member.send(message));
    }
  });
}

test("a member that was filled at once is one that received everything", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
  const options = { config: { causalHistorySize: 10 } };
  const [first, second] = [await Waku.author("bob", options), await Waku.author("bob", options)];
  const [filled, received] = [await Waku.open("alice", options), await Waku.open("alice", options)];
  await filled.fill(first, messages(COUNT));
  for (const message of messages(COUNT)) await received.receive(await second.send(message));
  const state = ({ channel, delivered }) => {
    const { lamportTimestamp, filter, localHistory, incomingBuffer, timeReceived } = channel;
    const log = localHistory.slice(0).map(({ messageId }) => messageId);
    return { delivered, lamportTimestamp, filter: filter.toBytes(), log, incomingBuffer, timeReceived };
  };
  assert.equal(filled.delivered, COUNT);
  assert.deepEqual(state(filled), state(received));
});
