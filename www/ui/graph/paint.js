/** Draws the part of the diagram that is in sight. */

import { roomTime } from "../format.js";
import { drawLines, drawMarked } from "./lines.js";
import { drawOrigin } from "./marks.js";
import { gridStep } from "./scale.js";

/** Room for the times on the left. */
const GUTTER = 52;
/** So many lines can be told from each other. */
const LEGIBLE = 300;
const LANES = {
  alive: { width: 3, dashes: [] },
  cut: { width: 2, dashes: [8, 6] },
  dead: { width: 2, dashes: [1.5, 7] },
};

/** `marked` is the frame that is looked at, `messageId` the message. */
export function paint(context, { scale, frames, now, lives, colours, marked, messageId }) {
  context.clearRect(0, 0, scale.width, scale.height);
  drawGrid(context, scale, now, colours);
  drawLanes(context, scale, now, lives, colours);
  const clarity = clarityOf(frames);
  drawLines(context, { frames, scale, now, colours, clarity });
  for (const frame of frames) {
    const strong = frame === marked;
    if (strong || frame.messageId === messageId) drawMarked(context, frame, { scale, now, colours, strong });
  }
  for (const frame of frames) drawOrigin(context, frame, { scale, colours, size: 0.4 + 0.6 * clarity });
  drawNow(context, scale, now, colours);
}

/** Less than 1 where the lines must let each other through. */
function clarityOf(frames) {
  const lines = frames.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  return Math.min(1, LEGIBLE / Math.max(1, lines));
}

function drawGrid(context, scale, now, colours) {
  const step = gridStep(scale.perSecond);
  context.strokeStyle = colours.line;
  context.fillStyle = colours["ink-3"];
  context.lineWidth = 1;
  context.font = `11px ${colours.mono}`;
  context.textBaseline = "middle";
  context.beginPath();
  const last = Math.min(scale.time(scale.height), now);
  for (let at = Math.max(0, Math.ceil(scale.time(0) / step) * step); at <= last; at += step) {
    const y = Math.round(scale.y(at)) + 0.5;
    context.moveTo(GUTTER, y);
    context.lineTo(scale.width, y);
    // Not under the time of now.
    if (scale.y(now) - y > 15) context.fillText(roomTime(at, step < 1000), 6, y);
  }
  context.stroke();
}

function drawLanes(context, scale, now, lives, colours) {
  scale.lanes.forEach((x, peer) => {
    for (const { from, to, state } of lives[peer] ?? []) {
      const top = Math.max(-10, scale.y(from));
      const bottom = Math.min(scale.height + 10, scale.y(Math.min(to, now)));
      if (bottom < top) continue;
      context.strokeStyle = state === "alive" ? colours.peers[peer] : colours["ink-3"];
      context.lineWidth = LANES[state].width;
      context.setLineDash(LANES[state].dashes);
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.stroke();
    }
  });
  context.setLineDash([]);
}

function drawNow(context, scale, now, colours) {
  const y = Math.round(scale.y(now)) + 0.5;
  if (y > scale.height) return;
  context.strokeStyle = colours["ink-2"];
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(GUTTER, y);
  context.lineTo(scale.width, y);
  context.stroke();
  context.fillStyle = colours.panel;
  context.fillRect(2, y - 8, GUTTER - 4, 16);
  context.fillStyle = colours.ink;
  context.font = `600 11px ${colours.mono}`;
  context.fillText(roomTime(now, true), 6, y);
}
