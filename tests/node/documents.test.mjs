// What is written about the package holds: the README's example runs, the typings name what there is.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { importPackage, installPackage, ROOT, run } from "./support/package.mjs";

const NETWORK = `
const heard = new Set();
const network = {
  send: (bytes) => heard.forEach((listener) => listener(bytes)),
  listen: (listener) => (heard.add(listener), () => heard.delete(listener)),
};
`;
// The loop ends when the channel is closed, once its answer is there.
const ANSWER = `
async function answer() {
  const { ReliabilityManager } = await import("sds-wasm");
  const bob = await ReliabilityManager.create({ participantId: "bob" });
  network.listen((bytes) => bob.unwrapReceivedMessage(bytes));
  await channel.send(new TextEncoder().encode("again"), "second");
  network.send(await bob.wrapOutgoingMessage(new TextEncoder().encode("hi"), "answer", "lobby"));
  channel.addEventListener("messageReady", async () => {
    await channel.close();
    await persistence.close();
  });
}
`;

test("the README's example runs as it stands there", async (t) => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, example] = /## Use\n\n```js\n(.*?)```/s.exec(readme);
  const { dir, cleanup } = await installPackage({ extra: ["classic-level"] });
  t.after(cleanup);
  const answered = example.replace("\nfor await", "\nawait answer();\nfor await");
  await writeFile(join(dir, "example.mjs"), NETWORK + ANSWER + answered);
  const said = await run(process.execPath, ["example.mjs"], dir);
  assert.match(said, /^alice hello$/m);
  assert.match(said, /^second was received$/m);
});

/** A file of typings, with those that it exports as its own. */
async function typingsOf(file) {
  const text = await readFile(join(ROOT, "js", file), "utf8");
  const passedOn = [...text.matchAll(/^export \* from "\.\/(\w+)\.js";/gm)].map(([, name]) => typingsOf(`${name}.d.ts`));
  return [text, ...(await Promise.all(passedOn))].join("\n");
}

for (const [entry, file] of [
  ["sds-wasm", "index.d.ts"],
  ["sds-wasm/indexeddb", "indexeddb.d.ts"],
  ["sds-wasm/libp2p", "libp2p.d.ts"],
  ["sds-wasm/node", "node.d.ts"],
  ["sds-wasm/persistence-contract", "persistence-contract.d.ts"],
]) {
  test(`${file} declares the values that ${entry} exports`, async () => {
    const typings = await typingsOf(file);
    const declared = [...typings.matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name);
    const exported = Object.keys(await importPackage(entry)).filter((name) => name !== "module.exports");
    assert.deepEqual([...new Set(declared)].sort(), exported.sort());
  });
}
