/** Draws what lies on the lanes: where frames were sent, and where they brought something new. */

/** A disc is a new message, a diamond an answer, a ring one sent again, a dash a sync. `size` is 1 or less. */
export function drawOrigin(context, frame, { scale, colours, size }) {
  drawLandings(context, frame, { scale, colours, size });
  const x = scale.lanes[frame.from];
  const y = scale.y(frame.at);
  if (y < -12 || y > scale.height + 12) return;
  context.lineWidth = 2 * size;
  context.strokeStyle = frame.kind === "resend" ? colours.resend : colours.panel;
  context.fillStyle = fillOf(frame, colours);
  context.beginPath();
  if (frame.kind === "message") context.arc(x, y, 5.5 * size, 0, 7);
  else if (frame.kind === "resend") context.arc(x, y, 4.5 * size, 0, 7);
  else if (frame.kind === "repair") diamond(context, x, y, 6 * size);
  else context.rect(x - 4, y - 1, 8, 2);
  if (frame.kind !== "sync") context.stroke();
  context.fill();
}

function fillOf({ kind, from }, colours) {
  return { resend: colours.panel, repair: colours.repair, sync: colours.quiet }[kind] ?? colours.peers[from];
}

function diamond(context, x, y, size) {
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
}

function drawLandings(context, frame, { scale, colours, size }) {
  if (frame.kind === "sync") return;
  context.fillStyle = { repair: colours.repair, resend: colours.resend }[frame.kind] ?? colours["ink-2"];
  for (const arrival of frame.arrivals) {
    if (arrival.fate !== "arrived" || !arrival.delivered) continue;
    const y = scale.y(arrival.at);
    if (y < -5 || y > scale.height + 5) continue;
    context.beginPath();
    context.arc(scale.lanes[arrival.to], y, 3 * size, 0, 7);
    context.fill();
  }
}
