// The package itself in real time, to compare the simulation with: 30 ReliableChannels in one process, each broadcast lost
// to one receiver in ten. `npm run build` first; two minutes. The same, simulated: docs/scale.md has the command.

import { MemoryPersistence, ReliableChannel, decodeMessage } from "../../pkg/entry/node.js";

const [MEMBERS, LOSS, MESSAGES, PER_SECOND, WARM_UP] = [30, 0.1, 50, 5, 60_000];
const config = {
  syncMessageInterval: 3000,
  repairTMin: 3000,
  repairTMax: 30_000,
  repairSweepInterval: 500,
  bufferSweepInterval: 6000,
};
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const counts = { syncs: 0, asking: 0, bytes: 0, deliveries: 0 };
const listeners = new Map();

function broadcast(from, bytes) {
  const { content, repairRequest } = decodeMessage(bytes);
  counts.syncs += content.length === 0;
  counts.asking += content.length === 0 && repairRequest.length > 0;
  for (const [to, listener] of listeners) {
    if (to === from || Math.random() < LOSS) continue;
    counts.bytes += bytes.length;
    setTimeout(listener, 50 + 450 * Math.random(), bytes);
  }
}

async function join(number) {
  const transport = {
    publish: async (_, bytes) => broadcast(number, bytes.slice()),
    subscribe(_, listener) {
      listeners.set(number, listener);
      return () => listeners.delete(number);
    },
  };
  const participantId = `member ${number}`.padEnd(32);
  const persistence = new MemoryPersistence();
  const channel = await ReliableChannel.open({ participantId, channelId: "scale", transport, persistence, config });
  channel.addEventListener("messageReady", () => counts.deliveries++);
  return channel;
}

const members = await Promise.all(Array.from({ length: MEMBERS }, (_, number) => join(number)));
await pause(WARM_UP);
for (let sent = 0; sent < MESSAGES; sent++) {
  if (sent > 0) await pause((-Math.log(1 - Math.random()) * 1000) / PER_SECOND);
  await members[Math.floor(Math.random() * MEMBERS)].send(new Uint8Array(200));
}
const last = performance.now();
while (counts.deliveries < MESSAGES * (MEMBERS - 1)) await pause(50);
const seconds = ((performance.now() - last) / 1000).toFixed(0);
const kB = (counts.bytes / counts.deliveries / 1000).toFixed(1);
console.log(`equal logs after ${seconds} s; ${counts.syncs} sync messages, ${counts.asking} asking; ${kB} kB per delivery`);
await Promise.all(members.map((member) => member.close()));
