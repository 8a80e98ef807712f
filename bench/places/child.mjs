// One measurement in a process of its own: told what by its argument, it prints one line of JSON.

import { measure } from "../cases/index.js";

const { file, subject, withTimes } = JSON.parse(process.argv[2]);
const result = await measure(file, subject);
console.log(JSON.stringify(withTimes ? { result, times: await timesOf() } : result));

/** For a profile: what was timed, from and to, in microseconds of the clock that profiles go by. */
async function timesOf() {
  const { Stopwatch } = await import("../workload.js");
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  return Stopwatch.log.map((time) => time.map((at) => at * 1000 + offset));
}
