/** A frame in one sentence, for those who can't see its lines. */

import { duration, listOf, roomTime, shortId } from "../format.js";

const KINDS = { message: "message", sync: "sync message", resend: "message sent again", repair: "repair" };

export function describe(frame, room) {
  const name = (index) => room.peers[index].name;
  const reached = frame.arrivals.filter(({ fate, copy }) => fate === "arrived" && !copy);
  const lost = frame.arrivals.filter(({ fate, copy }) => fate === "lost" && !copy);
  const slowest = Math.max(0, ...reached.map(({ at }) => at - frame.at));
  const who = (arrivals) => listOf(arrivals.map(({ to }) => name(to)));
  return [
    `Frame ${frame.number}: ${KINDS[frame.kind]} ${shortId(frame.messageId)} from ${name(frame.from)}`
      + ` at ${roomTime(frame.at, true)}`,
    reached.length ? `reached ${who(reached)} in up to ${duration(slowest)}` : "reached nobody so far",
    lost.length ? `lost on the way to ${who(lost)}` : "",
  ].filter(Boolean).join("; ");
}
