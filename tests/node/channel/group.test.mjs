// ReliableChannel: what a group sends reaches everyone, in order, whatever the network loses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Network, follow, idsOf, openChannel, recordChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, fromText, idle, message, sds, text } from "../support/participants.mjs";

const ready = (events) => events.filter(({ type }) => type === "messageReady").map(({ messageId }) => messageId);

test("what one sends the others get, in the order of sending", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const [alice, bob] = [await openChannel(t, "alice", { network }), await openChannel(t, "bob", { network })];
  const events = recordChannel(bob);
  assert.deepEqual([alice.channelId, alice.participantId], [CHANNEL, "alice"]);
  const ids = [];
  for (const line of ["one", "two", "three"]) ids.push(await alice.send(text(line)));
  await pass(1);
  assert.deepEqual(ready(events), ids);
  const [{ senderId, content, lamportTimestamp, channelId }] = events;
  assert.deepEqual([senderId, fromText(content), channelId], ["alice", "one", CHANNEL]);
  assert.equal(typeof lamportTimestamp, "bigint");
});

test("messages without an id get one of their own: equal contents are two messages", async (t) => {
  const network = new Network();
  const [alice, bob] = [await openChannel(t, "alice", { network }), await openChannel(t, "bob", { network })];
  const events = recordChannel(bob);
  const ids = [await alice.send(text("hello")), await alice.send(text("hello"))];
  await idle();
  assert.notEqual(ids[0], ids[1]);
  assert.deepEqual(ready(events), ids);
  assert.equal(await alice.send(text("hello"), "my own id"), "my own id");
  await assert.rejects(alice.send(text("hello"), "my own id"), { code: "InvalidArgument" });
  await assert.rejects(alice.send(text("")), { code: "InvalidArgument" });
  await assert.rejects(alice.send("hello"), { code: "InvalidArgument", message: /^content/ });
  await assert.rejects(alice.send(text("hello"), ""), { code: "InvalidArgument", message: /^messageId/ });
});

test("the content may be reused as soon as send has been called", async (t) => {
  const network = new Network();
  const [alice, bob] = [await openChannel(t, "alice", { network }), await openChannel(t, "bob", { network })];
  const events = recordChannel(bob);
  const content = text("hello");
  const sent = alice.send(content);
  content.fill(0);
  await sent;
  await idle();
  assert.equal(fromText(events.find(({ type }) => type === "messageReady").content), "hello");
});

test("a message that nobody acknowledges is sent again, until somebody does", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const config = { resendInterval: 10_000, bufferSweepInterval: 1000, syncMessageInterval: 2 ** 31 - 1 };
  const alice = await openChannel(t, "alice", { network, config });
  const bob = await openChannel(t, "bob", { network, config });
  const [events, bobs] = [recordChannel(alice, ["messageSent"]), recordChannel(bob)];
  let left = 2;
  network.loses = ({ from, message: { content } }) => from === "alice" && content.length > 0 && left-- > 0;
  const id = await alice.send(text("hello"));
  await pass(35_000);
  const own = network.sent("content").filter(({ from }) => from === "alice");
  assert.deepEqual(own.map(({ message: { messageId } }) => messageId), [id, id, id, id]);
  assert.deepEqual([ready(bobs), events], [[id], []]);
  await bob.send(text("got it"));
  await pass(60_000);
  assert.deepEqual(events, [{ type: "messageSent", channelId: CHANNEL, messageId: id, acknowledged: true }]);
  assert.equal(network.sent("content").filter(({ message: { messageId } }) => messageId === id).length, 4);
});

test("a gap is repaired by the group: asked for by a sync message, answered, and delivered in order", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const config = { repairTMin: 1000, repairTMax: 10_000, repairSweepInterval: 500, maxResendAttempts: 0 };
  const open = (name) => openChannel(t, name, { network, config });
  const [alice, bob, carol] = [await open("alice"), await open("bob"), await open("carol")];
  const events = recordChannel(carol);
  network.loses = ({ to, message: { content } }) => to === "carol" && fromText(content) === "one";
  const ids = [await alice.send(text("one")), await alice.send(text("two"))];
  await idle();
  assert.deepEqual(ready(events), []);
  network.loses = () => false;
  await alice.close();
  // Carol's request, Bob's answer: neither waits for the regular sync message, which is due after 30 s at the earliest.
  await pass(10_000 + 30_000 / 4 + 10_000 + 500);
  assert.deepEqual(ready(events), ids);
  const asking = network.sent("sync").filter(({ message: { repairRequest } }) => repairRequest.length > 0);
  assert.deepEqual(asking.map(({ from, message: m }) => [from, idsOf(m.repairRequest)]), [["carol", [ids[0]]]]);
  assert.equal(bob.status.missing, 0);
});

