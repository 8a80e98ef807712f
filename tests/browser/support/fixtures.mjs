// `import { expect, test } from "./support/fixtures.mjs"`: Playwright's test with what all tests here need. Each test
// has a browser context, and so storage, of its own; `page.goto("/blank.html")` is relative to the site.

import { expect, test as base } from "@playwright/test";
import { once } from "node:events";
import { mkdtemp, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSite } from "./site.mjs";

export { expect };

/** Every uncaught error and console error from now on, in all pages of a context and their dedicated workers. */
function problemsOf(context) {
  const problems = [];
  context.on("weberror", (event) => problems.push(`uncaught: ${event.error().stack || event.error()}`));
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  return problems;
}

function expectNone(problems, tolerates) {
  const untold = problems.filter((problem) => !tolerates.some((pattern) => pattern.test(problem)));
  expect(untold, "errors in pages; what a test expects it names by test.use({ tolerates: [/…/] })").toEqual([]);
}

const temporaryFolder = () => mkdtemp(join(tmpdir(), "sds-wasm-browser-"));
const remove = (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** The process of the browser that uses a profile: Chromium's lock names it, as "host-pid". */
async function pidOf(profile) {
  return Number((await readlink(join(profile, "SingletonLock"))).split("-").at(-1));
}

export const test = base.extend({
  /** Patterns of errors in pages that are part of the test: `test.use({ tolerates: [/…/] })`. */
  tolerates: [[], { option: true }],

  /** `site.origin` has the package, the test pages and the demo page; see site.mjs. */
  site: [
    async ({}, use) => {
      const site = await openSite();
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],

  /** Browsers that are killed leave temporary files, which are removed with this folder. */
  launchOptions: [
    async ({ launchOptions }, use) => {
      const folder = await temporaryFolder();
      await use({ ...launchOptions, env: { ...process.env, TMPDIR: folder } });
      await remove(folder);
    },
    { scope: "worker" },
  ],

  baseURL: async ({ site }, use) => use(site.origin),

  /**
   * Fails the test on errors in any of its pages; those in shared and service workers reach nobody. More tabs:
   * `context.newPage()`.
   */
  context: async ({ context, tolerates }, use) => {
    const problems = problemsOf(context);
    await use(context);
    expectNone(problems, tolerates);
  },

  /**
   * Starts a browser of one's own on a profile on disk: `const { context, page, pid, kill } = await launchPersistent()`.
   * `kill()` ends all its processes at once; started again with the same name, it finds what was on disk (@chromium).
   */
  launchPersistent: async ({ playwright, browserName, launchOptions, headless, baseURL, tolerates }, use) => {
    const folder = await temporaryFolder();
    const started = [];
    await use(async (name = "profile") => {
      const profile = join(folder, name);
      const options = { ...launchOptions, headless, baseURL };
      const context = await playwright[browserName].launchPersistentContext(profile, options);
      const closed = once(context, "close");
      started.push({ context, problems: problemsOf(context) });
      const pid = await pidOf(profile);
      const kill = async () => {
        // Playwright makes a browser the leader of a process group.
        process.kill(-pid, "SIGKILL");
        await closed;
      };
      return { context, page: context.pages()[0], pid, kill };
    });
    for (const { context } of started) await context.close();
    await remove(folder);
    for (const { problems } of started) expectNone(problems, tolerates);
  },
});
