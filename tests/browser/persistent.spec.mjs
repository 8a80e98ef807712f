// Asking the browser to keep an origin's storage: only when told to.

import { agent, KINDS, T0, tagOf } from "./support/agents.mjs";
import { expect, test } from "./support/fixtures.mjs";

// Firefox asks the user and waits.
test("requestPersistentStorage asks the browser @chromium", async ({ page }) => {
  await page.goto("/blank.html");
  expect(typeof (await agent(page).requestPersistentStorage())).toBe("boolean");
});

test("requestPersistentStorage gives what the browser says", async ({ page }) => {
  await page.goto("/blank.html");
  const { requestPersistentStorage } = agent(page);
  for (const answer of [true, false]) {
    await page.evaluate((answer) => (navigator.storage.persist = async () => answer), answer);
    expect(await requestPersistentStorage()).toBe(answer);
  }
  await page.evaluate(() => (navigator.storage.persist = () => Promise.reject(new Error("no"))));
  expect(await requestPersistentStorage()).toBe(false);
});

for (const kind of KINDS.filter((kind) => kind !== "window")) {
  test(`it is false in a ${kind}, which can't ask${tagOf(kind)}`, async ({ page }) => {
    await page.goto("/blank.html");
    expect(await agent(page, kind).requestPersistentStorage()).toBe(false);
  });
}

test("nothing else asks", async ({ page }) => {
  await page.goto("/blank.html");
  await page.evaluate(() => {
    globalThis.asked = 0;
    StorageManager.prototype.persist = async () => (globalThis.asked += 1) > 0;
  });
  const alice = agent(page);
  await alice.start({ participantId: "alice", database: "kept", at: T0 });
  await alice.send("a1");
  await alice.stop();
  expect(await page.evaluate(() => globalThis.asked)).toBe(0);
  await alice.requestPersistentStorage();
  expect(await page.evaluate(() => globalThis.asked)).toBe(1);
});
