// Whether the run kept what the package promises. Each check gives its promise and what contradicts it.

const same = (a, b) => a.length === b.length && a.every((item, index) => item === b[index]);
const ids = (log) => log.map(({ id }) => id);

function logsAreEqual(members, lines) {
  const [first, ...others] = members;
  const order = ids(first.log);
  const unequal = others.filter(({ log }) => !same(ids(log), order)).map(({ name }) => `${name}'s differs from ${first.name}'s`);
  const all = new Set(members.flatMap(({ log }) => ids(log)));
  const absent = lines.filter(({ id }) => !all.has(id)).map(({ id }) => `${id} is in no log`);
  const surplus = order.length === lines.length ? [] : [`${order.length} messages instead of ${lines.length}`];
  return { promise: "all logs are equal: the same messages in the same order", faults: [...unequal, ...absent, ...surplus] };
}

function textsAreIntact(members, lines) {
  const written = new Map(lines.map(({ id, speaker, text }) => [id, `${speaker}: ${text}`]));
  const faults = members.flatMap(({ name, log }) => {
    const wrong = log.filter(({ id, senderId, text }) => `${senderId}: ${text}` !== written.get(id));
    return wrong.map(({ id }) => `${id} reads otherwise at ${name}`);
  });
  return { promise: "every line arrived as it was written", faults };
}

/** By clock, and those of one clock by id: the order that all agree on without asking. */
function logsAreSorted(members) {
  const before = (a, b) => a.clock < b.clock || (a.clock === b.clock && a.id < b.id);
  const faults = members.flatMap(({ name, log }) => {
    const wrong = log.filter((entry, index) => index > 0 && !before(log[index - 1], entry));
    return wrong.map(({ id }) => `${id} is out of order at ${name}`);
  });
  return { promise: "every log is ordered by (clock, id)", faults };
}

/** Replays what happened at one participant. `dependencies` are those of all messages. */
function tooEarly({ name, lives }, dependencies) {
  const known = new Set();
  const faults = [];
  for (const { restored, delivered } of lives) {
    for (const id of restored) known.add(id);
    for (const id of delivered) {
      const early = dependencies.get(id).filter((dependency) => !known.has(dependency));
      faults.push(...early.map((dependency) => `${name} got ${id} before ${dependency}`));
      known.add(id);
    }
  }
  return faults;
}

/** All that a participant got to see twice, in one life or over a restart. */
export function deliveredTwice({ lives }) {
  const seen = new Set();
  const twice = [];
  for (const { restored, delivered } of lives) {
    for (const id of restored) seen.add(id);
    for (const id of delivered) {
      if (seen.has(id)) twice.push(id);
      seen.add(id);
    }
  }
  return twice;
}

/** What a participant had been given before its restart and did not find on its disk. */
export function forgotten({ lives: [before, after] }) {
  const restored = new Set(after?.restored);
  return after ? before.delivered.filter((id) => !restored.has(id)) : [];
}

/** The lines that a participant said after its restart, in order. */
export function saidAfter({ name, log, lives: [, after] }) {
  const restored = new Set(after.restored);
  return log.filter(({ id, senderId }) => senderId === name && !restored.has(id));
}

function afterTheKill(member) {
  const { name, clockAtKill } = member;
  const faults = forgotten(member).map((id) => `${name} forgot ${id}`);
  const old = saidAfter(member).filter(({ clock }) => clock <= clockAtKill);
  faults.push(...old.map(({ id, clock }) => `${name}'s clock went back from ${clockAtKill} to ${clock}, of ${id}`));
  return { promise: `${name} came back with all that it had, and its clock`, faults };
}

export function verify(members, lines) {
  const twice = members.flatMap((member) => deliveredTwice(member).map((id) => `${member.name} got ${id} twice`));
  const dependencies = new Map(members.flatMap((member) => [...member.dependencies]));
  const early = members.flatMap((member) => tooEarly(member, dependencies));
  return [
    logsAreEqual(members, lines),
    textsAreIntact(members, lines),
    logsAreSorted(members),
    { promise: "nothing was delivered before what it depends on", faults: early },
    { promise: "nothing was delivered twice", faults: twice },
    ...members.filter(({ lives }) => lives.length > 1).map(afterTheKill),
  ];
}
