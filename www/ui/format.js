/** Numbers and times in words. */

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const DECIMAL = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });

export const count = (number) => INTEGER.format(number);
export const percent = (share) => `${Math.round(share * 100)}\u202f%`;

/** "1 hole", "2 holes". */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A time of the room's clock: "1:05.2", or "1:05" without tenths. */
export function roomTime(milliseconds, tenths = false) {
  const total = Math.max(0, tenths ? Math.floor(milliseconds / 100) / 10 : Math.floor(milliseconds / 1000));
  const minutes = Math.floor(total / 60);
  const rest = total - minutes * 60;
  return `${minutes}:${tenths ? rest.toFixed(1).padStart(4, "0") : String(rest).padStart(2, "0")}`;
}

/** A duration: "420 ms", "1.4 s". */
export function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${DECIMAL.format(milliseconds / 1000)} s`;
}

export function byteCount(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${DECIMAL.format(bytes / 1e3)} kB` : `${DECIMAL.format(bytes / 1e6)} MB`;
}

/** Ids may be anything; this is what fits into a line. */
export function shortId(id, length = 14) {
  return id.length <= length ? id : `${id.slice(0, length - 1)}…`;
}

/**
 * A Lamport timestamp. They are pegged to unix seconds, so that the leading digits say nothing: `parts` are those and
 * the ones that change.
 */
export function clockParts(clock) {
  const digits = clock.toString();
  return digits.length <= 6 ? ["", digits] : [digits.slice(0, -5), digits.slice(-5)];
}

/** For tight places: "…12345". */
export function shortClock(clock) {
  const [head, tail] = clockParts(clock);
  return head ? `…${tail}` : tail;
}

/** "Ada", "Ada and Ben", "Ada, Ben and Cleo". */
export function listOf(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What to tell of anything that was thrown. */
export function errorText(error) {
  if (!(error instanceof Error)) return String(error);
  return error.code ? `${error.code}: ${error.message}` : error.message || error.name;
}
