// Kills the page's process, or the whole browser, in the middle of its work: what it had reported must be there after.

import { once } from "node:events";
import { test } from "./support/disk.mjs";
import { liveAndDie, livesOf } from "./support/lives.mjs";
import { rendererKiller } from "./support/processes.mjs";

test("many lives, each ended with its renderer @chromium", async ({ context }) => {
  const begin = async () => {
    const page = await context.newPage();
    await page.goto("/blank.html");
    const killAll = await rendererKiller(context.browser());
    const crashed = once(page, "crash");
    const kill = async () => {
      await Promise.all([killAll(), crashed]);
      await page.close();
    };
    return { page, kill };
  };
  const choose = (random) => ({ durability: random() < 0.5 ? "strict" : "relaxed" });
  await liveAndDie({ lives: livesOf(12), begin, choose });
});

for (const durability of ["strict", "relaxed"]) {
  test(`lives ended with the browser, ${durability} @chromium`, async ({ launchPersistent }) => {
    const lives = livesOf(3);
    for (let life = 0; life < lives; life += 1) {
      // Each on a profile of its own: Chromium itself may lose all of a site's data some time after it was killed.
      const begin = async () => {
        const { page, kill } = await launchPersistent(`profile ${life}`);
        await page.goto("/blank.html");
        return { page, kill };
      };
      await liveAndDie({ lives: 1, begin, choose: () => ({ durability }) });
    }
  });
}
