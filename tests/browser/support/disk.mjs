// Tests whose storage is on disk, as users have it. Chromium keeps that of a test's usual context in memory, like that of a
// private window, where some of its ways are different: on disk, large values are files of their own.

import { test as base } from "./fixtures.mjs";

export { expect } from "./fixtures.mjs";

export const test = base.extend({
  context: async ({ browserName, context, launchPersistent }, use) => {
    // Firefox's contexts are containers of one profile.
    await use(browserName === "chromium" ? (await launchPersistent()).context : context);
  },
});
