/** Cases: order, restarts, refusals. */

import { isUint8Array } from "../arguments.js";
import { check, isAccepted, show } from "./check.js";
import { bytesOf, hintOf, message, messages } from "./samples.js";

/** @typedef {import("./session.js").Session} Session */

/** @type {Record<string, (s: Session) => Promise<void>>} */
export const behaviour = {
  "saveChannelMeta and updateHistory in one turn are both kept": async (s) => {
    await s.update("c", { append: [message("old", 1)] });
    await Promise.all([s.save("c", bytesOf("meta")), s.update("c", { append: [message("new", 2)], evict: ["old"] })]);
    await s.expect(
      "c",
      { meta: bytesOf("meta"), history: [message("new", 2)] },
      "An operation makes these calls back to back, not waiting in between: look for a read-modify-write they share",
    );
  },

  "calls that are not awaited take effect in order": async (s) => {
    const calls = [];
    for (let round = 0; round < 50; round++) {
      for (const channelId of ["a", "b", "c"]) {
        calls.push(s.save(channelId, bytesOf(`${channelId} ${round}`)));
        const evict = round > 0 ? [`m${round - 1}`] : [];
        calls.push(s.update(channelId, { append: [message(`m${round}`, round), message("same", round)], evict }));
        calls.push(s.hint(channelId, "same", bytesOf(`${channelId} ${round}`)));
      }
    }
    await Promise.all(calls);
    for (const channelId of ["a", "b", "c"]) {
      const last = `${channelId} 49`;
      const history = [message("m49", 49), message("same", 49)];
      const hint = "The last call must win: look for an await before the write, by which calls overtake each other";
      await s.expect(channelId, { meta: bytesOf(last), history, hints: [hintOf("same", last)] }, hint);
    }
  },

  "a load sees the calls before it": async (s) => {
    const calls = [
      s.save("c", bytesOf("meta")),
      s.update("c", { append: [message("m", 1)] }),
      s.hint("c", "m", bytesOf("hint")),
    ];
    const expected = { meta: bytesOf("meta"), history: [message("m", 1)], hints: [hintOf("m", "hint")] };
    const hint = "The load was called after these calls, though none was awaited: let it wait for writes under way";
    await s.expect("c", expected, hint);
    await Promise.all(calls);
  },

  "a drop is ordered among other calls": async (s) => {
    await Promise.all([
      s.save("c", bytesOf("before")),
      s.update("c", { append: [message("before", 1)] }),
      s.hint("c", "before", bytesOf("before")),
      s.drop("c"),
      s.save("c", bytesOf("after")),
      s.update("c", { append: [message("after", 2)] }),
    ]);
    await s.expect(
      "c",
      { meta: bytesOf("after"), history: [message("after", 2)] },
      "dropChannel must wipe what was called before it and nothing that was called after it",
    );
  },

  "a view into a larger buffer is kept alone": async (s) => {
    const view = () => new Uint8Array([9, 9, 9, 1, 2, 3, 9, 9]).subarray(3, 6);
    await s.save("c", view());
    await s.update("c", { append: [{ messageId: "m", lamportTimestamp: 1n, bytes: view() }] });
    await s.hint("c", "m", view());
    const alone = Uint8Array.of(1, 2, 3);
    await s.expect(
      "c",
      { meta: alone, history: [{ messageId: "m", lamportTimestamp: 1n, bytes: alone }], hints: [["m", alone]] },
      "Look for a use of bytes.buffer: mind byteOffset and byteLength",
    );
  },

  "everything is there after reopening": async (s) => {
    const ids = ["a", "a\u0000b", "\u{1f600}", ""];
    const history = messages(20);
    for (const id of ids) {
      await Promise.all([s.save(id, bytesOf(`meta of ${id}`)), s.update(id, { append: history })]);
      await s.hint(id, "m7", bytesOf(`hint in ${id}`));
      await s.update(id, { evict: ["m0", "m1"] });
    }
    // Twice: what is read from the disk must be kept, too.
    for (const round of [1, 2]) {
      await s.reopen();
      for (const id of ids) {
        const hints = [hintOf("m7", `hint in ${id}`)];
        const hint = `All was awaited before close number ${round}: look at open, and for promises that settle early`;
        await s.expect(id, { meta: bytesOf(`meta of ${id}`), history: history.slice(2), hints }, hint);
      }
    }
  },

  "a reopened channel is carried on with": async (s) => {
    await s.save("c", bytesOf("first"));
    await s.update("c", { append: [message("m", 1), message("n", 2)] });
    await s.reopen();
    await s.save("c", bytesOf("second"));
    await s.update("c", { append: [message("o", 3)], evict: ["m"] });
    const expected = { meta: bytesOf("second"), history: [message("n", 2), message("o", 3)] };
    await s.expect("c", expected, "A write after reopening must add to what is stored: look for caches and counters");
    await s.reopen();
    await s.expect("c", expected, "A write after reopening must reach the storage");
  },

  "a refused update leaves nothing of it": async (s) => {
    await s.save("c", bytesOf("meta"));
    await s.update("c", { append: [message("kept", 1)] });
    for (const [what, entry] of wrongEntries()) {
      const update = { append: [message("torn", 2), entry, message("torn, too", 3)], evict: ["kept"] };
      // What a backend makes of wrong arguments is its own affair; half of an update is not.
      if (await isAccepted(s.update("c", update))) {
        await s.drop("c");
        await s.save("c", bytesOf("meta"));
        await s.update("c", { append: [message("kept", 1)] });
      }
      const expected = { meta: bytesOf("meta"), history: [message("kept", 1)] };
      const hint = `updateHistory rejected because ${what}: look at whether append and evict are one transaction`;
      await s.expect("c", expected, hint);
    }
    await s.update("c", { append: [message("next", 4)], evict: ["kept"] });
    const next = { meta: bytesOf("meta"), history: [message("next", 4)] };
    await s.expect("c", next, "After a failed call the backend must go on working");
  },

  "what is loaded is of the right kinds": async (s) => {
    const history = messages(2);
    await s.save("c", bytesOf("meta"));
    await s.update("c", { append: history });
    await s.hint("c", "m1", bytesOf("hint"));
    // The session checks the kinds of all that it loads; this is the case that says so.
    const data = await s.load("c");
    check(data !== undefined, "loadChannel of a saved channel: expected an object, got undefined");
    check(isUint8Array(data.meta), `meta: expected a Uint8Array, got ${show(data.meta)}`);
    const kinds = data.messageHistory.filter(isUint8Array).length;
    check(kinds === 2, `messageHistory: expected two Uint8Arrays, got ${show(data.messageHistory)}`);
    const hint = data.retrievalHints?.m1;
    check(isUint8Array(hint), `retrievalHints.m1: expected a Uint8Array, got ${show(hint)}`);
  },
};

/** Entries that break off an update in the middle, in different ways. @returns {[string, any][]} */
function wrongEntries() {
  const broken = {
    messageId: "broken",
    lamportTimestamp: 2n,
    get bytes() {
      throw new Error("these bytes can't be read");
    },
  };
  return [
    ["an entry's bytes are null", { ...message("wrong", 2), bytes: null }],
    ["an entry's bytes are a function", { ...message("wrong", 2), bytes: () => {} }],
    ["an entry's messageId is an object", { ...message("wrong", 2), messageId: {} }],
    ["an entry is undefined", undefined],
    ["reading an entry's bytes throws", broken],
  ];
}
