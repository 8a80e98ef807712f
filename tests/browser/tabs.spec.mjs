// Tabs and workers of one origin as a group: ReliableChannel over BroadcastChannel and IndexedDB, in real time.

import { once } from "node:events";
import { expect, test } from "./support/disk.mjs";
import { chance, expectEqual, Member, talk } from "./support/members.mjs";

/** Three tabs, one of which has its member in a worker, and a shared worker. */
async function group(context, { loss, random }) {
  const kinds = { alice: "window", bob: "window", carol: "dedicated worker", dave: "shared worker" };
  const members = Object.entries(kinds).map(([name, kind]) => {
    const seed = Math.floor(random() * 2 ** 31);
    return new Member(context, { name, kind, loss, seed });
  });
  for (const member of members) await member.begin();
  return members;
}

for (const loss of [0, 0.4]) {
  test(`windows and workers that lose ${100 * loss} % of what they hear end with equal logs`, async ({ context }) => {
    const random = chance();
    const members = await group(context, { loss, random });
    await talk(members, 12, random);
    await expectEqual(members);
    for (const member of members) await member.leave();
    for (const member of members) expect((await member.report()).ended).toBe("closed");
  });
}

/** Ways in which a tab ends; each gives it back, or another one. */
const ENDS = {
  "is reloaded": ({ page }) => page.reload(),
  "is closed": async (member) => {
    await member.page.close();
    member.page = undefined;
  },
  "loses its renderer @chromium": async (member) => {
    const crashed = once(member.page, "crash");
    const session = await member.page.context().newCDPSession(member.page);
    // The answer is never given.
    session.send("Page.crash").catch(() => {});
    await crashed;
    await member.page.close();
    member.page = undefined;
  },
};
for (const [how, end] of Object.entries(ENDS)) {
  test(`a tab that ${how} in the middle comes back with what it had, and catches up`, async ({ context }) => {
    const random = chance();
    const members = await group(context, { loss: 0.25, random });
    const [alice, ...others] = members;
    await talk(members, 6, random);
    const before = await alice.report();
    // It ends while it is saying something.
    alice.say("alice-last").catch(() => {});
    await Promise.all([end(alice), talk(others, 3, random)]);
    await talk(others, 3, random);
    const coming = alice.page ? alice.join() : alice.begin();
    await Promise.all([coming, talk(others, 3, random)]);
    const { read } = await alice.report();
    expect(before.read.filter((messageId) => !read.includes(messageId)), "forgotten").toEqual([]);
    await alice.sayAgain("alice-last");
    await talk(members, 3, random);
    await expectEqual(members);
  });
}

test("the status tells what is missing and what nobody has, until all is there", async ({ context }) => {
  // Without resends, the first that bob hears of a message is that he misses it.
  const config = { resendInterval: 3_600_000 };
  const [alice, bob] = ["alice", "bob"].map((name) => new Member(context, { name, config }));
  await alice.begin();
  for (let n = 0; n < 3; n += 1) await alice.say();
  expect((await alice.report()).status).toEqual({ missing: 0, lost: 0, unacknowledged: 3, synced: false });
  await alice.page.reload();
  await alice.join();
  expect((await alice.report()).status).toEqual({ missing: 0, lost: 0, unacknowledged: 3, synced: false });
  await bob.begin();
  await expectEqual([alice, bob]);
  const told = async (member, key) => (await member.report()).statuses.map((status) => status[key]);
  const synced = await told(alice, "synced");
  expect(synced.indexOf(true)).toBe(synced.length - 1);
  expect(Math.max(...(await told(bob, "missing")))).toBeGreaterThan(0);
});

test("a transport that listens to nothing is heard all the same", async ({ context }) => {
  const [speaker, listener] = [await context.newPage(), await context.newPage()];
  for (const page of [speaker, listener]) await page.goto("/blank.html");
  await listener.evaluate(async () => {
    const { BroadcastChannelTransport } = await import("sds-wasm");
    globalThis.heard = [];
    new BroadcastChannelTransport("solo").subscribe("room", (bytes) => heard.push(bytes.length));
  });
  await speaker.evaluate(async () => {
    const { BroadcastChannelTransport } = await import("sds-wasm");
    const transport = new BroadcastChannelTransport("solo");
    for (const length of [1, 2, 3]) await transport.publish("room", new Uint8Array(length));
  });
  await expect.poll(() => listener.evaluate(() => heard)).toEqual([1, 2, 3]);
});
