// The conformance suite over IndexedDB, wherever a page's code can run, with the browser's own locks.

import { importPackage } from "../node/support/package.mjs";
import { agent, KINDS, tagOf } from "./support/agents.mjs";
import { expect, test } from "./support/disk.mjs";

const { runPersistenceContract } = await importPackage("sds-wasm/persistence-contract");

const passed = {};
runPersistenceContract({ open: async () => {}, test: (name) => (passed[name] = "passed") });
const count = Object.keys(passed).length;
for (const kind of KINDS) {
  for (const durability of ["strict", "relaxed"]) {
    test(`all ${count} cases, in a ${kind}, ${durability}${tagOf(kind)}`, async ({ page }) => {
      await page.goto("/blank.html");
      expect(await agent(page, kind).runContract(durability)).toEqual(passed);
    });
  }
}
