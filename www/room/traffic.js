/** What the peers write by themselves, and when. */

import { LINES, QUESTIONS, REMARKS, WORDS } from "./lines.js";
import { NAMES } from "./setup.js";
import { stream } from "./random.js";

/** Dice rolled for a line, whatever is made of them: what one peer hears doesn't change when the next one writes. */
const DICE = 8;

/** @typedef {{ drawn: number, patience: number }} Position Lines drawn, and how much of the wait for the next is left. */

export class Traffic {
  #peers;
  #roll;
  #drawn;
  /** The wait for the next line, in lines: it passes at the rate of the moment. */
  #patience;

  /** @param {{ seed: number, peers: number }} settings @param {Position} [position] to continue from */
  constructor({ seed, peers }, position) {
    this.#peers = peers;
    this.#roll = stream(seed, "traffic");
    this.#drawn = position?.drawn ?? 0;
    this.#patience = position?.patience ?? this.#wait();
  }

  /** @returns {Position} */
  get position() {
    return { drawn: this.#drawn, patience: this.#patience };
  }

  /**
   * Those who write within the next `duration` ms, at `rate` lines a second. A line is made only when its turn has come,
   * since it may answer what its writer has heard by then.
   * @returns {{ peer: number, line: (heard: import("./types.js").Entry | undefined) => string }[]}
   */
  pass(duration, rate) {
    const due = [];
    this.#patience -= (duration / 1000) * rate;
    while (this.#patience <= 0) {
      const dice = Array.from({ length: DICE }, (_, index) => this.#roll(this.#drawn * DICE + index));
      due.push({ peer: Math.floor(dice[0] * this.#peers), line: (heard) => compose(heard, dice) });
      this.#drawn += 1;
      this.#patience += this.#wait();
    }
    return due;
  }

  /** As people do who know nothing of each other: with a mean of 1, often short, sometimes long. */
  #wait() {
    return -Math.log(1 - this.#roll(this.#drawn * DICE + DICE - 1));
  }
}

/** @param {import("./types.js").Entry | undefined} heard the last thing said, if it was another's */
function compose(heard, [, kind, which, ...rest]) {
  const fill = (pattern) => fillIn(pattern, rest, heard);
  const answers = heard && answersTo(heard.text);
  if (answers && kind < 0.75) return fill(pick(answers, which));
  if (heard && kind < 0.2) return fill(pick(REMARKS, which));
  if (kind > 0.7) return fill(pick(QUESTIONS, which)[0]);
  return fill(pick(LINES, which));
}

const pick = (list, die) => list[Math.floor(die * list.length)];

function fillIn(pattern, dice, heard) {
  let used = 0;
  const text = pattern.replace(/\{(\w+)\}/g, (_, word) => {
    if (word === "name") return NAMES[heard.sender] ?? "friend";
    const filled = pick(WORDS[word], dice[used]);
    used += 1;
    return filled;
  });
  return text[0].toUpperCase() + text.slice(1);
}

/** A question is recognized by what stands before its first filled-in word. */
const ANSWERS = QUESTIONS.map(([question, answers]) => {
  const [beginning] = question.split("{");
  return { beginning, answers };
});

function answersTo(text) {
  if (!text.endsWith("?")) return undefined;
  return ANSWERS.find(({ beginning }) => text.startsWith(beginning))?.answers;
}
