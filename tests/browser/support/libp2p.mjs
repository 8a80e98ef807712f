// Tests whose pages have libp2p nodes. The site has pages/libp2p.js, bundled with the packages it needs, and a process of
// this machine's listens for the pages' nodes.

import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot } from "../../../js/build/common.mjs";
import { serve } from "../../../js/build/serve.mjs";
import { installLibp2p, Member } from "../../node/support/libp2p-process.mjs";
import { importFrom } from "../../node/support/package.mjs";
import { test as base } from "./fixtures.mjs";

export { expect } from "./fixtures.mjs";

/** The first time on a machine, libp2p is downloaded. */
const INSTALL_TIMEOUT = 300_000;
const FUNCTIONS = ["open", "dial", "stop", "start", "send", "state", "history"];
const pages = (file) => inRoot("tests", "browser", "pages", file);

/** Into `folder/app`, with the module where the bundle looks for it. */
async function bundle(dir, folder) {
  const modules = join(dir, "node_modules");
  const { buildSync } = await importFrom(dir, "esbuild");
  buildSync({
    entryPoints: [pages("libp2p.js")],
    outdir: join(folder, "app"),
    bundle: true,
    format: "esm",
    // The page's own folder has none of them.
    nodePaths: [modules],
  });
  await copyFile(join(modules, "sds-wasm", "sds_wasm_bg.wasm"), join(folder, "sds_wasm_bg.wasm"));
  await copyFile(pages("blank.html"), join(folder, "blank.html"));
}

export const test = base.extend({
  libp2p: [async ({}, use) => use(await installLibp2p()), { scope: "worker", timeout: INSTALL_TIMEOUT }],

  site: [
    async ({ libp2p }, use) => {
      const folder = await mkdtemp(join(tmpdir(), "sds-wasm-libp2p-"));
      await bundle(libp2p, folder);
      const site = await serve({ "/": folder });
      await use(site);
      await site.close();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],

  /** A member that pages can dial, and through which they hear each other. */
  relay: async ({ libp2p: dir }, use) => {
    const store = await mkdtemp(join(tmpdir(), "sds-wasm-relay-"));
    const relay = new Member({ dir, name: "relay", store, listen: "/ip4/127.0.0.1/tcp/0/ws" });
    await use(relay);
    await relay.kill();
    await rm(store, { recursive: true, force: true });
  },
});

/** The functions of pages/libp2p.js in a page. @param {import("@playwright/test").Page} page */
export function member(page) {
  const remote = (name) => (...args) =>
    page.evaluate(async ([name, args]) => (await import("/app/libp2p.js"))[name](...args), [name, args]);
  return Object.fromEntries(FUNCTIONS.map((name) => [name, remote(name)]));
}
