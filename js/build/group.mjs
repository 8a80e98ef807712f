// Commands that start processes of their own, browsers say, which must not outlive them.

import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Looks after a child that leads a process group: signals that this process gets reach the group, and what is left of
 * it when the child has ended, or after some minutes, is killed. In the latter case `onLate` is called.
 */
export function superviseGroup(child, minutes, onLate) {
  let told;
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nothing is left.
    }
  };
  const pass = (signal) => {
    // Who doesn't listen must feel it.
    kill(told ? "SIGKILL" : signal);
    told = signal;
  };
  const end = () => {
    onLate();
    kill("SIGKILL");
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const timer = setTimeout(end, minutes * 60_000);
  child.once("exit", () => {
    kill("SIGKILL");
    clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, pass);
    if (told) process.exit(128 + constants.signals[told]);
  });
}
