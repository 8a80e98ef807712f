/** What tests see of the page: `window.__demo`. */

const DELIVERED = new Set(["pending", "acknowledged", "unheard", "received"]);

export function demoOf(room) {
  return {
    room,
    get settings() {
      return room.settings;
    },
    /** Plain JSON. */
    get counters() {
      const { now, revision, settled, totals, storage } = room;
      return { now, revision, settled, totals: { ...totals }, storage, peers: room.peers.map(peerOf) };
    },
    logs: () => room.peers.map(deliveredIds),
  };
}

/** The same of a tab: what it knows of itself. */
export function countersOfTab({ revision, totals, storage, others, me }) {
  return { revision, totals: { ...totals }, storage, others: [...others], peers: [peerOf(me)] };
}

/** The ids of the delivered messages, in the log's order. */
export function deliveredIds({ log }) {
  return log.filter(({ state }) => DELIVERED.has(state)).map(({ id }) => id);
}

function peerOf({ name, alive, counts, plain }) {
  return { name, alive, ...counts, clock: counts.clock.toString(), plainMissing: plain.missing };
}
