// When the browser lets the origin store no more: everything goes on, is told, and is made good once there is room.

import { agent, CHANNEL, ids, peer, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/disk.mjs";

const start = { participantId: "alice", database: "alice", at: T0 };

/** Another database of the origin takes what room there is, to the last byte. */
const fill = (page) =>
  page.evaluate(async () => {
    const settled = (request, done, failed) =>
      new Promise((resolve) => Object.assign(request, { [done]: () => resolve(true), [failed]: () => resolve(false) }));
    const request = indexedDB.open("filler");
    request.onupgradeneeded = () => request.result.createObjectStore("bytes", { autoIncrement: true });
    await settled(request, "onsuccess", "onerror");
    // Random, or it would be compressed.
    for (let size = 2 ** 16; size >= 1; ) {
      const transaction = request.result.transaction("bytes", "readwrite");
      transaction.objectStore("bytes").put(crypto.getRandomValues(new Uint8Array(size)));
      if (!(await settled(transaction, "oncomplete", "onabort"))) size /= 2;
    }
    request.result.close();
  });

/** What a save that failed says. */
const refused = (operation) => ({
  type: "persistenceError",
  channelId: CHANNEL,
  operation,
  error: expect.objectContaining({
    code: "PersistenceError",
    cause: expect.objectContaining({
      code: "StorageQuota",
      message: expect.stringMatching(/^writing to the database "alice" failed: .* store no more.*QuotaExceeded/),
    }),
  }),
});

test("saves that are refused are made good by the next operation with room @chromium", async ({ page, site }) => {
  await page.goto("/blank.html");
  const session = await page.context().newCDPSession(page);
  const allow = (quotaSize) => session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize });
  // Before anything is stored: the browser remembers for a while how much room it found.
  await allow(2 ** 20);
  const [alice, bob] = [agent(page), await peer("bob")];
  await alice.start(start);
  await bob.receive(await alice.send("a1"));
  await fill(page);
  expect(await alice.takeEvents()).toEqual([]);

  await bob.receive(await alice.send("a2"));
  expect(await alice.takeEvents()).toEqual(["saveChannelMeta", "updateHistory"].map(refused));
  expect(await alice.receive(await bob.send("b1"))).toMatchObject({ delivered: true });
  const told = await alice.takeEvents();
  expect(told.map(({ type }) => type).sort()).toEqual([
    "messageReady", "messageSent", "messageSent", "persistenceError", "persistenceError",
  ]);
  const refusedState = await alice.state();
  expect(refusedState.pending.append).toEqual(["a2", "b1"]);
  expect(refusedState.history).toEqual(bob.manager.getMessageHistory(CHANNEL));

  await allow(undefined);
  await bob.receive(await alice.send("a3"));
  expect(await alice.takeEvents()).toEqual([]);
  const healed = await alice.state();
  expect(healed.pending).toEqual({ append: [], evict: [] });
  await page.reload();
  expect(await alice.start(start)).toEqual(healed);
  expect([healed.history, ids(healed.outgoing)]).toEqual([["a1", "a2", "b1", "a3"], ["a3"]]);
});
