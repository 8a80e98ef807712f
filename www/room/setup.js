/** The figures of a room: its clock, its peers, and how their managers are set. */

/**
 * What the managers take for the time when the room's clock is at 0. Their Lamport timestamps are pegged to its seconds;
 * the beginning of unix time keeps these short enough to be read.
 */
export const EPOCH = 0;
/** The step of the room's clock. What falls into one step shares group commits, as it does in a busy application. */
export const TICK = 20;

export const CHANNEL = "lossy-room";
/** As many as a room may have peers. */
export const NAMES = Object.freeze(["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gwen", "Hugo"]);

/** Messages kept: by a peer's manager, in its log here, and in the room's own record of what was written. */
export const KEPT = 2000;
export const KEPT_FRAMES = 2000;

/**
 * The defaults are made for the internet and patient people. Here somebody is watching, over a network that may lose nine
 * of ten frames: everything is faster, and nothing is given up soon.
 */
export const CONFIG = Object.freeze({
  bloomFilterCapacity: KEPT,
  maxMessageHistory: KEPT,
  // A message written by one who was cut off is old when it comes: it must not fall out of what is named before all have
  // heard of it.
  maxCausalHistory: 20,
  resendInterval: 3000,
  // Ten minutes for one who is cut off.
  maxResendAttempts: 200,
  bufferSweepInterval: 1000,
  syncMessageInterval: 1000,
  repairTMin: 200,
  repairTMax: 1600,
  repairSweepInterval: 200,
  maxRepairRequests: 10,
});

/** The id of a peer's `number`th message. The same in every run, since protocol timers depend on ids. */
export const idOf = (sender, number) => `${NAMES[sender]}-${number}`;

/** The number in an id; 0 for an id that was made elsewhere. */
export function numberOf(id, sender) {
  const prefix = `${NAMES[sender]}-`;
  const digits = sender !== undefined && id.startsWith(prefix) ? id.slice(prefix.length) : "";
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : 0;
}

/** The index of the peer with this name, in a room of `peers`. @returns {number | undefined} */
export function indexOf(name, peers) {
  const index = NAMES.indexOf(name);
  return index === -1 || index >= peers ? undefined : index;
}
