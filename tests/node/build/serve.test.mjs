// The server of the demo page and of the tests in browsers.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serve } from "../../../js/build/serve.mjs";

/** A folder with some files, removed with the test. */
async function folder(t, files) {
  const dir = await mkdtemp(join(tmpdir(), "sds-wasm-test-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

async function open(t, mounts, options) {
  const server = await serve(mounts, options);
  t.after(server.close);
  return server;
}

const portOf = ({ origin }) => Number(new URL(origin).port);

test("serves each folder at its path, with the types that browsers insist on", async (t) => {
  const page = await folder(t, { "index.html": "page", "page.js": "code" });
  const core = await folder(t, { "core.wasm": "wasm", "index.html": "other" });
  const { origin } = await open(t, { "/": page, "/sds-wasm/": core });
  for (const [path, type, content] of [
    ["/", "text/html;charset=utf-8", "page"],
    ["/page.js", "text/javascript", "code"],
    ["/sds-wasm/core.wasm", "application/wasm", "wasm"],
    ["/sds-wasm/", "text/html;charset=utf-8", "other"],
  ]) {
    const response = await fetch(origin + path);
    assert.deepEqual([response.headers.get("content-type"), await response.text()], [type, content], path);
  }
  for (const path of ["/core.wasm", "/sds-wasm/page.js", "/..%2fsecret"]) {
    assert.equal((await fetch(origin + path)).status, 404, path);
  }
});

test("serves what is there now, not what was there before", async (t) => {
  const page = await folder(t, { "a.txt": "before" });
  const { origin } = await open(t, { "/": page });
  assert.equal(await (await fetch(`${origin}/a.txt`)).text(), "before");
  await writeFile(join(page, "a.txt"), "now");
  await mkdir(join(page, "b"));
  await writeFile(join(page, "b", "c.txt"), "new");
  assert.equal(await (await fetch(`${origin}/a.txt`)).text(), "now");
  assert.equal(await (await fetch(`${origin}/b/c.txt`)).text(), "new");
});

test("takes the next port if one is in use, unless it was asked for", async (t) => {
  const first = await open(t, {});
  const port = portOf(first);
  assert.ok(portOf(await open(t, {}, { port, orNext: true })) > port);
  await assert.rejects(serve({}, { port }), { message: `port ${port} is in use: choose another by --port` });
});

test("ends though a browser keeps its connection open", async (t) => {
  const { origin, close } = await open(t, { "/": await folder(t, { "index.html": "page" }) });
  await (await fetch(origin)).text();
  await close();
  await assert.rejects(fetch(origin));
});
