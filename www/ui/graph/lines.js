/** Draws the frames' lines. Lines of one look are one path, which keeps thousands cheap. */

import { flight } from "./flights.js";

/** From the faintest to the strongest: what is drawn later lies on top. */
const LOOKS = ["sync", "lost", "spare", "copy", "message", "resend", "repair"];
/** What may be left out first: it changes nothing for anybody. */
const IDLE = new Set(["sync", "spare", "copy"]);
/** Colour, width, opacity, dashes. */
const STYLES = {
  sync: ["quiet", 1, 0.45, [1, 4]],
  lost: ["hole", 1, 0.5, [4, 4]],
  spare: ["repair", 0.75, 0.55, []],
  copy: ["ink-2", 0.75, 0.6, []],
  message: ["ink-2", 1.25, 0.8, []],
  resend: ["resend", 1.75, 1, []],
  repair: ["repair", 2, 1, []],
};

/** `clarity` is 1 where there is room for every line, and less where so many would be a wall. */
export function drawLines(context, { frames, scale, now, colours, clarity }) {
  const paths = Object.fromEntries(LOOKS.map((look) => [look, new Path2D()]));
  const crosses = new Path2D();
  for (const frame of frames) trace(frame, { scale, now, paths, crosses });
  for (const look of LOOKS) {
    if (clarity > 0.5 || !IDLE.has(look)) stroke(context, STYLES[look], paths[look], { colours, clarity });
  }
  context.globalAlpha = 0.3 + 0.7 * clarity;
  context.strokeStyle = colours.hole;
  context.lineWidth = 0.75 + 0.75 * clarity;
  context.stroke(crosses);
  context.globalAlpha = 1;
}

function trace(frame, { scale, now, paths, crosses }) {
  for (const arrival of frame.arrivals) {
    const line = flight(frame, arrival, scale, now);
    if (line.y2 < -5 || line.y1 > scale.height + 5) continue;
    const path = paths[lookOf(frame, arrival)];
    path.moveTo(line.x1, line.y1);
    path.lineTo(line.x2, line.y2);
    if (frame.kind === "sync" || !line.over) continue;
    if (arrival.fate === "lost" || arrival.fate === "dead") cross(crosses, line.x2, line.y2, 3.5);
    if (arrival.fate === "cut") bar(crosses, line.x2, line.y2, 4);
  }
}

function lookOf(frame, arrival) {
  if (frame.kind === "sync") return "sync";
  if (["lost", "cut", "dead"].includes(arrival.fate)) return "lost";
  if (arrival.copy) return "copy";
  // An answer is a broadcast: most of those it reaches have had the message all along.
  if (frame.kind === "repair" && arrival.fate === "arrived" && !arrival.delivered) return "spare";
  return frame.kind;
}

function cross(path, x, y, size) {
  path.moveTo(x - size, y - size);
  path.lineTo(x + size, y + size);
  path.moveTo(x + size, y - size);
  path.lineTo(x - size, y + size);
}

function bar(path, x, y, size) {
  path.moveTo(x, y - size);
  path.lineTo(x, y + size);
}

function stroke(context, [colour, width, opacity, dashes], path, { colours, clarity }) {
  context.globalAlpha = opacity * (0.25 + 0.75 * clarity);
  context.strokeStyle = colours[colour];
  context.lineWidth = width * (0.5 + 0.5 * clarity);
  context.setLineDash(dashes);
  context.stroke(path);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** The frame that is looked at, and more quietly the others that carried the same message. */
export function drawMarked(context, frame, { scale, now, colours, strong }) {
  const path = new Path2D();
  for (const arrival of frame.arrivals) {
    const line = flight(frame, arrival, scale, now);
    path.moveTo(line.x1, line.y1);
    path.lineTo(line.x2, line.y2);
  }
  context.strokeStyle = colours.focus;
  context.globalAlpha = strong ? 1 : 0.5;
  context.lineWidth = strong ? 3 : 2.5;
  context.stroke(path);
  context.globalAlpha = 1;
  if (!strong) return;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(scale.lanes[frame.from], scale.y(frame.at), 10, 0, 7);
  context.stroke();
}
