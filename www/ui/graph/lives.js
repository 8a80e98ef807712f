/** When each peer was dead or cut off, as seen while the page was open: the room itself keeps no such history. */

export class Lives {
  /** Per peer: spans `{ from, to, state }`; the last one is open while it lasts. */
  spans = [];

  observe(room) {
    for (const peer of room.peers) {
      const spans = (this.spans[peer.index] ??= []);
      const state = !peer.alive ? "dead" : peer.isolated ? "cut" : "alive";
      const last = spans.at(-1);
      if (last?.state === state) continue;
      if (last) last.to = room.now;
      spans.push({ from: room.now, to: Infinity, state });
    }
  }
}
