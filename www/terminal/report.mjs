// What a person gets to read. Fits into 80 columns.

import { deliveredTwice, forgotten, saidAfter } from "./verify.mjs";

// NO_COLOR counts if it is set to anything but the empty string (no-color.org).
const colored = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const paint = (code) => (text) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = paint(1);
const dim = paint(2);
const red = paint(31);
const green = paint(32);

const ENDS = 6;
const FAULTS_SHOWN = 3;

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

export function introduction({ participants, messages, loss, duplicate, seed }) {
  return `${participants} participants, each a process with its own LevelDB folder, say ${plural(messages, "line")}
each, over a network that loses ${loss} % of all frames, repeats ${duplicate} % and lets them
overtake each other (seed ${seed}). One of them will be killed.

Every second: lines said in all, messages in each participant's log, messages
that are known to be missing somewhere, frames lost.
`;
}

/** One line on where everybody stands. */
export function progress(members, elapsed) {
  const states = members.map(({ state }) => state);
  const said = sum(states.map((state) => state.said));
  const lost = sum(members.map(({ traffic }) => traffic.lost + traffic.missed));
  const missing = sum(states.map((state) => state.missing));
  const pad = (number) => String(number).padStart(3);
  const logs = states.map(({ logged }) => pad(logged)).join(" ");
  return `${at(elapsed)}said ${pad(said)}  logs ${logs}  missing ${pad(missing)}  lost ${lost}`;
}

export const event = (text, elapsed) => `${at(elapsed)}${bold(text)}`;

const at = (elapsed) => dim(`${seconds(elapsed).padStart(7)}  `);

/** Per row: its label, and a participant's figure. */
const ROWS = [
  ["lines said", ({ state }) => state.said],
  ["frames sent", ({ traffic }) => traffic.sent],
  ["frames received", ({ traffic }) => traffic.received],
  ["lost by the network", ({ traffic }) => traffic.lost],
  ["missed while away", ({ traffic }) => traffic.missed],
  ["received again", ({ tally }) => tally.again],
  ["gaps found", ({ gaps }) => gaps.size],
  ["repairs requested", ({ tally }) => tally.asked],
  ["others' sent again", ({ tally }) => tally.answered],
  ["own sent again", ({ tally }) => tally.resent],
  ["acknowledged", (member) => member.acknowledged],
  ["lines delivered", (member) => member.delivered.size],
];

function table(members) {
  const line = (label, cells) => `  ${label.padEnd(20)}${cells.map((cell) => String(cell).padStart(6)).join("")}`;
  const rows = ROWS.map(([label, figure]) => {
    const figures = members.map(figure);
    return line(label, [...figures, sum(figures)]);
  });
  return [bold(line("", [...members.map(({ name }) => name), "all"])), ...rows].join("\n");
}

function survival(member) {
  const { name, lives, clockAtKill } = member;
  const { restored, missing } = lives[1];
  const own = restored.filter((id) => member.isOwn(id)).length;
  const next = saidAfter(member)[0]?.clock ?? "it had said everything";
  return `${bold(`${name} was killed (SIGKILL) and came back from its folder:`)}
  clock before: ${clockAtKill}, of the next line it said: ${next}
  restored: ${plural(restored.length, "message")}, ${own} of them its own, with ${missing} known to be missing
  forgotten: ${forgotten(member).length}, delivered twice: ${deliveredTwice(member).length}
`;
}

/** The beginning and the end of what all agree on. */
function excerpt(log) {
  const show = ({ clock, senderId, text }) => `  ${dim(clock)}  ${senderId.padEnd(6)}${text}`;
  if (log.length <= 2 * ENDS) return log.map(show);
  const middle = dim(`  … ${log.length - 2 * ENDS} more …`);
  return [...log.slice(0, ENDS).map(show), middle, ...log.slice(-ENDS).map(show)];
}

function verdict({ promise, faults }) {
  if (faults.length === 0) return `  ${green("✓")} ${promise}`;
  const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => `      ${fault}`);
  const rest = faults.length > FAULTS_SHOWN ? [`      and ${faults.length - FAULTS_SHOWN} more`] : [];
  return [`  ${red("✗")} NOT: ${promise}`, ...shown, ...rest].join("\n");
}

/** Everything about a run that came to its end. */
export function account(members, checks) {
  const [{ log }] = members;
  return [
    "",
    table(members),
    "",
    ...members.filter(({ lives }) => lives.length > 1).map(survival),
    bold("The log that all have, by clock:"),
    ...excerpt(log),
    "",
    ...checks.map(verdict),
    "",
    conclusion(members, checks),
  ].join("\n");
}

function conclusion(members, checks) {
  const broken = checks.filter(({ faults }) => faults.length > 0).length;
  if (broken > 0) return bold(red(`${plural(broken, "promise")} of ${checks.length} broken`));
  return bold(green(`${members.length} logs equal: ${plural(members[0].log.length, "message")}, in causal order`));
}

/** Who still waits for what, when the time is up. */
export function stalled(members, linesEach, timeout) {
  const total = members.length * linesEach;
  const rows = members.map(({ name, running, state }) => {
    const { said, logged, missing, unacknowledged } = state;
    const what = `${said}/${linesEach} said, ${logged}/${total} in its log, ${missing} missing, ${unacknowledged} unacknowledged`;
    return `  ${name.padEnd(5)}${running ? what : "not running"}`;
  });
  const advice = "More time (--timeout) or a better network (--loss) may help.";
  return ["", table(members), "", bold(red(`No agreement after ${timeout} s.`)), ...rows, advice].join("\n");
}
