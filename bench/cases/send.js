/** Sending, while nobody acknowledges anything or while a peer speaks after every 20 messages. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { messages, Stopwatch, warmUp } from "../workload.js";

const COUNTS = [1000, 5000];
const EVERY = 20;

export const groups = SETTING_NAMES.flatMap((setting) =>
  COUNTS.flatMap((count) => [group(setting, count), group(setting, count, EVERY)]),
);

function group(setting, count, every) {
  const long = count > 1000;
  return {
    name: `send ${count.toLocaleString("en")}${every ? `, acknowledged every ${every}` : ""}, ${setting}`,
    units: { "per message": "µs" },
    rounds: long ? 3 : 7,
    slow: long,
    subjects: {
      ours: { library: "ours", setting, count, every },
      "@waku/sds": { library: "waku", setting, count, every },
    },
    ratios: [
      {
        of: "@waku/sds",
        to: "ours",
        metric: "per message",
        better: "higher",
        target: long || every ? undefined : { atLeast: 20 },
      },
    ],
  };
}

export async function measure({ library, setting, count, every }) {
  const { Member, options } = await load(library, setting);
  const few = messages(200, 1);
  await warmUp(() => sendAll(Member, options, few, every));
  const watch = await sendAll(Member, options, messages(count), every);
  return { "per message": watch.per(count) };
}

async function sendAll(Member, options, all, every) {
  const alice = await Member.open("alice", options);
  const bob = await Member.author("bob", options);
  const answers = messages(all.length, 2);
  const watch = new Stopwatch();
  for (let from = 0; from < all.length; from += every ?? all.length) {
    const batch = all.slice(from, from + (every ?? all.length));
    const sent = await watch.run(() => sendBatch(alice, batch, every !== undefined));
    if (!every) break;
    for (const [index, message] of batch.entries()) await bob.hear(message, sent[index]);
    const answer = await bob.send(answers[from]);
    await watch.run(() => alice.receive(answer));
  }
  // @waku/sds needs two filters to tell.
  const left = every ? 2 * every : all.length;
  if (alice.unacknowledged > left) throw new Error(`${alice.unacknowledged} messages were not acknowledged`);
  await alice.close();
  await bob.close();
  return watch;
}

/** Their bytes, where somebody needs them. */
async function sendBatch(member, batch, keep) {
  const sent = [];
  for (const message of batch) {
    const bytes = await member.send(message);
    if (keep) sent.push(bytes);
  }
  return sent;
}
