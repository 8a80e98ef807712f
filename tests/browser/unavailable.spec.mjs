// Where the browser gives no storage: a sandboxed frame, whose origin is nobody's.

import { expect, test } from "./support/fixtures.mjs";
import { failure } from "./support/storage.mjs";

/** A frame of a page, without an origin, that has the import map of blank.html. */
async function sandboxed(page) {
  // It is a stranger to its own server.
  await page.route("**/sds-wasm/**", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  await page.goto("/blank.html");
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    frame.src = "/blank.html?sandboxed";
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    return loaded;
  });
  return page.frame({ url: /sandboxed/ });
}

const opening = (frame, options) =>
  frame.evaluate(async (options) => {
    const { IndexedDbPersistence } = await import("sds-wasm/indexeddb");
    return IndexedDbPersistence.open("kept", options).catch((error) => error.toJSON());
  }, options);

test("open says so, with and without a lock", async ({ page }) => {
  const frame = await sandboxed(page);
  expect(await frame.evaluate(() => origin)).toBe("null");
  const refuses = /"kept" failed: the browser refuses storage here, as private windows and sandboxed frames do/;
  expect(await opening(frame)).toEqual(failure("StorageUnavailable", refuses));
  expect(await opening(frame, { lock: "wait" })).toEqual(failure("StorageUnavailable", refuses));
  expect(await opening(frame, { lock: "none" })).toEqual(failure("StorageUnavailable", refuses));
});

for (const entry of ["sds-wasm", "sds-wasm/inline"]) {
  test(`${entry} works there, in memory`, async ({ page }) => {
    const frame = await sandboxed(page);
    const met = await frame.evaluate(async (entry) => {
      const { MemoryPersistence, ReliabilityManager } = await import(entry);
      const persistence = new MemoryPersistence();
      const create = (participantId, persistence) => ReliabilityManager.create({ participantId, persistence });
      const [alice, bob] = [await create("alice"), await create("bob", persistence)];
      const { delivered } = await bob.unwrapReceivedMessage(
        await alice.wrapOutgoingMessage(Uint8Array.of(1), "m1", "room"),
      );
      const later = await create("bob", persistence);
      await later.ensureChannel("room");
      return [delivered, later.getMessageHistory("room")];
    }, entry);
    expect(met).toEqual([true, ["m1"]]);
  });
}

test("whether storage is persistent is a boolean there, too", async ({ page }) => {
  const frame = await sandboxed(page);
  expect(await frame.evaluate(async () => (await import("sds-wasm/indexeddb")).requestPersistentStorage())).toBe(false);
});
