// Two pages with real libp2p nodes, and a process that both have dialled: browsers can't dial each other. One page is away
// for a while, the other is reloaded. In the end all three have one log. Real sockets, real time: everything here waits for
// what has to happen.

import { expect, member, test } from "./support/libp2p.mjs";

/** A machine that has much else to do is slow. */
const WAIT = { timeout: 60_000 };
test.setTimeout(240_000);

const sorted = (ids) => [...ids].sort();

async function openPage(context, name, relay) {
  const page = await context.newPage();
  await page.goto("/blank.html");
  const opened = member(page);
  await opened.open(name);
  await opened.dial(relay.address);
  return { page, ...opened };
}

/** What is said, by pages and by the relay, and who must have it. */
class Conversation {
  ids = new Set();
  #relay;

  constructor(relay) {
    this.#relay = relay;
  }

  async say(page, ...ids) {
    for (const id of ids) this.ids.add(await page.send(id));
  }

  async relaySays(count) {
    for (let n = 0; n < count; n += 1) await this.#relay.order("send");
    for (const id of this.#relay.sent) this.ids.add(id);
  }

  /** Until these pages and the relay have everything, and know of each message of theirs that somebody has it. */
  async settles(...pages) {
    const expected = sorted(this.ids);
    await expect.poll(() => sorted(this.#relay.log), WAIT).toEqual(expected);
    for (const { state } of pages) await expect.poll(async () => sorted((await state()).log), WAIT).toEqual(expected);
    await expect.poll(() => this.#relay.synced, WAIT).toBe(true);
    for (const { state } of pages) await expect.poll(async () => (await state()).synced, WAIT).toBe(true);
  }
}

/** Bob's node is stopped while all talk, and started again. */
async function awayForAWhile(conversation, { alice, bob, relay }) {
  await bob.stop();
  const before = await bob.state();
  await conversation.say(alice, "alice 4", "alice 5", "alice 6");
  await conversation.relaySays(2);
  // Nothing is left for them to send again: only repair can bring it to him.
  await conversation.settles(alice);
  await conversation.say(bob, "bob 4", "bob 5");
  const alone = await bob.state();
  expect(sorted(alone.log)).toEqual(sorted([...before.log, "bob 4", "bob 5"]));
  expect(alone.failedToPublish).toBeGreaterThanOrEqual(before.failedToPublish + 2);
  expect(alone.synced).toBe(false);

  await bob.start();
  await bob.dial(relay.address);
  await conversation.settles(alice, bob);
  const { missing } = await bob.state();
  expect(Math.max(...missing.slice(alone.missing.length)), "he was told what he missed").toBeGreaterThan(0);
}

/** Alice's page is reloaded. What she says before she has dialled again is sent again later. */
async function reloaded(conversation, { alice, bob, relay }) {
  const kept = await alice.history(conversation.ids.size);
  await alice.page.reload();
  await alice.open("alice");
  expect(await alice.history(kept.length)).toEqual(kept);
  await conversation.say(alice, "alice 7");
  await conversation.say(bob, "bob 6");
  await alice.dial(relay.address);
  await conversation.settles(alice, bob);
}

async function haveOneLog(conversation, { alice, bob, relay }) {
  await relay.order("log", conversation.ids.size);
  expect(relay.errors).toEqual([]);
  for (const page of [alice, bob]) {
    expect(await page.history(conversation.ids.size)).toEqual(relay.history);
    const { log, errors } = await page.state();
    expect(new Set(log).size, "each message once").toBe(log.length);
    expect(errors).toEqual([]);
  }
}

test("two pages and a process talk over libp2p; one page leaves and returns, one is reloaded", async ({ context, relay }) => {
  await expect.poll(() => relay.address, WAIT).toBeTruthy();
  const [alice, bob] = [await openPage(context, "alice", relay), await openPage(context, "bob", relay)];
  const [conversation, members] = [new Conversation(relay), { alice, bob, relay }];
  await conversation.say(alice, "alice 1", "alice 2", "alice 3");
  await conversation.relaySays(2);
  await conversation.say(bob, "bob 1", "bob 2", "bob 3");
  await conversation.settles(alice, bob);
  await awayForAWhile(conversation, members);
  await reloaded(conversation, members);
  await haveOneLog(conversation, members);
  relay.process.send(["end"]);
  expect(await relay.exit).toBe(0);
});
