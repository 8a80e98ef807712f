/** Cases: what is saved comes back. */

import { check, checkBytes, ContractError, show } from "./check.js";
import { allBytes, bytesOf, CONFUSABLE_IDS, hintOf, LONG_IDS, message, messages, noise } from "./samples.js";

/** @type {Record<string, (s: import("./session.js").Session) => Promise<void>>} */
export const contents = {
  "a channel never saved loads as undefined": async (s) => {
    const data = await s.load("never saved");
    check(data === undefined, `loadChannel of a channel never saved: expected undefined, got ${show(data)}`);
  },

  "all parts of a channel come back": async (s) => {
    const history = messages(3);
    await s.save("c", bytesOf("meta"));
    await s.update("c", { append: history });
    await s.hint("c", "m1", bytesOf("hint"));
    const expected = { meta: bytesOf("meta"), history, hints: [hintOf("m1", "hint")] };
    await s.expect(
      "c",
      expected,
      "Each of the three writing methods keeps its part, and loadChannel collects all three",
    );
  },

  "bytes come back as they were, whatever their values": async (s) => {
    const bytes = allBytes();
    await s.save("c", bytes);
    await s.update("c", { append: [{ messageId: "m", lamportTimestamp: 1n, bytes }] });
    await s.hint("c", "m", bytes);
    const history = [{ messageId: "m", lamportTimestamp: 1n, bytes: allBytes() }];
    await s.expect(
      "c",
      { meta: allBytes(), history, hints: [["m", allBytes()]] },
      "Look at whether bytes pass through a string on their way: keep them as bytes",
    );
  },

  "empty bytes are something, not nothing": async (s) => {
    const empty = new Uint8Array();
    await s.save("c", empty);
    await s.hint("c", "m", empty);
    const hint = "Look for a test of truth or length where undefined is meant";
    await s.expect("c", { meta: empty, hints: [["m", empty]] }, hint);
  },

  "saving meta again replaces it": async (s) => {
    await s.save("c", bytesOf("a long first snapshot"));
    await s.save("c", bytesOf("second"));
    const hint = "Each snapshot is complete: replace the old one, never append or merge";
    await s.expect("c", { meta: bytesOf("second") }, hint);
  },

  "saving meta leaves history and hints alone": async (s) => {
    const history = messages(2);
    await s.update("c", { append: history });
    await s.hint("c", "m0", bytesOf("hint"));
    await s.save("c", bytesOf("meta"));
    await s.expect(
      "c",
      { meta: bytesOf("meta"), history, hints: [hintOf("m0", "hint")] },
      "Look at whether saveChannelMeta replaces the whole record of the channel",
    );
  },

  "history without meta is loaded": async (s) => {
    const history = messages(2);
    await s.update("c", { append: history });
    await s.expect(
      "c",
      { history },
      "updateHistory may have worked where saveChannelMeta failed: don't take a missing meta for a missing channel",
    );
  },

  "a hint without meta is loaded": async (s) => {
    await s.hint("c", "m", bytesOf("hint"));
    await s.expect("c", { hints: [hintOf("m", "hint")] }, "Don't take a missing meta for a missing channel");
  },

  "appends add to what is there": async (s) => {
    const history = messages(6);
    // Later calls may bring older messages: a repair fills a gap.
    await s.update("c", { append: history.slice(4) });
    await s.update("c", { append: history.slice(0, 2) });
    await s.update("c", { append: history.slice(2, 4) });
    await s.expect("c", { history }, "Look at whether updateHistory replaces the stored list instead of adding to it");
  },

  "messages with equal clocks are kept apart": async (s) => {
    const history = [message("a", 7), message("b", 7), message("c", 7)];
    await s.update("c", { append: history });
    await s.expect("c", { history }, "A message's key is its id; many messages can have one lamportTimestamp");
  },

  "the largest clock is kept": async (s) => {
    const history = [message("m", 2n ** 63n - 1n), message("n", 0)];
    await s.update("c", { append: history });
    await s.expect("c", { history }, "lamportTimestamp is a bigint up to 2^63 - 1: a number or JSON can't hold it");
  },

  "an append of a known id replaces the message": async (s) => {
    await s.update("c", { append: [message("m", 1, "old"), message("n", 2)] });
    await s.update("c", { append: [message("m", 3, "new")] });
    const history = [message("m", 3, "new"), message("n", 2)];
    const hint = "A failed save is repeated: overwrite by message id, don't add a second one or refuse it";
    await s.expect("c", { history }, hint);
  },

  "evicted messages are gone": async (s) => {
    const history = messages(5);
    await s.update("c", { append: history });
    await s.update("c", { evict: ["m0", "m3"] });
    const left = history.filter(({ messageId }) => !["m0", "m3"].includes(messageId));
    await s.expect("c", { history: left }, "Look at whether updateHistory deletes the ids of evict");
  },

  "append and evict work in one update": async (s) => {
    await s.update("c", { append: [message("old", 1), message("older", 2)] });
    await s.update("c", { append: [message("new", 3), message("newer", 4)], evict: ["old", "older"] });
    const history = [message("new", 3), message("newer", 4)];
    await s.expect("c", { history }, "Look at whether updateHistory does both: append, and delete the ids of evict");
  },

  "evicting an unknown id is no error": async (s) => {
    await s.update("c", { append: [message("m", 1)], evict: ["never there"] });
    await s.update("another", { evict: ["never there"] });
    await s.expect(
      "c",
      { history: [message("m", 1)] },
      "The rest of an update with an unknown id in evict must be applied",
    );
    await s.expectNothing("another", "An evict alone must not make up anything");
  },

  "an evicted message can be appended again": async (s) => {
    await s.update("c", { append: [message("m", 1)] });
    await s.update("c", { evict: ["m"] });
    await s.update("c", { append: [message("m", 2)] });
    await s.expect("c", { history: [message("m", 2)] }, "An evict is about what is there at that moment, not for ever");
  },

  "a hint set again replaces the first": async (s) => {
    await s.hint("c", "m", bytesOf("first"));
    await s.hint("c", "m", bytesOf("second"));
    await s.hint("c", "n", bytesOf("other"));
    await s.expect("c", { hints: [hintOf("m", "second"), hintOf("n", "other")] }, "Hints are kept by message id");
  },

  "message ids of any kind are kept apart": async (s) => {
    await keepApart(s, CONFUSABLE_IDS);
  },

  "long message ids are kept apart": async (s) => {
    await keepApart(s, LONG_IDS);
  },

  "large values come back": async (s) => {
    const size = 1024 * 1024;
    const large = { messageId: "large", lamportTimestamp: 1n, bytes: noise(size, 1) };
    await s.save("c", noise(size, 2));
    await s.update("c", { append: [large] });
    const data = await s.load("c");
    const hint = "Look at limits on the size of a value";
    check(data?.meta !== undefined, `meta of 1 MiB: expected it back, got none. ${hint}`);
    const { length } = data.messageHistory;
    check(length === 1, `a message of 1 MiB: expected one message back, got ${length}. ${hint}`);
    checkBytes(data.meta, noise(size, 2), "meta of 1 MiB", hint);
    checkBytes(data.messageHistory[0], noise(size, 1), "message of 1 MiB", hint);
  },

  "a long history comes back complete": async (s) => {
    const history = messages(2000);
    const half = history.length / 2;
    await s.update("c", { append: history.slice(0, half) });
    await s.update("c", { append: history.slice(half) });
    await s.expect("c", { history }, "Look at page sizes and limits of the query in loadChannel");
    await s.update("c", { evict: history.slice(0, 1500).map(({ messageId }) => messageId) });
    await s.expect("c", { history: history.slice(1500) }, "Look at limits on the number of operations in a batch");
  },
};

/** @param {import("./session.js").Session} s @param {string[]} ids */
async function keepApart(s, ids) {
  const hint =
    "Use message ids as they are for keys: don't fold, trim, normalize or cut them. In plain objects mind __proto__, " +
    "which an assignment takes for the prototype: take Object.create(null), Object.fromEntries or a Map";
  const history = ids.map((id, index) => message(id, index));
  const hints = ids.map((id) => hintOf(id, `hint of ${id}`));
  const calls = [s.update("c", { append: history }), ...hints.map(([id, bytes]) => s.hint("c", id, bytes))];
  await Promise.all(calls).catch((cause) => {
    throw new ContractError(`${cause.message}. ${hint}`, { cause });
  });
  await s.expect("c", { history, hints }, hint);
  const isEven = (_, index) => index % 2 === 0;
  await s.update("c", { evict: ids.filter(isEven) });
  await s.expect("c", { history: history.filter((_, index) => !isEven(_, index)), hints }, hint);
}
