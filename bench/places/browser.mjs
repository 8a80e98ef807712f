// Measures in headless Chromium: every measurement in a fresh page with storage of its own.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM_FLAGS, demand } from "../../js/build/browsers.mjs";
import { inRoot } from "../../js/build/common.mjs";
import { WASM_FILE } from "../../js/build/compile.mjs";
import { serve } from "../../js/build/serve.mjs";

/** With these, clocks tell 5 µs instead of 100. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The page with both libraries, in a temporary folder; the core lies where its entry looks for it. */
async function bundle() {
  const { build } = await import("esbuild");
  const folder = await mkdtemp(join(tmpdir(), "sds-wasm-bench-"));
  await build({
    entryPoints: [inRoot("bench", "page", "page.js")],
    outdir: join(folder, "code"),
    bundle: true,
    // What is of use in Node only.
    external: ["../size.mjs", "../libraries/filter.mjs"],
    // Each library in files of its own, which are loaded when they are asked for.
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  await cp(inRoot("bench", "page", "index.html"), join(folder, "index.html"));
  await cp(inRoot("pkg", WASM_FILE), join(folder, WASM_FILE));
  return folder;
}

export async function openBrowser() {
  const { chromium } = await import("@playwright/test");
  const folder = await bundle();
  const site = await serve({ "/": folder }, { headersOf: () => ISOLATED });
  const args = [...CHROMIUM_FLAGS, "--js-flags=--expose-gc"];
  // Signals end this process, and with it the browser, which would otherwise be closed and waited for in vain.
  const leave = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({ executablePath: demand("chromium"), args, ...leave });
  return {
    name: "browser",
    version: `Chromium ${browser.version()}`,
    async measure(file, subject) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(site.origin);
        await page.waitForFunction(() => globalThis.measure);
        return await page.evaluate(([file, subject]) => globalThis.measure(file, subject), [file, subject]);
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await site.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
