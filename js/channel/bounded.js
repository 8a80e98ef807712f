/** Sets of ids that don't grow for ever: strangers may name and send what they like, and transports may fail. */

/** Ids kept of each kind. */
export const MOST = 10_000;

/** Adds an id; over the limit, the oldest is forgotten. */
export function add(ids, id) {
  ids.add(id);
  if (ids.size > MOST) ids.delete(ids.values().next().value);
}
