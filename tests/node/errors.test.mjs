// SdsError as data, and what happens to failures that no caller waits for. The latter end a Node process unless it
// listens for them, so they are provoked in processes of their own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { importPackage } from "./support/package.mjs";

const { SdsError } = await importPackage("sds-wasm");
const SUPPORT = new URL("./support/package.mjs", import.meta.url).href;

/** Runs `body` in a process of its own, which must end by itself; gives what it reported and its uncaught exceptions. */
async function inProcess(body) {
  const script = `
    import { mock } from "node:test";
    import { setImmediate as nextTurn } from "node:timers/promises";
    import { importPackage } from ${JSON.stringify(SUPPORT)};
    const uncaught = [];
    process.on("uncaughtException", (error) => uncaught.push(error.message));
    const fail = (error) => { console.error(error); process.exit(1); };
    const tools = { importPackage, mock, nextTurn, content: Uint8Array.of(1), now: () => 1.7e12 };
    const seen = await Promise.resolve(tools).then(${body}).catch(fail);
    await nextTurn();
    console.log(JSON.stringify({ seen, uncaught }));`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return JSON.parse(stdout);
}

test("SdsError survives JSON, with its causes in words", () => {
  const backend = Object.assign(new RangeError("disk full", { cause: "quota" }), { code: "ENOSPC" });
  const error = new SdsError("PersistenceError", "saveChannelMeta failed", { cause: backend });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.name, error.code, error.cause], ["SdsError", "PersistenceError", backend]);
  const json = structuredClone(error.toJSON());
  assert.deepEqual(JSON.parse(JSON.stringify(error)), json);
  assert.deepEqual(json, {
    name: "SdsError",
    code: "PersistenceError",
    message: "saveChannelMeta failed",
    cause: { name: "RangeError", code: "ENOSPC", message: "disk full", cause: 'string "quota"' },
  });
  const revived = SdsError.fromJSON(json);
  assert.ok(revived instanceof SdsError);
  assert.deepEqual([revived.code, revived.message], [error.code, error.message]);
  assert.deepEqual([revived.cause.name, revived.cause.code, revived.cause.message], ["RangeError", "ENOSPC", "disk full"]);
});

test("SdsError: nothing to sum up, circles of causes, and what is no SdsError", () => {
  assert.deepEqual(Object.keys(new SdsError("InvalidState", "x").toJSON()), ["name", "message", "code"]);
  const error = new SdsError("InternalError", "x", { cause: new Error("y") });
  error.cause.cause = error;
  assert.ok(JSON.stringify(error).length < 1000);
  assert.throws(() => (error.code = "InvalidState"), TypeError);
  for (const bad of [undefined, {}, { code: "Oops", message: "x" }, { code: "InvalidState" }]) {
    assert.throws(() => SdsError.fromJSON(bad), { code: "InvalidArgument" });
  }
});

test("SdsError.fromJSON names a code that it doesn't know, as a later version may have", () => {
  const json = { name: "SdsError", code: "StorageMelted", message: "x" };
  const expected = { code: "InvalidArgument", message: 'json.code must be a code of this version, got string "StorageMelted"' };
  assert.throws(() => SdsError.fromJSON(json), expected);
  const outer = SdsError.fromJSON({ ...json, code: "PersistenceError", cause: json });
  assert.deepEqual([outer.cause.name, outer.cause.code], ["SdsError", "StorageMelted"]);
});

test("a structured clone of an SdsError is an error with its message", () => {
  const clone = structuredClone(new SdsError("InvalidState", "text"));
  assert.ok(clone instanceof Error);
  assert.equal(clone.message, "text");
});

test("a listener that throws is reported and disturbs nothing", async () => {
  const { seen, uncaught } = await inProcess(async ({ importPackage, content, now }) => {
    const { ReliabilityManager } = await importPackage("sds-wasm");
    const [alice, bob] = await Promise.all(
      ["alice", "bob"].map((participantId) => ReliabilityManager.create({ participantId, now })),
    );
    const seen = [];
    bob.addEventListener("messageReady", () => { throw new Error("careless listener"); });
    bob.addEventListener("messageReady", ({ detail }) => seen.push(detail.messageId));
    const { delivered } = await bob.unwrapReceivedMessage(await alice.wrapOutgoingMessage(content, "m", "c"));
    return [...seen, delivered, bob.getMessageHistory("c")];
  });
  assert.deepEqual(seen, ["m", true, ["m"]]);
  assert.deepEqual(uncaught, ["careless listener"]);
});

