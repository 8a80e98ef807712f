// What goes wrong on the demo page is told in words, and the page keeps working.

import { expect, test } from "../support/fixtures.mjs";
import { counters, expectEqual, open, PAGE, ready, settle, written } from "./support.mjs";

test("absurd values in the address are named, and others are used", async ({ page }) => {
  await open(page, "?seed=minus-one&loss=7&peers=99&room=../../etc");
  for (const name of ["seed", "loss", "peers"]) {
    await expect(page.locator("#notices").getByText(new RegExp(name, "i")).first()).toBeVisible();
  }
  await written(page, 3);
  await settle(page);
  await expectEqual(page);
});

test("a pasted frame that doesn't decode is refused with the reason", async ({ page }) => {
  await open(page, "?seed=8");
  await page.getByRole("button", { name: "Paste a frame" }).click();
  for (const [pasted, button, reason] of [
    ["ffffff", "Decode", /message: .*DeserializationError|DeserializationError.*message: /],
    ["ffffff", "Inject into", /message: .*DeserializationError|DeserializationError.*message: /],
    ["neither hex nor base64!", "Decode", /hex/i],
  ]) {
    await page.getByLabel("The bytes of a frame").fill(pasted);
    await page.getByRole("button", { name: button }).click();
    await expect(page.locator("#paste-said")).toHaveText(reason);
  }
  await written(page, 3);
});

test.describe("without IndexedDB", () => {
  test.use({ tolerates: [/IndexedDB/] });

  test("the room runs in memory and says so", async ({ page }) => {
    await page.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
    await open(page, "?seed=9&speed=10");
    await expect(page.getByText(/keeps nothing here/)).toBeVisible();
    expect((await counters(page)).storage).toBe("memory");
    await written(page, 5);
    await settle(page);
    await expectEqual(page);
  });
});

test("a room that is open in another tab can be waited for", async ({ context, page }) => {
  await open(page, "?seed=10");
  const second = await context.newPage();
  await second.goto(`${PAGE}?seed=10`);
  await expect(second.getByRole("heading", { name: "This room is open in another tab" })).toBeVisible();
  await second.getByRole("button", { name: "Wait for it" }).click();
  await page.close();
  await ready(second);
  await written(second, 3);
});

test("another room can be opened beside it", async ({ context, page }) => {
  await open(page, "?seed=11");
  const second = await context.newPage();
  await second.goto(`${PAGE}?seed=11`);
  await second.getByRole("link", { name: "Open another room" }).click();
  await second.waitForURL(/room=/);
  await ready(second);
  await written(second, 3);
});
