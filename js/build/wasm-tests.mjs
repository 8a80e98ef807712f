// The suite tests/wasm: one binary, run in Node and in browsers. The runner (see .cargo/config.toml) is told where by
// its environment.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM_FLAGS, demand, driverOf } from "./browsers.mjs";
import { run, WASM_TARGET } from "./common.mjs";

const CARGO_TEST = ["test", "--locked", "--tests", "--target", WASM_TARGET];

// What the runner would take from the environment of whoever runs this.
const RUNNERS_OWN = /^(WASM_BINDGEN_|NO_HEADLESS$|(CHROME|GECKO|SAFARI|MSEDGE)DRIVER)/;

// The runner's debug build takes ten seconds for the debug information, and none without.
const WITHOUT_DEBUG = { CARGO_PROFILE_TEST_DEBUG: "0" };

const PLACES = { window: "WASM_BINDGEN_USE_BROWSER", worker: "WASM_BINDGEN_USE_DEDICATED_WORKER" };

/** For all tests together. */
const SECONDS = 60;

const CAPABILITIES = {
  chromium: (binary) => ({ "goog:chromeOptions": { binary, args: CHROMIUM_FLAGS } }),
  firefox: (binary) => ({ "moz:firefoxOptions": { binary } }),
};

/**
 * What the driver is told. Not to wait for the page: that has a limit of its own, five minutes, and a test that never
 * returns makes the page late, too.
 */
const capabilities = (browser) => ({ ...CAPABILITIES[browser](demand(browser)), pageLoadStrategy: "none" });

function cleanEnvironment() {
  const names = Object.keys(process.env).filter((name) => RUNNERS_OWN.test(name));
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...WITHOUT_DEBUG };
}

export const testInNode = () => run("cargo", CARGO_TEST, { env: cleanEnvironment() });

/** Runs the suite in a "window" or a dedicated "worker" of a browser. */
export async function testInBrowser(browser, place) {
  const driver = driverOf(browser);
  // The runner kills the driver, which then leaves its browser's files, and at times the browser.
  const folder = mkdtempSync(join(tmpdir(), "sds-wasm-browser-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  const settings = join(folder, "webdriver.json");
  writeFileSync(settings, JSON.stringify(capabilities(browser)));
  const env = {
    ...cleanEnvironment(),
    TMPDIR: folder,
    [PLACES[place]]: "1",
    [driver.toUpperCase()]: demand(driver),
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: settings,
    WASM_BINDGEN_TEST_TIMEOUT: `${SECONDS}`,
  };
  try {
    return await run("cargo", CARGO_TEST, { env, minutes: 15 });
  } finally {
    process.off("exit", remove);
    remove();
  }
}
