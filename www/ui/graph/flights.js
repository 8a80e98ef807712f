/** The lines of the frames in sight, and which of them is under a point. */

/** No delivery takes longer than this, in ms; only frames sent that long before the top can still be in sight. */
const LONGEST_FLIGHT = 20_000;

/** The frames whose lines may be in sight and that `shows` wants, newest last. */
export function visibleFrames(frames, scale, shows) {
  const top = scale.time(-20);
  const until = scale.time(scale.height + 20);
  const found = [];
  for (let i = firstAfter(frames, top - LONGEST_FLIGHT); i < frames.length && frames[i].at <= until; i++) {
    if (shows(frames[i]) && reaches(frames[i], top)) found.push(frames[i]);
  }
  return found;
}

function reaches({ at, arrivals }, top) {
  return at >= top || arrivals.some((arrival) => arrival.at >= top);
}

function firstAfter(frames, at) {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A delivery as a line: from its sender to where it is by now, or was stopped. What is lost ends beside the lane it
 * did not reach, what was cut off at the sender's. `over`: it moves no more.
 */
export function flight(frame, arrival, scale, now) {
  const x1 = scale.lanes[frame.from];
  const target = scale.lanes[arrival.to];
  const y1 = scale.y(frame.at);
  const share = reach(frame, arrival, x1, target, now);
  const y2 = y1 + (scale.y(arrival.at) - y1) * share;
  return { x1, y1, x2: x1 + (target - x1) * share, y2, over: share >= stop(arrival, x1, target) };
}

function reach(frame, arrival, x1, target, now) {
  const under = arrival.at > frame.at ? Math.min(1, (now - frame.at) / (arrival.at - frame.at)) : 1;
  return Math.min(under, stop(arrival, x1, target));
}

/** How far it comes in the end, as a share of the way. */
function stop({ fate }, x1, target) {
  const width = Math.abs(target - x1) || 1;
  if (fate === "lost") return 1 - Math.min(22, width * 0.3) / width;
  return fate === "cut" ? Math.min(16, width * 0.3) / width : 1;
}

/** The frame whose line or origin is nearest to the point, if one is near. */
export function frameAt(frames, scale, now, x, y) {
  let best;
  let nearest = 8;
  for (const frame of frames) {
    const origin = Math.hypot(scale.lanes[frame.from] - x, scale.y(frame.at) - y) - 4;
    if (origin < nearest) [nearest, best] = [origin, frame];
    for (const arrival of frame.arrivals) {
      const distance = toSegment(flight(frame, arrival, scale, now), x, y);
      if (distance < nearest) [nearest, best] = [distance, frame];
    }
  }
  return best;
}

function toSegment({ x1, y1, x2, y2 }, x, y) {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return Math.hypot(x1 + t * dx - x, y1 + t * dy - y);
}
