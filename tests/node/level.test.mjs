// LevelPersistence beyond the contract: locks, batches, failures, the layout's version.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { importPackage, installPackage, run } from "./support/package.mjs";

const { SdsError } = await importPackage("sds-wasm");
const { LevelPersistence } = await importPackage("sds-wasm/node");
const { ClassicLevel } = await importPackage("classic-level");
const { MemoryLevel } = await importPackage("memory-level");

const bytes = (text) => new TextEncoder().encode(text);
const stored = (messageId) => ({ messageId, lamportTimestamp: 1n, bytes: bytes(`message ${messageId}`) });
const append = (...ids) => ({ append: ids.map(stored), evict: [] });

async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "sds-level-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An SdsError with this code, whose message and cause are as told. */
const failure =
  (code, message = /./, cause = () => true) =>
  (error) => {
    assert.ok(error instanceof SdsError, String(error.stack));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.ok(cause(error.cause), `cause: ${error.cause}`);
    return true;
  };

/** A database that records its batches, and lets them fail when told so. */
function observed() {
  const db = new MemoryLevel();
  const seen = { db, batches: [], opened: 0, failWith: undefined };
  const [batch, open] = [db.batch.bind(db), db.open.bind(db)];
  db.batch = async (operations, options) => {
    seen.batches.push({ operations, options });
    if (seen.failWith) throw seen.failWith;
    return batch(operations, options);
  };
  db.open = async (...args) => {
    seen.opened += 1;
    return open(...args);
  };
  return seen;
}

/** A persistence over an observed database whose first batch, which writes the version, is over. */
async function used() {
  const seen = observed();
  const persistence = new LevelPersistence(seen.db);
  await persistence.saveChannelMeta("used", bytes("before"));
  seen.batches.length = 0;
  seen.opened = 0;
  return { persistence, seen };
}

const openElsewhere = async (folder) => {
  const script = fileURLToPath(new URL("support/level-open.mjs", import.meta.url));
  return JSON.parse(await run(process.execPath, [script, folder], tmpdir()));
};

