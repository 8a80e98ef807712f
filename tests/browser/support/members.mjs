// Members of a group of tabs and workers (pages/member.js), and what must be true of all of them in the end.

import { generator } from "../pages/life-shared.js";
import { callIn } from "./agents.mjs";
import { expect, test } from "./disk.mjs";

const PATIENCE = { timeout: 40_000, intervals: [50] };

/** Chance that can be had again, as far as real time allows: SDS_TABS_SEED is what was printed. */
export function chance() {
  const seed = Number(process.env.SDS_TABS_SEED ?? Date.now() % 2 ** 31);
  console.log(`${test.info().title}: SDS_TABS_SEED=${seed}`);
  return generator(seed);
}

export class Member {
  /** Ids of what it has said. */
  said = [];
  page;
  #context;
  #kind;
  #options;

  /** `kind` is one of KINDS in agents.mjs; `options` go to `join` in pages/member.js. */
  constructor(context, { name, kind = "window", ...options }) {
    this.#context = context;
    this.#kind = kind;
    this.#options = { name, ...options };
  }

  /** In a tab of its own. */
  async begin() {
    this.page = await this.#context.newPage();
    await this.page.goto("/blank.html");
    await this.join();
  }

  join = () => this.#call("join", this.#options);
  report = () => this.#call("report");
  leave = () => this.#call("leave");

  /** The log as it is stored; undefined if it has fewer messages than that. */
  stored = (count) => this.#call("stored", count);

  async say(messageId = `${this.#options.name}-${this.said.length + 1}`) {
    this.said.push(messageId);
    await this.#call("say", messageId);
  }

  /** Says what was being said when the tab ended, if that is not in the log. */
  async sayAgain(messageId) {
    if (!(await this.report()).read.includes(messageId)) await this.#call("say", messageId);
  }

  #call(name, ...args) {
    return callIn(this.page, this.#kind, "/member.js", name, ...args);
  }
}

/** All talk at once, each about every other time. */
export async function talk(members, rounds, random) {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(members.filter(() => random() < 0.5).map((member) => member.say()));
  }
}

/** Waits until all have everything and know it. */
export async function settle(members) {
  const all = members.flatMap(({ said }) => said).sort();
  const everything = members.map(() => [all, { missing: 0, lost: 0, unacknowledged: 0, synced: true }]);
  const have = async (member) => {
    const { read, status } = await member.report();
    return [[...read].sort(), status];
  };
  await expect.poll(() => Promise.all(members.map(have)), PATIENCE).toEqual(everything);
  return all.length;
}

/** Everybody has the same log, and came by it in causal order. */
export async function expectEqual(members) {
  const count = await settle(members);
  const [first, ...others] = await Promise.all(members.map((member) => member.stored(count)));
  for (const other of others) expect(other).toEqual(first);
  expect(first.filter((entry, index) => index > 0 && !isBefore(first[index - 1], entry))).toEqual([]);
  for (const { messageId, senderId, text } of first) {
    expect([messageId.replace(/-[^-]+$/, ""), text]).toEqual([senderId, `text of ${messageId}`]);
  }
  const reports = await Promise.all(members.map((member) => member.report()));
  const dependencies = Object.assign({}, ...reports.map((report) => report.dependencies));
  for (const { read, ended, status, statuses, errors } of reports) {
    expect(tooEarly(read, dependencies)).toEqual([]);
    expect({ ended, errors }).toEqual({ ended: undefined, errors: [] });
    expect(statuses.at(-1)).toEqual(status);
  }
}

const isBefore = (a, b) => a.clock < b.clock || (a.clock === b.clock && a.messageId < b.messageId);

/** What was read before something that it depends on. */
function tooEarly(read, dependencies) {
  const at = new Map(read.map((messageId, index) => [messageId, index]));
  return read.filter((messageId) => dependencies[messageId].some((needed) => !(at.get(needed) < at.get(messageId))));
}
