// Six processes with real libp2p nodes in a sparse mesh, talking all the time. One is killed and comes back from its
// store, one is cut off for a while. In the end they all have one log. Real sockets, real time: everything here waits for
// what has to happen, and none of it is a matter of how long it takes.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { installLibp2p, Member } from "../support/libp2p-process.mjs";

/** Not a part of the test's time: the first run on a machine downloads it. */
const dir = await installLibp2p();
const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank"];
/** A ring with one chord. */
const LINKS = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 0], [1, 4]];

const NAME = "a mesh that talks, loses a member, gets it back, is split and healed, ends with one log";

test(NAME, { timeout: 90_000 }, async (t) => {
  const stores = await mkdtemp(join(tmpdir(), "sds-wasm-mesh-"));
  const members = [];
  const sent = new Set();
  let look = () => {};
  const until = (condition) =>
    new Promise((resolve, reject) => {
      look = () => {
        const dead = members.find(({ process: { exitCode } }) => exitCode);
        if (dead) reject(new Error(`${dead.name} ended with ${dead.process.exitCode}`));
        if (t.signal.aborted) reject(t.signal.reason);
        if (condition()) resolve();
      };
      look();
    });
  const begin = (index, life) => {
    // A test that has run out of time goes on nevertheless.
    t.signal.throwIfAborted();
    const name = NAMES[index];
    members[index] = new Member({ dir, name, life, store: join(stores, name), sent, changed: () => look() });
  };
  t.after(async () => {
    await Promise.all(members.map((member) => member.kill()));
    await rm(stores, { recursive: true, force: true });
  });
  const grown = (indices, by) => {
    const goals = indices.map((index) => members[index].log.size + by);
    return until(() => indices.every((index, at) => members[index].log.size >= goals[at]));
  };
  const link = async ([from, to]) => members[from].order("dial", members[to].address);
  const linksOf = (index) => LINKS.filter((pair) => pair.includes(index));
  const others = (index) => [0, 1, 2, 3, 4, 5].filter((other) => other !== index);

  for (const index of NAMES.keys()) begin(index, 1);
  await until(() => members.every(({ address }) => address));
  for (const pair of LINKS) await link(pair);
  for (const member of members) await member.order("start");
  await grown([0, 1, 2, 3, 4, 5], 30);

  // Carol is killed in the middle of it, and comes back from what she kept.
  const killed = members[2];
  assert.equal(await killed.kill(), "SIGKILL");
  await grown(others(2), 20);
  begin(2, 2);
  const own = [...sent].filter((id) => id.startsWith("carol 1 "));
  assert.ok(own.length > 0);
  await until(() => members[2].address && own.every((id) => members[2].log.has(id)));
  assert.ok([...sent].some((id) => !members[2].log.has(id)), "nobody has told her yet what she missed");
  for (const pair of linksOf(2)) await link(pair);
  await members[2].order("start");
  await grown([2], 20);

  // Erin hears nobody for a while, and goes on talking.
  await members[4].order("cut");
  const erins = () => [...sent].filter((id) => id.startsWith("erin")).length;
  const before = erins();
  await grown(others(4), 40);
  await until(() => erins() >= before + 5);
  const missed = [...members[0].log].filter((id) => !members[4].log.has(id));
  assert.ok(missed.length >= 20, `Erin was cut off: ${missed.length}`);
  await members[4].order("heal");
  for (const pair of linksOf(4)) await link(pair);
  await grown([4], 20);

  for (const member of members) await member.order("stop");
  const hasAll = ({ log }) => log.size === members[0].log.size && [...sent].every((id) => log.has(id));
  const complete = (member) => member.synced && hasAll(member);
  await until(() => members.every(complete));
  look = () => {};
  const { size } = members[0].log;
  for (const member of members) await member.order("log", size);
  for (const { name, history } of members) assert.deepEqual(history, members[0].history, name);
  for (const { errors } of [...members, killed]) assert.deepEqual(errors, []);
  for (const member of members) member.process.send(["end"]);
  for (const { name, exit } of members) assert.equal(await exit, 0, `${name} ends by itself`);
  t.diagnostic(`${size} messages`);
});
