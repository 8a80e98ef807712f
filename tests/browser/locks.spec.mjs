// Who has the database open: one page or worker at a time, unless asked otherwise.

import { once } from "node:events";
import { expect, test } from "./support/fixtures.mjs";
import { failure, tab } from "./support/storage.mjs";

const HELD = "sds-wasm:kept";
const OPEN_ELSEWHERE = failure("StorageLocked", /"kept" is open already.*another tab.*close it there.*lock: "wait"/);

/** Two tabs, the first of which has the database open. */
async function twoTabs(context, options) {
  const [first, second] = [await tab(context), await tab(context)];
  expect(await first.open(options)).toBe("done");
  expect(await first.save(1)).toBe("done");
  return [first, second];
}

/** The second tab's `open` is under way. */
async function isWaiting({ locks }) {
  await expect.poll(locks).toEqual({ held: [HELD], pending: [HELD] });
}

test("a second tab is refused at once", async ({ context }) => {
  const [first, second] = await twoTabs(context);
  expect(await second.open()).toEqual(OPEN_ELSEWHERE);
  expect(await second.delete()).toEqual(OPEN_ELSEWHERE);
  expect(await first.load()).toBe(1);
  expect(await first.close()).toBe("done");
  expect(await second.open()).toBe("done");
  expect(await second.load()).toBe(1);
});

test("so is the same tab, and the database can be deleted once it is closed", async ({ context }) => {
  const only = await tab(context);
  expect(await only.open()).toBe("done");
  expect(await only.open()).toEqual(OPEN_ELSEWHERE);
  expect(await only.delete()).toEqual(OPEN_ELSEWHERE);
  expect(await only.databases()).toEqual(["kept 1"]);
  expect(await only.close()).toBe("done");
  expect(await only.delete()).toBe("done");
  expect(await only.databases()).toEqual([]);
  expect(await only.locks()).toEqual({ held: [], pending: [] });
});

const ENDS = {
  "closes its persistence": ({ close }) => close(),
  "is reloaded": ({ page }) => page.reload(),
  "is closed": ({ page }) => page.close(),
  "loses its renderer @chromium": async ({ page }) => {
    const crashed = once(page, "crash");
    const session = await page.context().newCDPSession(page);
    // The answer is never given.
    session.send("Page.crash").catch(() => {});
    await crashed;
  },
};
for (const [what, end] of Object.entries(ENDS)) {
  test(`a tab that waits takes over when the first ${what}`, async ({ context }) => {
    const [first, second] = await twoTabs(context);
    const opening = second.open({ lock: "wait" });
    await isWaiting(second);
    await end(first);
    expect(await opening).toBe("done");
    expect(await second.load()).toBe(1);
    expect(await second.locks()).toEqual({ held: [HELD], pending: [] });
  });
}

test("several that wait take turns", async ({ context }) => {
  const [first, second] = await twoTabs(context);
  const third = await tab(context);
  const opening = second.open({ lock: "wait" });
  await isWaiting(second);
  const deleting = third.delete({ lock: "wait" });
  await expect.poll(third.locks).toEqual({ held: [HELD], pending: [HELD, HELD] });
  await first.close();
  expect(await opening).toBe("done");
  expect(await second.load()).toBe(1);
  await second.close();
  expect(await deleting).toBe("done");
  expect(await third.databases()).toEqual([]);
});

test("a signal ends the wait for the lock, and leaves none behind", async ({ context }) => {
  const [first, second] = await twoTabs(context);
  const opening = second.open({ lock: "wait" });
  await isWaiting(second);
  await second.abort("not now");
  expect(await opening).toEqual({ message: "not now" });
  expect(await second.locks()).toEqual({ held: [HELD], pending: [] });
  await first.close();
  expect(await first.locks()).toEqual({ held: [], pending: [] });
});

test("a signal ends the wait for the database, and leaves no lock and no connection", async ({ context }) => {
  const [blocker, tested] = [await tab(context), await tab(context)];
  await blocker.connect();
  await blocker.deleteLater();
  const opening = tested.open();
  await expect.poll(tested.locks).toEqual({ held: [HELD], pending: [] });
  await tested.abort("not now");
  expect(await opening).toEqual({ message: "not now" });
  expect(await tested.locks()).toEqual({ held: [], pending: [] });
  await blocker.disconnect();
  // Would wait for a connection that came after all and was left open.
  expect(await blocker.deleteDatabase()).toBe("done");
});

test("a signal has no effect on what is open", async ({ context }) => {
  const [first, second] = await twoTabs(context);
  await first.abort("too late");
  expect(await first.save(2)).toBe("done");
  expect(await second.open()).toEqual(OPEN_ELSEWHERE);
});

test("calls reject once the lock was stolen", async ({ context }) => {
  const [first, second] = await twoTabs(context);
  await second.steal();
  const stolen = failure("StorageLocked", /lock of the database "kept" was taken away/);
  await expect.poll(first.load).toEqual(stolen);
  expect(await first.save(2)).toEqual(stolen);
  expect(await first.close()).toBe("done");
  expect(await second.open({ lock: "none" })).toBe("done");
  expect(await second.load()).toBe(1);
});

test('with lock: "none" both have it open', async ({ context }) => {
  const [first, second] = await twoTabs(context, { lock: "none" });
  expect(await second.open({ lock: "none" })).toBe("done");
  expect(await second.load()).toBe(1);
  expect(await second.save(2)).toBe("done");
  expect(await first.load()).toBe(2);
  expect(await first.locks()).toEqual({ held: [], pending: [] });
});
