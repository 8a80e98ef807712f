// `npm run test:browser` and `npm run test:firefox`. After `npm run build`, some files or tests:
// `npx playwright test --config tests/browser/playwright.config.mjs smoke`, in Firefox with SDS_WASM_BROWSER=firefox.

import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS, demand } from "../../js/build/browsers.mjs";
import { Failure, inRoot } from "../../js/build/common.mjs";

const BROWSERS = {
  chromium: () => ({
    use: { browserName: "chromium", launchOptions: { executablePath: demand("chromium"), args: CHROMIUM_FLAGS } },
  }),
  firefox: () => ({
    // By WebDriver BiDi: the Firefox that is installed, not one patched by Playwright.
    use: { browserName: "firefox", channel: "moz-firefox", launchOptions: { executablePath: demand("firefox") } },
    // Tests of what only Chromium has bear this tag in their title.
    grepInvert: /@chromium/,
  }),
};

/** Of one browser only: not everybody has them all. */
function project(name) {
  const known = Object.keys(BROWSERS).join(" or ");
  if (!BROWSERS[name]) throw new Failure(`SDS_WASM_BROWSER must be ${known}, got "${name}"`);
  return { name, ...BROWSERS[name]() };
}

export default defineConfig({
  testMatch: "**/*.spec.mjs",
  outputDir: inRoot("test-results"),
  globalSetup: "./support/install.mjs",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  reporter: "list",
  timeout: 60_000,
  // Whatever hangs, and however it does, ends in a failure.
  globalTimeout: 15 * 60_000,
  expect: { timeout: 10_000 },
  use: { headless: true },
  projects: [project(process.env.SDS_WASM_BROWSER ?? "chromium")],
});