test("a request that got no answer is made again", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  // Others speak so often that the regular sync message is never due.
  const config = { repairTMin: 1000, repairTMax: 10_000, repairSweepInterval: 500, syncMessageInterval: 8000 };
  const carol = await openChannel(t, "carol", { network, config });
  const other = network.join("other");
  const events = recordChannel(carol);
  await other.publish(CHANNEL, message("second", { after: [{ messageId: "first", senderId: "bob" }] }));
  const asked = () =>
    network.published.filter(({ from, message: m }) => from === "carol" && m.repairRequest.length > 0).length;
  for (let second = 0; asked() < 3; second += 1) {
    assert.ok(second < 120, `asked ${asked()} times in ${second} s`);
    await other.publish(CHANNEL, message(`sync ${second}`, { content: "" }));
    await pass(1000);
  }
  await other.publish(CHANNEL, message("first"));
  await idle();
  assert.deepEqual(ready(events), ["first", "second"]);
});

test("a group over a network that loses a third comes to one log, own messages included", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network({ loss: 0.33, seed: 7 });
  const names = ["alice", "bob", "carol", "dave"];
  const config = { resendInterval: 5000, bufferSweepInterval: 5000, repairTMin: 1000, repairTMax: 10_000 };
  const members = await Promise.all(names.map((name) => openChannel(t, name, { network, config })));
  const logs = members.map((member) => follow(member));
  for (let n = 0; n < 60; n += 1) {
    await members[n % 4].send(text(`m${n}`), `m${n}`);
    await pass(1000);
  }
  // In silence: resends, sync messages and repairs do the rest.
  await pass(600_000, 1000);
  for (const [index, { log }] of logs.entries()) {
    assert.equal(new Set(idsOf(log)).size, 60, names[index]);
    assert.equal(log.length, 60, "none twice");
    const position = new Map(idsOf(log).map((id, at) => [id, at]));
    for (const { message: { messageId, causalHistory } } of network.sent("content")) {
      for (const { messageId: before } of causalHistory) {
        assert.ok(position.get(before) < position.get(messageId), `${before} before ${messageId} at ${names[index]}`);
      }
    }
    assert.deepEqual(members[index].status, { missing: 0, lost: 0, unacknowledged: 0, synced: true });
  }
  const again = members.map((member) => follow(member, { fromStart: true }));
  await idle();
  for (const { log } of again) assert.deepEqual(idsOf(log), idsOf(again[0].log));
});

test("a member that comes back finds its log, and gets what it missed", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const persistence = new sds.MemoryPersistence();
  const config = { repairTMin: 1000, repairTMax: 10_000, repairSweepInterval: 500 };
  const alice = await openChannel(t, "alice", { network, config });
  const before = await openChannel(t, "bob", { network, config, persistence });
  const ids = [await alice.send(text("one"))];
  await idle();
  await before.close();
  for (const line of ["two", "three"]) ids.push(await alice.send(text(line)));
  const bob = await openChannel(t, "bob", { network, config, persistence });
  const { log } = follow(bob, { fromStart: true });
  // Alice's sync message after 60 s at the latest; then Bob asks, once or twice, and she answers.
  await pass(60_000 + 10_000 + 2 * 7500 + 1000);
  assert.deepEqual(idsOf(log), ids);
});

test("options are checked before anything is opened", async () => {
  const { ReliableChannel } = sds;
  const options = { participantId: "alice", channelId: CHANNEL, transport: new Network().join("alice") };
  const refused = [
    [undefined, /^options/],
    [{ ...options, channelId: "" }, /^options\.channelId/],
    [{ ...options, transport: undefined }, /^options\.transport/],
    [{ ...options, transport: { publish() {} } }, /^options\.transport\.subscribe/],
    [{ ...options, retrieve: 5 }, /^options\.retrieve/],
    [{ ...options, colour: "red" }, /colour/],
    [{ ...options, config: { syncMessageInterval: 0 } }, /syncMessageInterval/],
  ];
  for (const [wrong, message] of refused) {
    await assert.rejects(ReliableChannel.open(wrong), { name: "SdsError", code: "InvalidArgument", message });
  }
  assert.throws(() => new ReliableChannel(), { code: "InvalidState" });
});
