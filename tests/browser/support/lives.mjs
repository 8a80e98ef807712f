// Lives of one participant over one database, each of which is killed in the middle of its work. SDS_CRASH_LIVES makes
// them more; a failure can be tried again with the SDS_CRASH_SEED that was printed, though what exactly a kill interrupts
// depends on the machine, too.

import assert from "node:assert/strict";
import { CHANNELS, generator } from "../pages/life-shared.js";
import { test } from "./fixtures.mjs";
import { Reports } from "./reports.mjs";

const { SDS_CRASH_LIVES, SDS_CRASH_SEED } = process.env;
const MOST_REPORTS = 400;
/** With room for a machine that has other things to do. */
const LIFE_TIMEOUT = 15_000;

/** How many lives a test has, which usually has so many. @param {number} usually */
export function livesOf(usually) {
  const lives = Number(SDS_CRASH_LIVES ?? usually);
  // And each may be followed by one that looks at what it left.
  test.setTimeout(2 * lives * LIFE_TIMEOUT);
  return lives;
}

/**
 * @param {object} options
 * @param {number} options.lives
 * @param {() => Promise<{ page: import("@playwright/test").Page, kill: () => Promise<void> }>} options.begin
 * @param {(random: () => number) => object} options.choose more for pages/life.js
 */
export async function liveAndDie({ lives, begin, choose }) {
  const seed = Number(SDS_CRASH_SEED ?? Date.now() % 2 ** 31);
  console.log(`${test.info().title}: SDS_CRASH_SEED=${seed}`);
  const random = generator(seed);
  const channels = new Map(CHANNELS.map((channelId) => [channelId, new Reports()]));
  for (let life = 0; life <= lives; life += 1) {
    const options = { life, seed: Math.floor(random() * 2 ** 31), database: "crash", ...choose(random) };
    const reports = await oneLife(begin, options, countOf(life, lives, random));
    for (const { channelId, ...report } of reports) check(channels.get(channelId), report, life);
  }
  for (const reports of channels.values()) {
    const { sent, received, delivered } = reports;
    assert.ok(Math.min(sent.size, received.size, delivered.size) > 0, "nothing was done");
  }
}

/** After how many reports a life ends. */
function countOf(life, lives, random) {
  // The first is long enough to leave something. The last only shows what the one before has left.
  if (life === 0) return MOST_REPORTS / 4 + Math.floor(MOST_REPORTS * random());
  return life < lives ? Math.floor(MOST_REPORTS * random() ** 2) : CHANNELS.length;
}

/** All that a life reports until it has made so many reports and is killed. */
async function oneLife(begin, options, count) {
  const reports = [];
  let enough;
  const reached = new Promise((resolve) => (enough = resolve));
  const { page, kill } = await begin();
  await listen(page, (report) => {
    if (reports.push(report) >= count) enough();
  });
  if (count === 0) enough();
  let killed = false;
  const ended = page.evaluate(async (options) => (await import("/life.js")).live(options), options).catch((error) => {
    if (!killed) throw error;
  });
  await Promise.race([reached, ended]);
  killed = true;
  await kill();
  await ended;
  return reports;
}

/** `report()` in the page, as light as can be: what is on its way delays the kill. */
async function listen(page, listener) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.enable");
  await session.send("Runtime.addBinding", { name: "report" });
  session.on("Runtime.bindingCalled", ({ payload }) => listener(JSON.parse(payload)));
}

function check(reports, report, life) {
  try {
    reports.take(report);
  } catch (error) {
    error.message = `life ${life}: ${error.message}`;
    throw error;
  }
}
