/** All that is measured, in the order of the report. */

const FILES = {
  send: () => import("./send.js"),
  receive: () => import("./receive.js"),
  reverse: () => import("./reverse.js"),
  unacknowledged: () => import("./unacknowledged.js"),
  floor: () => import("./floor.js"),
  filter: () => import("./filter.js"),
  wire: () => import("./wire.js"),
  memory: () => import("./memory.js"),
  startup: () => import("./startup.js"),
  size: () => import("./size.js"),
  storage: () => import("./storage.js"),
  bare: () => import("./bare.js"),
  written: () => import("./written.js"),
  "in-flight": () => import("./in-flight.js"),
  channels: () => import("./channels.js"),
  loading: () => import("./loading.js"),
};

/** Every group of measurements that are taken in turn; `file` says where its `measure` is. */
export async function allGroups() {
  const groups = [];
  for (const [file, load] of Object.entries(FILES)) {
    for (const group of (await load()).groups) groups.push({ file, ...group });
  }
  return groups;
}

/** Loads no other case, and so nothing that start-up is measured of. */
export const measure = async (file, subject) => (await FILES[file]()).measure(subject);