test("a hint provider that throws, or gives no bytes, is reported and counts as none", async () => {
  const { seen, uncaught } = await inProcess(async ({ importPackage, content, now }) => {
    const { decodeMessage, ReliabilityManager } = await importPackage("sds-wasm");
    const send = async (retrievalHint) => {
      const manager = await ReliabilityManager.create({ participantId: "alice", now, retrievalHint });
      await manager.wrapOutgoingMessage(content, "first", "c");
      return decodeMessage(await manager.wrapOutgoingMessage(content, "second", "c")).causalHistory;
    };
    const throwing = await send((messageId) => { throw new Error(`no hint for ${messageId}`); });
    const wrong = await send(() => "hint");
    return [...throwing, ...wrong].map(({ messageId, retrievalHint }) => [messageId, retrievalHint === undefined]);
  });
  assert.deepEqual(seen, [["first", true], ["first", true]]);
  assert.ok(uncaught.includes("no hint for first"), uncaught.join());
  assert.ok(uncaught.some((text) => /retrievalHint\(\) must be a Uint8Array or undefined, got string "hint"/.test(text)));
});

test("a failure in the background is reported and the tasks go on", async () => {
  const { seen, uncaught } = await inProcess(async ({ importPackage, mock, nextTurn, now }) => {
    const { ReliabilityManager } = await importPackage("sds-wasm");
    mock.timers.enable({ apis: ["setInterval"] });
    const manager = await ReliabilityManager.create({ participantId: "alice", now, config: { bufferSweepInterval: 10 } });
    await manager.ensureChannel("c");
    let runs = 0;
    manager.checkUnacknowledgedMessages = async () => { throw new Error(`sweep ${++runs}`); };
    manager.startPeriodicTasks();
    for (const _ of [1, 2]) {
      mock.timers.tick(10);
      await nextTurn();
    }
    return runs;
  });
  assert.equal(seen, 2);
  assert.deepEqual(uncaught, ["sweep 1", "sweep 2"]);
});

test("periodic tasks don't keep a process alive", async () => {
  // That `inProcess` comes back is the proof: nothing in there stops the timers.
  const { seen } = await inProcess(async ({ importPackage }) => {
    const { ReliabilityManager } = await importPackage("sds-wasm");
    const manager = await ReliabilityManager.create({ participantId: "alice" });
    await manager.ensureChannel("c");
    manager.startPeriodicTasks();
    return manager.getChannels();
  });
  assert.deepEqual(seen, ["c"]);
});

test("the codec says what to do before the module is loaded", async () => {
  const { seen } = await inProcess(async ({ importPackage }) => {
    const { decodeMessage, defaultConfig, encodeMessage, ready } = await importPackage("sds-wasm");
    const message = { messageId: "m", channelId: "c" };
    const attempt = () => { try { return encodeMessage(message).length > 0; } catch (error) { return error; } };
    const before = attempt();
    await ready();
    return [before, attempt(), decodeMessage(encodeMessage(message)).messageId, defaultConfig().dialect];
  });
  assert.equal(seen[0].code, "InvalidState");
  assert.match(seen[0].message, /await ready\(\)/);
  assert.deepEqual(seen.slice(1), [true, "m", "nim-sds"]);
});

test("a trap in the module ends every operation, of every manager, with InternalError", async () => {
  const { seen, uncaught } = await inProcess(async ({ importPackage, nextTurn, content, now }) => {
    // There is no way to make the core panic, so the trap is put between the module and its glue.
    let trapped = false;
    const guard = (call) => (...args) => {
      if (trapped) throw new WebAssembly.RuntimeError("unreachable");
      return call(...args);
    };
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...args) => {
      const result = await instantiate(...args);
      const { instance, module } = result;
      // Node itself instantiates compiled modules for its own use, which gives the instance alone.
      if (!instance) return result;
      const guarded = Object.entries(instance.exports).map(([name, value]) =>
        [name, typeof value === "function" ? guard(value) : value]);
      return { instance: { exports: Object.fromEntries(guarded) }, module };
    };
    const { MemoryPersistence, ReliabilityManager, ready } = await importPackage("sds-wasm");
    const persistence = new MemoryPersistence();
    persistence.saveChannelMeta = () => new Promise(() => {});
    const waiting = await ReliabilityManager.create({ participantId: "alice", now, persistence });
    const other = await ReliabilityManager.create({ participantId: "bob", now });
    const outcome = (promise) => promise.then(() => "settled", (error) => error);
    const underWay = outcome(waiting.wrapOutgoingMessage(content, "m", "c"));
    await nextTurn();

    trapped = true;
    const first = await outcome(Promise.resolve().then(() => other.getChannels()));
    trapped = false;
    const later = [other.ensureChannel("c"), other.cleanup(), ready(), ReliabilityManager.create({ participantId: "c" })];
    return Promise.all([first, underWay, ...later.map(outcome)]);
  });
  assert.equal(seen.length, 6);
  for (const error of seen) {
    assert.equal(error.code, "InternalError");
    assert.match(error.message, /unreachable.*Stored state is untouched/);
  }
  assert.deepEqual(uncaught, []);
});
