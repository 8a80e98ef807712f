// A ReliableChannel that is closed in the middle of anything leaves nothing behind: no timer, no BroadcastChannel, no Web
// Lock, no listener, no promise that rejects unheard. tests/node/channel/close.test.mjs has more such middles, in steps.

import { agent, callIn, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/fixtures.mjs";
import { tab } from "./support/storage.mjs";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const WIRE = "closing/room";

const SENT = /^(fulfilled m|rejected InvalidState)$/;
/** Turns of the event loop after which it is closed: something else is under way at each. */
const TURNS = [0, 1, 2, 5, 20];
/** What must have become of what was begun: by its name, or how often at least. It is under way `after` milliseconds. */
const MIDDLES = {
  nothing: { outcomes: {} },
  "a message being saved": { outcomes: { send: SENT } },
  "publishing that never answers": { outcomes: { send: /^fulfilled m$/, publish: 4 }, after: 2 * MINUTE },
  "publishing that fails later": { outcomes: { send: /^fulfilled m$/, publish: 4 }, after: 2 * MINUTE },
  "a retrieval that never answers": { outcomes: { retrieve: 1 }, after: MINUTE },
  "a retrieval that fails later": { outcomes: { retrieve: 1 }, after: MINUTE },
  "messages pouring in": { outcomes: {} },
  "loops over its log": {
    outcomes: {
      send: SENT,
      loop: /^fulfilled [01]$/,
      "loop with a signal": /^fulfilled [01]$/,
      first: /^fulfilled done: (true|false)$/,
      second: /^fulfilled done: true$/,
    },
  },
  "a listener of its own": { outcomes: { close: /^fulfilled$/ } },
};

/** A tab whose channel will be closed, with the time standing still, and one that looks at what is left. */
async function setting(context, kind = "window") {
  const [{ page }, other] = [await tab(context), await tab(context)];
  if (kind === "window") {
    await page.clock.install({ time: T0 });
    await page.clock.pauseAt(T0 + HOUR);
  }
  await other.page.evaluate((wire) => {
    globalThis.heard = [];
    globalThis.port = new BroadcastChannel(wire);
    port.onmessage = ({ data }) => heard.push(typeof data === "string" ? data : "frame");
  }, WIRE);
  const tested = (name, ...args) => callIn(page, kind, "/closing.js", name, ...args);
  return { page, other, tested };
}

const NOTHING = { timers: 0, ports: 0, listeners: 0, unhandled: [] };

/** Gives what has become of what was begun. */
async function expectNothingLeft({ page, other, tested }, kind = "window") {
  const { outcomes, heard: _, ...left } = await tested("report");
  expect(left).toEqual(NOTHING);
  // Whoever comes next finds the database free, and the wire silent but for what the test says.
  expect(await other.locks()).toEqual({ held: [], pending: [] });
  await tested("say", "frame");
  if (kind === "window") await page.clock.runFor(HOUR);
  await tested("say", "later");
  const heard = () => other.page.evaluate(() => heard.slice(heard.lastIndexOf("closed")));
  await expect.poll(heard).toEqual(["closed", "frame", "later"]);
  expect(await tested("report")).toMatchObject({ ...NOTHING, heard: 0 });
  return outcomes;
}

/** The log that the next to open the database finds. */
async function historyOf({ other }) {
  const next = agent(other.page);
  const { history } = await next.start({ participantId: "alice", database: "kept", at: T0 });
  await next.stop();
  return history;
}

function expectOutcomes(outcomes, expected, history) {
  expect(Object.keys(outcomes).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, wanted] of Object.entries(expected)) {
    if (typeof wanted === "number") expect(outcomes[name], name).toBeGreaterThanOrEqual(wanted);
    else expect(outcomes[name], name).toMatch(wanted);
  }
  // It is sent in full or not at all.
  if (outcomes.send) expect(history).toEqual(outcomes.send === "fulfilled m" ? ["m"] : []);
}

for (const kind of ["window", "dedicated worker"]) {
  for (const [middle, { outcomes: expected, after }] of Object.entries(MIDDLES)) {
    // A worker's time can't be moved.
    if (after && kind !== "window") continue;
    test(`in a ${kind}, closed in the middle of ${middle}`, async ({ context }) => {
      const world = await setting(context, kind);
      const { tested, page } = world;
      for (const turns of after ? [0] : TURNS) {
        const { timers, ...open } = await tested("open", middle);
        expect(open).toEqual({ ports: 1, listeners: 0, unhandled: [] });
        expect(timers).toBeGreaterThan(3);
        if (after) {
          await tested("start", middle);
          await page.clock.runFor(after);
          await tested("close");
        } else await tested("startAndClose", middle, turns);
        const outcomes = await expectNothingLeft(world, kind);
        expectOutcomes(outcomes, expected, await historyOf(world));
      }
    });
  }
}

test("its storage closed while it opens: it opens or says why not, and leaves nothing", async ({ context }) => {
  const world = await setting(context);
  for (let turns = 0; turns < 12; turns += 1) {
    await world.tested("closeWhileOpening", turns);
    const { open } = await expectNothingLeft(world);
    expect(open).toMatch(/^(fulfilled|rejected PersistenceError)$/);
  }
});

test("opened on a transport that can't be listened to", async ({ context }) => {
  const world = await setting(context);
  await world.tested("openInVain");
  expect(await expectNothingLeft(world)).toEqual({ open: "rejected InvalidArgument" });
});

test("its storage closed before it, while it sends", async ({ context }) => {
  const world = await setting(context);
  await world.tested("open", "nothing");
  await world.tested("closeStorageFirst");
  // What could not be saved was handed over all the same.
  expect(await expectNothingLeft(world)).toEqual({ send: "fulfilled m" });
});