describe("opening", () => {
  test("a location that is no path is refused", async () => {
    for (const location of [undefined, null, "", 7, new URL("file:///tmp")]) {
      await assert.rejects(LevelPersistence.open(location), failure("InvalidArgument", /location must be the path/));
    }
  });

  test("what is no abstract-level database is refused", () => {
    for (const db of [undefined, null, "folder", {}, new Map()]) {
      assert.throws(
        () => new LevelPersistence(db),
        failure("InvalidArgument", /db must be an abstract-level database/),
      );
    }
  });

  test("folders above are made, too", async (t) => {
    const folder = join(await temporaryFolder(t), "a", "b");
    await (await LevelPersistence.open(folder)).close();
  });

  test("a folder that can't be opened says why", async (t) => {
    const file = join(await temporaryFolder(t), "file");
    await writeFile(file, "not a folder");
    const hasCode = (cause) => cause.code === "EEXIST" || cause.code === "ENOTDIR";
    await assert.rejects(
      LevelPersistence.open(file),
      failure("StorageUnavailable", /making the folder ".*file" failed/, hasCode),
    );
  });

  test("a folder open in this process is locked, by any of its names", async (t) => {
    const folder = await temporaryFolder(t);
    const persistence = await LevelPersistence.open(folder);
    for (const name of [folder, `${folder}/`, join(folder, "..", folder.split(/[\\/]/).at(-1))]) {
      await assert.rejects(LevelPersistence.open(name), failure("StorageLocked", /open in this process already/));
    }
    await persistence.close();
    await (await LevelPersistence.open(folder)).close();
  });

  test("of two at the same time one gets the folder", async (t) => {
    const folder = await temporaryFolder(t);
    const results = await Promise.allSettled([LevelPersistence.open(folder), LevelPersistence.open(folder)]);
    const [winner] = results.filter(({ status }) => status === "fulfilled");
    const [loser, ...others] = results.filter(({ status }) => status === "rejected");
    assert.deepEqual(others, []);
    failure("StorageLocked")(loser.reason);
    await winner.value.close();
  });

  test("a folder open in another process is locked, also after a second attempt in that process", async (t) => {
    const folder = await temporaryFolder(t);
    const persistence = await LevelPersistence.open(folder);
    // If this attempt got as far as LevelDB, it would release the process's lock on the file.
    await assert.rejects(LevelPersistence.open(folder), failure("StorageLocked"));
    const { opened, code, message, cause } = await openElsewhere(folder);
    assert.deepEqual({ opened, code, cause }, { opened: false, code: "StorageLocked", cause: "LEVEL_LOCKED" }, message);
    await persistence.close();
    assert.deepEqual(await openElsewhere(folder), { opened: true });
  });

  test("a database passed in that is open elsewhere is locked", async (t) => {
    const folder = await temporaryFolder(t);
    const db = new ClassicLevel(folder);
    await db.open();
    const persistence = new LevelPersistence(new ClassicLevel(folder));
    const isLocked = (cause) => cause.cause.code === "LEVEL_LOCKED";
    await assert.rejects(persistence.loadChannel("c"), failure("StorageLocked", /open elsewhere/, isLocked));
    await db.close();
    assert.equal(await persistence.loadChannel("c"), undefined);
    await persistence.close();
  });

  test("without classic-level it says what to install", async (t) => {
    const { dir, cleanup } = await installPackage();
    t.after(cleanup);
    const script = `import { LevelPersistence } from "sds-wasm/node";
      await LevelPersistence.open("folder").catch(({ code, message }) => console.log(code, message));`;
    await writeFile(join(dir, "user.mjs"), script);
    const user = () => run(process.execPath, ["user.mjs"], dir);
    assert.match(
      await user(),
      /^StorageUnavailable .*classic-level, which is not installed: npm install classic-level/,
    );

    // Installed, but its binary does not fit the machine, say.
    const broken = join(dir, "node_modules", "classic-level");
    await mkdir(broken, { recursive: true });
    await writeFile(join(broken, "index.js"), "throw new Error('no native build');");
    assert.match(await user(), /^StorageUnavailable .*can't be loaded \(no native build\)/);
  });
});

describe("batches", () => {
  test("the two calls of an operation are one synced batch", async () => {
    const { persistence, seen } = await used();
    const pair = [
      persistence.saveChannelMeta("c", bytes("meta")),
      persistence.updateHistory("c", { append: [stored("new")], evict: ["old"] }),
    ];
    await Promise.all(pair);
    assert.equal(seen.batches.length, 1);
    const [{ operations, options }] = seen.batches;
    assert.deepEqual(
      operations.map(({ type }) => type),
      ["put", "put", "del"],
    );
    assert.equal(options.sync, true);
  });

  test("what comes in one turn, and while a batch is under way, is one batch", async () => {
    const { persistence, seen } = await used();
    const first = ["a", "b", "c"].map((channelId) => persistence.saveChannelMeta(channelId, bytes("1")));
    await Promise.resolve().then(() => {});
    assert.equal(seen.batches.length, 1);
    const second = ["a", "b", "c"].flatMap((channelId) => [
      persistence.saveChannelMeta(channelId, bytes("2")),
      persistence.updateHistory(channelId, append("m")),
      persistence.setRetrievalHint("m", bytes("hint"), channelId),
    ]);
    await Promise.all([...first, ...second]);
    assert.deepEqual(
      seen.batches.map(({ operations }) => operations.length),
      [3, 9],
    );
  });

  test("a drop is one synced batch of its channel's keys, and none if there are none", async () => {
    const { persistence, seen } = await used();
    await Promise.all([
      persistence.saveChannelMeta("c", bytes("meta")),
      persistence.updateHistory("c", append("m", "n")),
    ]);
    seen.batches.length = 0;
    await persistence.dropChannel("c");
    await persistence.dropChannel("never saved");
    assert.equal(seen.batches.length, 1);
    const [{ operations, options }] = seen.batches;
    assert.deepEqual(
      operations.map(({ type }) => type),
      ["del", "del", "del"],
    );
    assert.equal(options.sync, true);
  });

  test("wrong arguments are refused before anything is written", async () => {
    const { persistence, seen } = await used();
    const lone = "\ud800";
    const calls = {
      "channelId must": () => persistence.saveChannelMeta(lone, bytes("meta")),
      "meta must": () => persistence.saveChannelMeta("c", "meta"),
      "update must": () => persistence.updateHistory("c"),
      "update.append must": () => persistence.updateHistory("c", { evict: [] }),
      "update.append\\[1\\].messageId must": () => persistence.updateHistory("c", append("m", lone)),
      "update.evict\\[0\\] must": () => persistence.updateHistory("c", { append: [stored("m")], evict: [lone] }),
      "messageId must": () => persistence.setRetrievalHint(lone, bytes("hint"), "c"),
      "hint must": () => persistence.setRetrievalHint("m", [1, 2], "c"),
    };
    for (const [message, call] of Object.entries(calls)) {
      await assert.rejects(call(), failure("InvalidArgument", new RegExp(`^${message}`)));
    }
    await assert.rejects(persistence.loadChannel(lone), failure("InvalidArgument"));
    await assert.rejects(persistence.dropChannel(7), failure("InvalidArgument"));
    assert.equal(seen.batches.length, 0);
    assert.equal(await persistence.loadChannel("c"), undefined);
  });
});

describe("failures", () => {
  test("a batch that fails rejects its callers and nobody else", async () => {
    const { persistence, seen } = await used();
    seen.failWith = new Error("the cable is out");
    const failing = [persistence.saveChannelMeta("c", bytes("1")), persistence.updateHistory("c", append("m"))];
    // Not awaited yet: the next calls wait behind the batch that fails.
    const settled = Promise.allSettled(failing).then((results) => {
      seen.failWith = undefined;
      return results;
    });
    await Promise.resolve();
    const later = persistence.saveChannelMeta("d", bytes("2"));
    for (const { status, reason } of await settled) {
      assert.equal(status, "rejected");
      failure(
        "StorageUnavailable",
        /writing failed: the cable is out/,
        (cause) => cause.message === "the cable is out",
      )(reason);
    }
    await later;
    assert.equal(await persistence.loadChannel("c"), undefined);
    assert.deepEqual((await persistence.loadChannel("d")).meta, bytes("2"));
  });

  test("after a failed write the database is opened anew before it is used", async () => {
    const { persistence, seen } = await used();
    seen.failWith = new Error("IO error: 000003.log: No space left on device");
    await assert.rejects(persistence.saveChannelMeta("c", bytes("1")), failure("StorageQuota", /the disk is full/));
    assert.equal(seen.opened, 0);
    seen.failWith = undefined;
    await persistence.saveChannelMeta("c", bytes("2"));
    await persistence.saveChannelMeta("c", bytes("3"));
    assert.equal(seen.opened, 1);
    assert.deepEqual((await persistence.loadChannel("used")).meta, bytes("before"));
  });
});

describe("closing", () => {
  test("finishes what is under way, refuses what comes later, and may be done twice", async () => {
    const { persistence, seen } = await used();
    const calls = [
      persistence.saveChannelMeta("c", bytes("meta")),
      persistence.loadChannel("c"),
      persistence.updateHistory("c", append("m")),
    ];
    const closed = persistence.close();
    await assert.rejects(persistence.saveChannelMeta("c", bytes("late")), failure("InvalidState", /was closed/));
    await Promise.all([closed, persistence.close()]);
    const [, loaded] = await Promise.all(calls);
    assert.deepEqual(loaded.meta, bytes("meta"));
    assert.equal(seen.db.status, "closed");
    const late = [
      persistence.updateHistory("c", append("late")),
      persistence.loadChannel("c"),
      persistence.dropChannel("c"),
      persistence.setRetrievalHint("m", bytes("late"), "c"),
    ];
    for (const call of late) await assert.rejects(call, failure("InvalidState"));
    const again = new LevelPersistence(seen.db);
    assert.equal((await again.loadChannel("c")).messageHistory.length, 1);
    assert.deepEqual((await again.loadChannel("c")).meta, bytes("meta"));
  });
});

describe("the layout's version", () => {
  const VIEW = { keyEncoding: "view", valueEncoding: "view" };
  const VERSION_KEY = bytes("\0sds-wasm");
  const content = async (db) =>
    (await db.iterator(VIEW).all()).map((entry) => entry.map((part) => Buffer.from(part).toString("latin1")));

  test("is written with the first batch, once, and not by a load", async () => {
    const seen = observed();
    const persistence = new LevelPersistence(seen.db);
    await persistence.loadChannel("c");
    await persistence.dropChannel("c");
    assert.deepEqual(await content(seen.db), []);
    await persistence.saveChannelMeta("c", bytes("meta"));
    await persistence.saveChannelMeta("c", bytes("meta"));
    const counts = seen.batches.map(({ operations }) => operations.length);
    assert.deepEqual(counts, [2, 1]);
    assert.deepEqual((await content(seen.db))[0], ["\0sds-wasm", "1"]);
  });

  test("a newer one is refused and left alone", async (t) => {
    const folder = await temporaryFolder(t);
    const raw = new ClassicLevel(folder, VIEW);
    await raw.batch([
      { type: "put", key: VERSION_KEY, value: bytes("2") },
      { type: "put", key: bytes("what is new"), value: bytes("unknown here") },
    ]);
    const before = await content(raw);
    await raw.close();

    const refused = failure("StorageVersion", /layout version "2".*knows version 1.*nothing was changed/);
    await assert.rejects(LevelPersistence.open(folder), refused);
    // The refused attempt has closed the folder, or this would be StorageLocked.
    await assert.rejects(LevelPersistence.open(folder), refused);

    const given = new ClassicLevel(folder, VIEW);
    const persistence = new LevelPersistence(given);
    await assert.rejects(persistence.saveChannelMeta("c", bytes("meta")), refused);
    await assert.rejects(persistence.loadChannel("c"), refused);
    await assert.rejects(persistence.dropChannel("c"), refused);
    assert.deepEqual(await content(given), before);
    await persistence.close();
  });
});
