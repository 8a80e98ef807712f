// What the manager's JavaScript side checks by itself: options, arguments, the end of its life, timers, errors.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { importPackage } from "./support/package.mjs";

const { decodeMessage, encodeMessage, MemoryPersistence, ready, ReliabilityManager, SdsError } =
  await importPackage("sds-wasm");

const CHANNEL = "c";
const NOW = 1_700_000_000_000;
const CONTENT = Uint8Array.of(1, 2, 3);

/** A manager that is cleaned up with the test. */
async function create(t, options = {}) {
  const manager = await ReliabilityManager.create({ participantId: "alice", now: () => NOW, ...options });
  t.after(() => manager.cleanup());
  return manager;
}

const refusal = (message, code = "InvalidArgument") => (error) => {
  assert.ok(error instanceof SdsError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

const persistenceWithout = (method) => {
  const persistence = new MemoryPersistence();
  persistence[method] = undefined;
  return persistence;
};

test("create refuses options by name", async () => {
  const cases = [
    [undefined, /options must be an object, got undefined/],
    [new Map(), /options must be a plain object, got a Map/],
    [{}, /participantId must be a string, got undefined/],
    [{ participantId: 7 }, /participantId must be a string, got number 7/],
    [{ participantId: "\ud800" }, /participantId.*lone surrogate/],
    [{ participantId: "a", storage: {} }, /options\.storage is not an option/],
    [{ participantId: "a", config: [] }, /config must be an object, got an array/],
    [{ participantId: "a", persistence: "disk" }, /persistence must be an object, got string "disk"/],
    [{ participantId: "a", persistence: persistenceWithout("dropChannel") }, /persistence\.dropChannel must be a function/],
    [{ participantId: "a", persistence: Promise.resolve(new MemoryPersistence()) }, /persistence is a promise: await it/],
    [{ participantId: "a", persistence: MemoryPersistence }, /persistence is the class MemoryPersistence: give an instance/],
    [{ participantId: "a", persistence: () => {} }, /persistence must be an object, got function/],
    [{ participantId: "a", retrievalHint: CONTENT }, /retrievalHint must be a function, got a Uint8Array/],
    [{ participantId: "a", now: 5 }, /now must be a function, got number 5/],
  ];
  for (const [options, message] of cases) {
    await assert.rejects(ReliabilityManager.create(options), refusal(message));
  }
});

test("the constructor is private and says what to use", () => {
  assert.throws(() => new ReliabilityManager({ participantId: "a" }), refusal(/ReliabilityManager\.create/, "InvalidState"));
});

test("participantId is fixed and may be empty", async (t) => {
  const manager = await create(t, { participantId: "" });
  assert.equal(manager.participantId, "");
  assert.throws(() => (manager.participantId = "b"), TypeError);
});

test("a history larger than the filter is warned about once per manager", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  await create(t, { config: { maxMessageHistory: 11, bloomFilterCapacity: 10 } });
  assert.equal(warn.mock.callCount(), 1);
  assert.match(warn.mock.calls[0].arguments[0], /maxMessageHistory.*bloomFilterCapacity/);
  await create(t, { config: { maxMessageHistory: 10, bloomFilterCapacity: 10 } });
  assert.equal(warn.mock.callCount(), 1);
});

/** Every method with one bad argument each, and the name that its error must say. */
const BAD_CALLS = [
  ...["ensureChannel", "removeChannel", "wrapSyncMessage", "checkUnacknowledgedMessages"].flatMap((method) =>
    [undefined, 5, ""].map((bad) => [method, [bad], "channelId"]),
  ),
  ...["wrapOutgoingMessage", "wrapEphemeralMessage"].flatMap((method) => [
    [method, ["text", "m", CHANNEL], "content"],
    [method, [[1, 2], "m", CHANNEL], "content"],
    [method, [new ArrayBuffer(3), "m", CHANNEL], "content"],
    [method, [new Uint16Array(3), "m", CHANNEL], "content"],
    [method, [CONTENT, "", CHANNEL], "messageId"],
    [method, [CONTENT, "\udc00", CHANNEL], "messageId"],
    [method, [CONTENT, "m", null], "channelId"],
  ]),
  ["unwrapReceivedMessage", ["text"], "bytes"],
  ["markDependenciesMet", ["m", CHANNEL], "messageIds"],
  ["markDependenciesMet", [["m", 5], CHANNEL], "messageIds\\[1\\]"],
  ["markDependenciesMet", [["m"], ""], "channelId"],
];

for (const [method, args, name] of BAD_CALLS) {
  test(`${method} rejects a bad ${name}`, async (t) => {
    const manager = await create(t);
    const promise = manager[method](...args);
    await assert.rejects(promise, refusal(new RegExp(`^${name} must be`)));
    assert.deepEqual(manager.getChannels(), []);
  });
}

const VIEWS = [
  "getMessageHistory",
  "getLamportTimestamp",
  "getOutgoingBuffer",
  "getIncomingBuffer",
  "getOutgoingRepairBuffer",
  "getIncomingRepairBuffer",
  "getPendingHistory",
];

test("views throw on bad arguments and know nothing of an unknown channel", async (t) => {
  const manager = await create(t);
  for (const view of VIEWS) assert.throws(() => manager[view](5), refusal(/^channelId must be/));
  assert.throws(() => manager.getMessage(CHANNEL), refusal(/^messageId must be/));
  const nothing = Object.fromEntries(VIEWS.map((view) => [view, manager[view]("unknown")]));
  assert.deepEqual(nothing, {
    getMessageHistory: [],
    getLamportTimestamp: 0n,
    getOutgoingBuffer: [],
    getIncomingBuffer: [],
    getOutgoingRepairBuffer: [],
    getIncomingRepairBuffer: [],
    getPendingHistory: { append: [], evict: [] },
  });
  assert.equal(manager.getMessage("unknown", "m"), undefined);
  assert.deepEqual(manager.getChannels(), []);
});

test("bytes of any realm and any buffer are taken, and copied at once", async (t) => {
  const manager = await create(t);
  const resizable = new Uint8Array(new ArrayBuffer(3, { maxByteLength: 8 }));
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  const kinds = { plain: CONTENT.slice(), buffer: Buffer.from(CONTENT), foreign: runInNewContext("new Uint8Array(3)") };
  for (const [kind, content] of Object.entries({ ...kinds, resizable, shared })) {
    content.set(CONTENT);
    const promise = manager.wrapOutgoingMessage(content, kind, CHANNEL);
    content.fill(0);
    assert.deepEqual(new Uint8Array(decodeMessage(await promise).content), CONTENT, kind);
  }
});

test("content is measured before it is copied, like received bytes", async (t) => {
  const manager = await create(t);
  const huge = new Uint8Array(3e8);
  const refused = refusal(/^content is 300000000 bytes, the limit is 1048576$/, "MessageTooLarge");
  await assert.rejects(manager.wrapOutgoingMessage(huge, "m", CHANNEL), refused);
  await assert.rejects(manager.wrapEphemeralMessage(huge, "m", CHANNEL), refused);
  const noMessage = refusal(/^bytes is 300000000 bytes, a message has 8388608 at most$/, "DeserializationError");
  await assert.rejects(manager.unwrapReceivedMessage(huge), noMessage);
  assert.throws(() => decodeMessage(huge), noMessage);
});

test("bytes whose buffer was transferred are refused", async (t) => {
  const manager = await create(t);
  const content = CONTENT.slice();
  structuredClone(content.buffer, { transfer: [content.buffer] });
  await assert.rejects(manager.wrapOutgoingMessage(content, "m", CHANNEL), refusal(/^content is detached/));
});

for (const time of [NaN, -1, Infinity, "5", undefined, 10n]) {
  test(`a clock that says ${String(time)} is refused`, async (t) => {
    const manager = await create(t, { now: () => time });
    await assert.rejects(manager.wrapOutgoingMessage(CONTENT, "m", CHANNEL), refusal(/now\(\) must be a number/));
  });
}

test("a clock that throws is refused, one with fractions is floored", async (t) => {
  const cause = new Error("no clock");
  const broken = await create(t, { now: () => { throw cause; } });
  await assert.rejects(broken.ensureChannel(CHANNEL), (error) => {
    assert.equal(error.cause, cause);
    return refusal(/now\(\) failed: no clock/)(error);
  });
  const manager = await create(t, { now: () => NOW + 0.7 });
  await manager.wrapOutgoingMessage(CONTENT, "m", CHANNEL);
  assert.equal(manager.getOutgoingBuffer(CHANNEL)[0].sendTime, NOW);
});

test("the codec names the place of what is wrong", async () => {
  await ready();
  const message = { messageId: "m", channelId: CHANNEL };
  const cases = [
    [undefined, /^message must be an object, got undefined/],
    [{ ...message, messageId: "" }, /^message\.messageId must be a non-empty string, got string ""/],
    [{ ...message, lamportTimestamp: 5 }, /^message\.lamportTimestamp must be a bigint.*got number 5/],
    [{ ...message, lamportTimestamp: 2n ** 63n }, /^message\.lamportTimestamp must be a bigint/],
    [{ ...message, content: "text" }, /^message\.content must be a Uint8Array, got string "text"/],
    [{ ...message, causalHistory: [{ messageId: "a" }, { messageId: 5 }] }, /^message\.causalHistory\[1\]\.messageId/],
  ];
  for (const [bad, text] of cases) assert.throws(() => encodeMessage(bad), refusal(text));
  assert.throws(() => encodeMessage(message, "other"), refusal(/"other"/));
  assert.throws(() => decodeMessage("text"), refusal(/^bytes must be a Uint8Array/));
});

test("the codec fills in what is left out or undefined", async () => {
  await ready();
  const entry = { messageId: "a", retrievalHint: undefined, senderId: undefined };
  const message = { messageId: "m", channelId: CHANNEL, lamportTimestamp: 2n ** 62n, causalHistory: [entry], content: undefined };
  const { senderId, lamportTimestamp, causalHistory, content } = decodeMessage(encodeMessage(message));
  assert.deepEqual([senderId, lamportTimestamp, content.length], ["", 2n ** 62n, 0]);
  assert.deepEqual(causalHistory, [{ messageId: "a" }]);
});

test("after cleanup every call is refused, and cleanup itself gives the same promise", async () => {
  const manager = await ReliabilityManager.create({ participantId: "alice", now: () => NOW });
  await manager.ensureChannel(CHANNEL);
  const first = manager.cleanup();
  assert.equal(manager.cleanup(), first);
  const gone = refusal(/the manager was cleaned up/, "InvalidState");
  await assert.rejects(manager.ensureChannel(CHANNEL), gone);
  await first;
  assert.equal(manager.cleanup(), first);
  if (Symbol.asyncDispose) await manager[Symbol.asyncDispose]();
  for (const [method, args] of [
    ["removeChannel", [CHANNEL]],
    ["reset", []],
    ["wrapOutgoingMessage", [CONTENT, "m", CHANNEL]],
    ["wrapSyncMessage", [CHANNEL]],
    ["wrapEphemeralMessage", [CONTENT, "m", CHANNEL]],
    ["unwrapReceivedMessage", [CONTENT]],
    ["markDependenciesMet", [["m"], CHANNEL]],
    ["checkUnacknowledgedMessages", [CHANNEL]],
    ["runRepairSweep", []],
  ]) {
    await assert.rejects(manager[method](...args), gone, method);
  }
  for (const method of ["getChannels", "startPeriodicTasks", ...VIEWS]) {
    assert.throws(() => manager[method](CHANNEL), gone, method);
  }
  manager.stopPeriodicTasks();
  assert.equal(manager.participantId, "alice");
});

test("cleanup leaves storage as it is", async () => {
  const persistence = new MemoryPersistence();
  const options = { participantId: "alice", persistence, now: () => NOW };
  const before = await ReliabilityManager.create(options);
  await before.wrapOutgoingMessage(CONTENT, "m", CHANNEL);
  await before.cleanup();
  const after = await ReliabilityManager.create(options);
  await after.ensureChannel(CHANNEL);
  assert.deepEqual(after.getMessageHistory(CHANNEL), ["m"]);
  await after.cleanup();
});

test("a failure of storage is an SdsError in the event too", async (t) => {
  const cause = new Error("disk full");
  const persistence = new MemoryPersistence();
  persistence.saveChannelMeta = async () => { throw cause; };
  const manager = await create(t, { persistence });
  const errors = [];
  manager.addEventListener("persistenceError", ({ detail }) => errors.push(detail));
  await manager.wrapOutgoingMessage(CONTENT, "m", CHANNEL);
  assert.deepEqual(errors.map(({ channelId, operation }) => [channelId, operation]), [[CHANNEL, "saveChannelMeta"]]);
  assert.ok(refusal(/disk full/, "PersistenceError")(errors[0].error));
  assert.equal(errors[0].error.cause, cause);
});

/** Starts the tasks on mocked timers; returns a function that lets time pass. */
async function startTicking(t, manager, clock) {
  mock.timers.enable({ apis: ["setInterval"] });
  t.after(() => mock.timers.reset());
  manager.startPeriodicTasks();
  return async (milliseconds) => {
    for (let passed = 0; passed < milliseconds; passed += 10) {
      clock.now += 10;
      mock.timers.tick(10);
      await nextTurn();
    }
  };
}

test("periodic tasks: each at its interval, for every channel, until stopped", async (t) => {
  const clock = { now: NOW };
  const config = { bufferSweepInterval: 100, repairSweepInterval: 30, syncMessageInterval: 40, resendInterval: 50 };
  const manager = await create(t, { config, now: () => clock.now });
  const told = [];
  for (const type of ["periodicSync", "messageResend", "repairReady"]) {
    manager.addEventListener(type, ({ detail }) => told.push(`${type} ${detail.channelId}`));
  }
  const request = { messageId: "q", channelId: "b", senderId: "bob", lamportTimestamp: 1n, content: CONTENT };
  await manager.wrapOutgoingMessage(CONTENT, "a1", "a");
  await manager.wrapOutgoingMessage(CONTENT, "b1", "b");
  const pass = await startTicking(t, manager, clock);
  manager.startPeriodicTasks();
  await pass(40);
  assert.deepEqual(told.splice(0), ["periodicSync a", "periodicSync b"]);
  const repairRequest = [{ messageId: "b1", senderId: "alice" }];
  await manager.unwrapReceivedMessage(encodeMessage({ ...request, repairRequest }));
  await pass(20);
  assert.deepEqual(told.splice(0), ["repairReady b"]);
  await pass(40);
  assert.deepEqual(told.splice(0), ["periodicSync a", "periodicSync b", "messageResend a", "messageResend b"]);
  manager.stopPeriodicTasks();
  manager.stopPeriodicTasks();
  await pass(500);
  manager.startPeriodicTasks();
  await manager.cleanup();
  await pass(500);
  assert.deepEqual(told, []);
});

test("periodic tasks: a channel whose storage hangs keeps no other waiting and is not run over itself", async (t) => {
  const clock = { now: NOW };
  const config = { bufferSweepInterval: 100, resendInterval: 50, repairSweepInterval: 30, syncMessageInterval: 1000 };
  const persistence = new MemoryPersistence();
  const manager = await create(t, { config, persistence, now: () => clock.now });
  await manager.wrapOutgoingMessage(CONTENT, "a1", "a");
  await manager.wrapOutgoingMessage(CONTENT, "b1", "b");
  const saves = { a: 0, b: 0 };
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  persistence.saveChannelMeta = (channelId) => {
    saves[channelId]++;
    return channelId === "a" ? answered : Promise.resolve();
  };
  const pass = await startTicking(t, manager, clock);
  await pass(300);
  assert.deepEqual(saves, { a: 1, b: 3 });
  assert.equal(manager.getOutgoingBuffer("a")[0].resendAttempts, 1);
  answer();
  await pass(100);
  assert.equal(manager.getOutgoingBuffer("a")[0].resendAttempts, 2);
});
