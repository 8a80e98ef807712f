// The demo page at its main job: whatever the network does, all peers end up with the same log.

import { expect, test } from "../support/fixtures.mjs";
import { counters, expectEqual, logs, open, peer, ready, settle, written } from "./support.mjs";

const ROUGH = "loss=0.5&reordering=0.5&duplication=0.2&rate=5&speed=10";

for (const seed of [1, 2, 3]) {
  test(`at 50 % loss, with reordering and copies, the logs become equal (seed ${seed})`, async ({ page }) => {
    test.setTimeout(180_000);
    await open(page, `?seed=${seed}&${ROUGH}`);
    await written(page, 60);
    await settle(page);
    await expectEqual(page);
    const { totals, peers } = await counters(page);
    expect(totals.lost).toBeGreaterThan(0);
    expect(totals.repairs + totals.resends).toBeGreaterThan(0);
    // The same traffic without the library.
    expect(Math.min(...peers.map(({ plainMissing }) => plainMissing))).toBeGreaterThan(0);
  });
}

test("a peer that is killed and restarted during the traffic has the same log in the end", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, `?seed=4&${ROUGH}`);
  for (const [index, name] of ["Ada", "Ben"].entries()) {
    await written(page, 15 * (index + 1));
    const before = (await counters(page)).peers[index];
    await peer(page, name).getByRole("button", { name: /^Kill/ }).click();
    await written(page, 15 * (index + 1) + 10);
    await peer(page, name).getByRole("button", { name: /^Restart/ }).click();
    await expect(peer(page, name).getByText(/delivered twice/i)).toBeVisible();
    expect(BigInt((await counters(page)).peers[index].clock)).toBeGreaterThanOrEqual(BigInt(before.clock));
  }
  await settle(page);
  await expectEqual(page);
});

test("after a reload everything is back, and goes on", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, `?seed=5&${ROUGH}`);
  await written(page, 30);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const before = { counters: await counters(page), logs: await logs(page) };
  await page.reload();
  await ready(page);
  const after = { counters: await counters(page), logs: await logs(page) };
  for (const [index, log] of before.logs.entries()) {
    // It runs already: others may have come since, also in between.
    const kept = after.logs[index].filter((id) => log.includes(id));
    expect(kept, before.counters.peers[index].name).toEqual(log);
  }
  expect(after.counters.totals.written).toBeGreaterThanOrEqual(before.counters.totals.written);
  expect(after.counters.now).toBeGreaterThanOrEqual(before.counters.now);
  await settle(page);
  await expectEqual(page);
});

test("with 1,000 messages the columns draw only what is seen", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, "?seed=6&loss=0.1&rate=0&speed=20&peers=5");
  for (let burst = 1; burst <= 10; burst += 1) {
    await page.getByRole("button", { name: "Burst of 100" }).click();
    await written(page, 100 * burst);
  }
  await settle(page);
  await expectEqual(page);
  expect(await page.locator("#peers *").count()).toBeLessThan(5000);
  // It still answers: a message written by hand is in the writer's column.
  await page.getByLabel("Write as Ada").fill("Is anybody still awake?");
  await page.getByLabel("Write as Ada").press("Enter");
  await expect(peer(page, "Ada").getByText("Is anybody still awake?")).toBeVisible();
});

