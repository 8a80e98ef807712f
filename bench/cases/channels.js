/** Sending in turn in 1, 100 and 10,000 channels of one manager. */

import { ReliabilityManager } from "#sds-wasm";
import { messages, Stopwatch, warmUp } from "../workload.js";

const COUNTS = [1, 100, 10_000];
/** In so many of them: memory is for all, time for these. */
const BUSY = 100;
const SENT = 2000;

export const groups = [
  {
    name: "send in many channels",
    units: { "per message": "µs", "open a channel": "µs" },
    rounds: 3,
    slow: true,
    subjects: Object.fromEntries(COUNTS.map((count) => [`${count.toLocaleString("en")} channels`, { count }])),
    ratios: ["100 channels", "10,000 channels"].map((of) => {
      return { of, to: "1 channels", metric: "per message", better: "lower" };
    }),
  },
];

export async function measure({ count }) {
  await warmUp(async () => (await open(1)).manager.cleanup());
  const few = await open(1);
  await warmUp(() => send(few, messages(200, (few.seed += 1))));
  const watch = new Stopwatch();
  const many = await watch.run(() => open(count));
  const sending = new Stopwatch();
  const all = messages(SENT);
  await sending.run(() => send(many, all));
  return { "per message": sending.per(SENT), "open a channel": watch.per(count) };
}

async function open(count) {
  const manager = await ReliabilityManager.create({ participantId: "alice" });
  const names = Array.from({ length: count }, (_, index) => `channel ${index}`);
  for (const name of names) await manager.ensureChannel(name);
  // Spread over all of them.
  const step = Math.max(1, Math.floor(count / BUSY));
  return { manager, names: names.filter((_, index) => index % step === 0), seed: 1 };
}

async function send({ manager, names }, all) {
  for (const [index, { id, content }] of all.entries()) {
    await manager.wrapOutgoingMessage(content, id, names[index % names.length]);
  }
}
