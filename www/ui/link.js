/** The address of the page: settings by the engine's own format, and the two parameters that are the page's. */

const LOBBY = "lobby";

/**
 * Settings and the room's name as the address has them. What is no good is told and left out. `parse` is the engine's
 * parseSettings.
 */
export function readAddress(parse, notices) {
  const { settings, problems } = parse(location.search);
  let name = new URLSearchParams(location.search).get("room") || LOBBY;
  if (!/^[\w-]{1,40}$/.test(name)) {
    problems.push(`The room's name must be 1 to 40 letters, digits, - or _: "${LOBBY}" is used instead.`);
    name = LOBBY;
  }
  if (problems.length) {
    notices.show("The link asks for something that can’t be had:", { details: problems, key: "link" });
  }
  return { settings, name };
}

/** A query with these settings; the usual name is left out. `settings` is what formatSettings gives, or "". */
export function queryOf(settings, { room = LOBBY, mode } = {}) {
  const query = new URLSearchParams(settings);
  if (room !== LOBBY) query.set("room", room);
  if (mode) query.set("mode", mode);
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

export function freshRoomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(3));
  return `room-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** What the names of a room's databases begin with: other pages of the same origin may have some, too. */
export function databaseName(kind, room) {
  return room === LOBBY ? kind : `${kind}-${room}`;
}

/** "localStorage" or "sessionStorage", if anything may be kept. */
export function notebook(kind) {
  try {
    return globalThis[kind];
  } catch {
    return undefined;
  }
}
