// A database that is deleted, kept or upgraded by others while it is wanted here.

import { agent, CHANNEL, ids, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/disk.mjs";
import { failure, storage, tab } from "./support/storage.mjs";

const start = { participantId: "alice", database: "kept", at: T0 };
const GONE = failure("StorageUnavailable", /"kept" was deleted while it was in use/);
const toldOf = (operation) => ({
  type: "persistenceError",
  channelId: CHANNEL,
  operation,
  error: expect.objectContaining({ code: "PersistenceError", cause: GONE }),
});

const DELETIONS = {
  "in the same page": async ({ page }) => expect(await storage(page).deleteDatabase()).toBe("done"),
  "in another tab": async ({ context }) => expect(await (await tab(context)).deleteDatabase()).toBe("done"),
  "by the browser, with all data of the site @chromium": async ({ page, site }) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Storage.clearDataForOrigin", { origin: site.origin, storageTypes: "all" });
  },
};
for (const [where, erase] of Object.entries(DELETIONS)) {
  test(`deleted ${where}: told once, and kept again from then on`, async ({ page, context, site }) => {
    await page.goto("/blank.html");
    const alice = agent(page);
    await alice.start(start);
    await alice.send("a1");
    await erase({ page, context, site });
    await alice.send("a2");
    expect(await alice.takeEvents()).toEqual(["saveChannelMeta", "updateHistory"].map(toldOf));
    await alice.send("a3");
    expect(await alice.takeEvents()).toEqual([]);
    await page.reload();
    // The snapshot is whole; of the log only what came after.
    const { history, outgoing } = await alice.start(start);
    expect([history, ids(outgoing)]).toEqual([["a2", "a3"], ["a1", "a2", "a3"]]);
  });
}

test("deleted while messages are being saved: all that came after is there", async ({ page }) => {
  await page.goto("/blank.html");
  const alice = agent(page);
  await alice.start(start);
  const { sent, after, blocked } = await page.evaluate(async () => {
    const { send } = await import("/agent.js");
    let deleted = false;
    let blocked = false;
    const request = { onsuccess: () => (deleted = true), onblocked: () => (blocked = true) };
    const [sent, after] = [[], []];
    let before;
    while (after.length < 5 && !blocked) {
      const id = `a${sent.length}`;
      if (deleted) after.push(id);
      sent.push(id);
      // One is being saved while the next is sent.
      const sending = send(id);
      await before;
      before = sending;
      if (sent.length === 5) Object.assign(indexedDB.deleteDatabase("kept"), request);
    }
    await before;
    return { sent, after, blocked };
  });
  expect(blocked).toBe(false);
  expect(await alice.takeEvents()).toEqual(["saveChannelMeta", "updateHistory"].map(toldOf));
  await page.reload();
  const { history, outgoing } = await alice.start(start);
  expect(ids(outgoing)).toEqual(sent);
  expect(history.slice(-after.length)).toEqual(after);
  expect(history).toEqual(sent.slice(-history.length));
});

test("deleted while nothing is under way: the next call says so, whichever it is", async ({ context }) => {
  const [first, second] = [await tab(context), await tab(context)];
  expect(await first.open()).toBe("done");
  expect(await first.save(1)).toBe("done");
  expect(await second.deleteDatabase()).toBe("done");
  expect(await second.databases()).toEqual([]);
  expect(await first.load()).toEqual(GONE);
  expect(await first.load()).toBe("nothing");
  expect(await first.save(2)).toBe("done");
  expect(await first.close()).toBe("done");
  expect(await second.open()).toBe("done");
  expect(await second.load()).toBe(2);
});

/** Somebody has the database open and doesn't let go; somebody else will wait, by a clock that the test moves. */
async function occupied(context) {
  const [other, waiting] = [await tab(context), await tab(context)];
  await other.connect();
  await waiting.page.clock.install({ time: 0 });
  await waiting.page.clock.pauseAt(3_600_000);
  return { other, waiting };
}

test("open gives up after ten seconds, and leaves no connection and no lock", async ({ context }) => {
  const { other, waiting } = await occupied(context);
  expect(await other.deleteLater()).toBe("done");
  const opening = waiting.open();
  // The timer runs once the lock is held.
  await expect.poll(async () => (await waiting.locks()).held).toHaveLength(1);
  await waiting.page.clock.runFor(9_999);
  expect((await waiting.locks()).held).toHaveLength(1);
  await waiting.page.clock.runFor(1);
  expect(await opening).toEqual(failure("StorageBlocked", /did not answer for 10 seconds.*close the other tabs/));
  expect((await waiting.locks()).held).toEqual([]);
  await other.disconnect();
  expect(await other.deleteDatabase()).toBe("done");
  expect(await waiting.open()).toBe("done");
});

test("delete gives up as well, and is done once it can be", async ({ context }) => {
  const { other, waiting } = await occupied(context);
  const deleting = waiting.delete();
  await expect.poll(async () => (await waiting.locks()).held).toHaveLength(1);
  await waiting.page.clock.runFor(10_000);
  expect(await deleting).toEqual(failure("StorageBlocked", /"kept" did not answer for 10 seconds/));
  expect(await waiting.databases()).toEqual(["kept 1"]);
  await other.disconnect();
  await expect.poll(waiting.databases).toEqual([]);
});

test("a database of a newer version is refused and left as it is", async ({ context }) => {
  const only = await tab(context);
  await only.connect(7);
  await only.disconnect();
  const newer = failure("StorageVersion", /a newer version of sds-wasm wrote it.*nothing was changed/);
  expect(await only.open()).toEqual(newer);
  expect(await only.databases()).toEqual(["kept 7"]);
  expect(await only.locks()).toEqual({ held: [], pending: [] });
});

test("a newer version that comes while it is open is let in at once", async ({ context }) => {
  const [older, newer] = [await tab(context), await tab(context)];
  expect(await older.open()).toBe("done");
  expect(await older.save(1)).toBe("done");
  expect(await newer.connect(2)).toEqual(["hints", "history", "meta"]);
  const gaveWay = failure("StorageVersion", /a newer version of sds-wasm wrote it/);
  expect(await older.save(2)).toEqual(gaveWay);
  expect(await older.load()).toEqual(gaveWay);
  expect(await older.close()).toBe("done");
});

test("a database of somebody else's is refused", async ({ context }) => {
  const only = await tab(context);
  await only.connect();
  await only.disconnect();
  expect(await only.open()).toEqual(failure("StorageVersion", /"kept" was not made by sds-wasm: use another name/));
  expect(await only.locks()).toEqual({ held: [], pending: [] });
  expect(await only.deleteDatabase()).toBe("done");
});
