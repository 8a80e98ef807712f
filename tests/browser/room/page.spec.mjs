// The demo page as a page: its widths, its keyboard, its words for those who don't see it, and the real tabs.

import { expect, test } from "../support/fixtures.mjs";
import { counters, logs, open, peer, ready, written } from "./support.mjs";

for (const [width, height] of [
  [1440, 900],
  [768, 1024],
  [390, 844],
  [320, 640],
]) {
  test(`nothing sticks out at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page, "?seed=12&speed=10");
    await written(page, 10);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test("a page that gets narrow still shows the logs", async ({ page }) => {
  await open(page, "?seed=17&speed=10");
  await written(page, 10);
  const rows = peer(page, "Ada").getByRole("option");
  await expect(rows.last()).toBeInViewport();
  await page.setViewportSize({ width: 390, height: 844 });
  await rows.last().scrollIntoViewIfNeeded();
  await expect(rows.last()).toBeInViewport();
  const [list, row] = [await peer(page, "Ada").getByRole("listbox").boundingBox(), await rows.last().boundingBox()];
  expect(row.y).toBeGreaterThanOrEqual(list.y);
  expect(row.y).toBeLessThan(list.y + list.height);
});

test("frames can be read by keyboard alone", async ({ page }) => {
  await open(page, "?seed=14&speed=10");
  await written(page, 5);
  await page.getByLabel(/Frames on their way/).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /^\S*\s*Frame \d+/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: /Frame \d+/ })).toBeHidden();
});

// Playwright can't tell Firefox of it.
test.describe("for those who want no motion @chromium", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("the room waits to be started", async ({ page }) => {
    await open(page, "?seed=15");
    expect((await counters(page)).now).toBe(0);
    await page.getByRole("button", { name: "Play", exact: true }).first().click();
    await written(page, 1);
  });

  test("everything that can be clicked has a name and can be reached by keyboard", async ({ page }) => {
    await open(page, "?seed=13");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const role of ["button", "link", "slider", "textbox", "combobox", "switch", "checkbox"]) {
      const all = page.getByRole(role);
      const named = page.getByRole(role, { name: /\S/ });
      expect(await named.count(), role).toBe(await all.count());
      expect(await all.evaluateAll((nodes) => nodes.filter((node) => node.tabIndex < 0).length), role).toBe(0);
    }
  });
});

test("without the library the holes stay, and are shown", async ({ page }) => {
  await open(page, "?seed=16&loss=0.5&rate=10&speed=20");
  await written(page, 30);
  await page.getByRole("switch", { name: /SDS/ }).click();
  await expect(page.getByText(/holes? that nobody fills/)).toBeVisible();
});

test("tabs are participants: one writes, the other reads, and a reload is the same participant", async ({ context, page }) => {
  const tab = await context.newPage();
  for (const each of [page, tab]) {
    await each.goto("/demo/?mode=tabs");
    await ready(each);
  }
  await page.getByRole("textbox", { name: /^Write/ }).fill("Hello from the first tab");
  await page.getByRole("textbox", { name: /^Write/ }).press("Enter");
  await expect(tab.getByText("Hello from the first tab")).toBeVisible();
  const name = (each) => each.evaluate(() => globalThis.__demo.counters.peers[0].name);
  const before = await name(tab);
  await tab.reload();
  await ready(tab);
  expect(await name(tab)).toBe(before);
  await expect(tab.getByText("Hello from the first tab")).toBeVisible();
});

test("tabs that throw away half of what they hear end with equal logs, also after a reload", async ({ context, page }) => {
  const tabs = [page, await context.newPage()];
  for (const tab of tabs) await open(tab, "?mode=tabs&loss=0.5");
  for (let line = 1; line <= 5; line += 1) {
    for (const [index, tab] of tabs.entries()) {
      const field = tab.getByRole("textbox", { name: /^Write/ });
      await field.fill(`Line ${line} of tab ${index}`);
      await field.press("Enter");
    }
  }
  await tabs[1].reload();
  const seen = async (tab) => {
    await ready(tab);
    const { delivered, holes, waiting, unacknowledged, deliveredTwice } = (await counters(tab)).peers[0];
    return { delivered, holes, waiting, unacknowledged, deliveredTwice };
  };
  const whole = { delivered: 10, holes: 0, waiting: 0, unacknowledged: 0, deliveredTwice: 0 };
  for (const tab of tabs) {
    await expect.poll(() => seen(tab), { timeout: 40_000 }).toEqual(whole);
    await expect(tab.getByText("Nothing is missing here")).toBeVisible();
  }
  const [[first], [second]] = [await logs(tabs[0]), await logs(tabs[1])];
  expect(second).toEqual(first);
});
