/**
 * Milliseconds that this thread has been on the CPU, as Linux counts them: what else the machine does makes no difference
 * to it. Elsewhere, the clock on the wall.
 */

import { openSync, readSync } from "node:fs";

const SPACE = 32;

export const now = cpuClock() ?? (() => performance.now());

function cpuClock() {
  try {
    const file = openSync("/proc/thread-self/schedstat", "r");
    const text = Buffer.alloc(64);
    const read = () => {
      // Brings what the kernel tells up to date, which it otherwise does every few milliseconds.
      process.cpuUsage();
      readSync(file, text, 0, text.length, 0);
      return Number(text.latin1Slice(0, text.indexOf(SPACE))) / 1e6;
    };
    return read() > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}
