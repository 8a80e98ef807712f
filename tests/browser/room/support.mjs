// The demo page as tests see it: what a person would click, and the counters of `window.__demo`.

import { expect } from "../support/fixtures.mjs";

export const PAGE = "/demo/";

/** Opens the page and waits for its room. @param {import("@playwright/test").Page} page */
export async function open(page, query = "") {
  await page.goto(`${PAGE}${query}`);
  await ready(page);
}

export const ready = (page) => page.evaluate(() => globalThis.__demo.ready);
export const counters = (page) => page.evaluate(() => globalThis.__demo.counters);
export const logs = (page) => page.evaluate(() => globalThis.__demo.logs());

/** Waits until so many messages were written in the room. */
export const written = (page, least) =>
  page.waitForFunction((least) => globalThis.__demo.counters.totals.written >= least, least, { timeout: 60_000 });

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** What one peer's column has for it. */
export const peer = (page, name) => page.getByRole("article", { name: new RegExp(name) });

/** Stops the chatter and runs the room as fast as it goes, until the page says that all is well. */
export async function settle(page) {
  await button(page, "Stop chatter & settle").click();
  await expect(page.getByText(/^All \d logs equal$/)).toBeVisible({ timeout: 90_000 });
}

/** All logs are the same and have every message; nothing was delivered twice. */
export async function expectEqual(page) {
  const { peers, totals, settled } = await counters(page);
  expect(settled).toBe(true);
  for (const { name, holes, waiting, unacknowledged, behind, deliveredTwice, delivered } of peers) {
    expect({ holes, waiting, unacknowledged, behind, deliveredTwice }, name).toEqual({
      holes: 0, waiting: 0, unacknowledged: 0, behind: 0, deliveredTwice: 0,
    });
    expect(delivered, name).toBe(totals.written);
  }
  const [first, ...others] = await logs(page);
  expect(new Set(first).size).toBe(totals.written);
  for (const other of others) expect(other).toEqual(first);
}
