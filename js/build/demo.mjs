// `npm run demo:build`: makes dist/, the demo page with the package it uses. All its paths are relative, so that any
// static host can serve it from any folder.

import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build, DOCUMENTS } from "./build.mjs";
import { Failure, inRoot, say, whenMain } from "./common.mjs";
import { setup } from "./setup.mjs";

/** The page's folder in dist/ for the package: its import map says so. */
const PACKAGE = "sds-wasm";

const isOfThePage = (source) =>
  source !== inRoot("www", "terminal") && !/^\.|\.md$|\.d\.ts$/.test(basename(source));

const isCode = (source) => !DOCUMENTS.includes(basename(source));

/** Assumes that build() has run. */
export function buildDemo() {
  if (!existsSync(inRoot("www", "index.html"))) throw new Failure("www/ has no index.html: there is no page to build");
  // As in build(): nobody finds half a page.
  const stage = inRoot("dist.new");
  rmSync(stage, { recursive: true, force: true });
  try {
    cpSync(inRoot("www"), stage, { recursive: true, filter: isOfThePage });
    cpSync(inRoot("pkg"), join(stage, PACKAGE), { recursive: true, filter: isCode });
    rmSync(inRoot("dist"), { recursive: true, force: true });
    renameSync(stage, inRoot("dist"));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  say("dist/ is the complete demo page");
}

await whenMain(import.meta.url, async () => {
  await setup();
  await build();
  buildDemo();
});
