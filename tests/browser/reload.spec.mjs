// A participant whose page ends and comes again: what it knew is there, what it had begun goes on, once.

import { agent, brief, CHANNEL, ids, peer, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/disk.mjs";

const start = { participantId: "alice", database: "alice", at: T0 };
const requested = ({ requests }) => requests.map(({ entry }) => entry.messageId);
const hintsIn = ({ causalHistory }) =>
  causalHistory.map(({ messageId, retrievalHint }) => `${messageId}: ${retrievalHint && Buffer.from(retrievalHint)}`);

/** Alice's buffers fill: a2 was lost, so that a3 waits at Bob's; b2 was lost, so that b3 waits here. */
async function converse(alice, bob) {
  await bob.receive(await alice.send("a1"));
  await alice.receive(await bob.send("b1"));
  await alice.send("a2");
  await bob.receive(await alice.send("a3"));
  await bob.send("b2");
  await alice.receive(await bob.send("b3"));
}

/** What is told, and what is left to tell, before the page ends. */
async function before(alice, bob) {
  await alice.start({ ...start, hints: true });
  await converse(alice, bob);
  const told = ["messageSent a1", "messageReady b1", "messageSent a3", "missingDependencies b3"];
  expect(brief(await alice.takeEvents())).toEqual(told);
  const state = await alice.state();
  expect([state.history, ids(state.outgoing)]).toEqual([["a1", "b1", "a2", "a3"], ["a2"]]);
  expect([ids(state.incoming), requested(state)]).toEqual([["b3"], ["b2"]]);
  return state;
}

async function resend(alice, bob) {
  await alice.sweep();
  const events = await alice.takeEvents();
  expect(brief(events)).toEqual(["messageResend a2"]);
  expect(events.map(({ attempt }) => attempt)).toEqual([1]);
  for (const { bytes } of events) await bob.receive(bytes);
  expect(ids(bob.manager.getIncomingBuffer(CHANNEL))).toEqual([]);
}

/** Alice asks for b2 and gets it. Her causal history has the hints of before; a3 was in none yet. */
async function repair(alice, bob) {
  const asking = await alice.send("a4");
  const [message] = (await alice.state()).messages.slice(-1);
  expect(hintsIn(message)).toEqual(["a1: hint of a1", "b1: hint of b1", "a2: hint of a2", "a3: undefined"]);
  await bob.receive(asking);
  bob.clock.at = bob.manager.getIncomingRepairBuffer(CHANNEL)[0].respondAt;
  const answered = bob.next("repairReady");
  await bob.manager.runRepairSweep();
  const { bytes } = await answered;
  await alice.receive(bytes);
  expect(brief(await alice.takeEvents())).toEqual(["messageReady b2", "messageReady b3"]);
}

async function acknowledge(alice, bob) {
  await alice.receive(await bob.manager.wrapSyncMessage(CHANNEL));
  expect(brief(await alice.takeEvents())).toEqual(["messageSent a2", "messageSent a4"]);
}

/** @param {import("@playwright/test").Page} page @param {() => Promise<import("@playwright/test").Page>} restart */
async function story(page, restart) {
  const bob = await peer("bob");
  const first = await before(agent(page), bob);

  let alice = agent(await restart());
  expect(await alice.start(start)).toEqual(first);
  await alice.setClock(first.requests[0].requestAt);
  await resend(alice, bob);
  await repair(alice, bob);
  await acknowledge(alice, bob);
  const second = await alice.state();
  expect(second.history).toEqual(bob.manager.getMessageHistory(CHANNEL));
  expect([second.outgoing, second.incoming, second.requests]).toEqual([[], [], []]);

  alice = agent(await restart());
  expect(await alice.start(start)).toEqual(second);
  for (const messageId of ["b1", "b2", "b3"]) {
    expect(await alice.receive(bob.bytes(messageId))).toMatchObject({ messageId, duplicate: true });
  }
  expect(await alice.takeEvents()).toEqual([]);
}

test("a page that is reloaded", async ({ page }) => {
  await page.goto("/blank.html");
  await story(page, async () => {
    await page.reload();
    return page;
  });
});

test("a page that is left and visited again", async ({ page }) => {
  await page.goto("/blank.html");
  await story(page, async () => {
    await page.goto("about:blank");
    await page.goto("/blank.html");
    return page;
  });
});

test("a tab that is closed and opened again", async ({ context }) => {
  const open = async () => {
    for (const page of context.pages()) await page.close();
    const page = await context.newPage();
    await page.goto("/blank.html");
    return page;
  };
  await story(await open(), open);
});

test("a browser that is closed and started again @chromium", async ({ launchPersistent }) => {
  let browser;
  const open = async () => {
    await browser?.context.close();
    browser = await launchPersistent();
    await browser.page.goto("/blank.html");
    return browser.page;
  };
  await story(await open(), open);
});
