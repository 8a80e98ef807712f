// What is written about the package holds: the README's example runs, the typings name what there is.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { importPackage, installPackage, ROOT, run } from "./support/package.mjs";

const NETWORK = `
const heard = [];
const network = {
  send: (bytes) => heard.forEach((listener) => listener(bytes)),
  set onBytes(listener) { heard.push(listener); },
};
`;
const ANSWER = `
const bob = await ReliabilityManager.create({ participantId: "bob" });
network.onBytes = (bytes) => bob.unwrapReceivedMessage(bytes);
network.send(await manager.wrapOutgoingMessage(content, "second", "lobby"));
network.send(await bob.wrapOutgoingMessage(new TextEncoder().encode("hi"), "answer", "lobby"));
await manager.cleanup();
await persistence.close();
`;

test("the README's example runs as it stands there", async (t) => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, example] = /## Use\n\n```js\n(.*?)```/s.exec(readme);
  const { dir, cleanup } = await installPackage({ extra: ["classic-level"] });
  t.after(cleanup);
  await writeFile(join(dir, "example.mjs"), NETWORK + example + ANSWER);
  const said = await run(process.execPath, ["example.mjs"], dir);
  assert.match(said, /^second was received$/m);
});

for (const [entry, file] of [
  ["sds-wasm", "index.d.ts"],
  ["sds-wasm/indexeddb", "indexeddb.d.ts"],
  ["sds-wasm/node", "node.d.ts"],
  ["sds-wasm/persistence-contract", "persistence-contract.d.ts"],
]) {
  test(`${file} declares the values that ${entry} exports`, async () => {
    const typings = await readFile(join(ROOT, "js", file), "utf8");
    const declared = [...typings.matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name);
    const exported = Object.keys(await importPackage(entry)).filter((name) => name !== "module.exports");
    assert.deepEqual([...new Set(declared)].sort(), exported.sort());
  });
}
