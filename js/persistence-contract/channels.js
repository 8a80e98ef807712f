/** Cases: channels have nothing to do with each other, and dropChannel takes all of one. */

import { isAccepted, show } from "./check.js";
import { bytesOf, CONFUSABLE_IDS, hintOf, LONG_IDS, message } from "./samples.js";

/** @typedef {import("./session.js").Session} Session */

/** @type {Record<string, (s: Session) => Promise<void>>} */
export const channels = {
  "channels are kept apart, whatever their ids": async (s) => {
    await keepApart(s, CONFUSABLE_IDS);
  },

  "channels with long ids are kept apart": async (s) => {
    await keepApart(s, LONG_IDS);
  },

  "channel and message ids are not mixed up": async (s) => {
    // Joined by one of these, the ids of both pairs make the same text.
    for (const joint of ["", "\u0000", "/", ":", "|", "!", "-", "_", ",", "\uffff"]) {
      // Other letters for each joint, so that the channels are new ones.
      const [x, y, z] = ["x", "y", "z"].map((letter) => `${letter}${joint.codePointAt(0) ?? ""}`);
      await keepPairsApart(s, [x, `${y}${joint}${z}`], [`${x}${joint}${y}`, z]);
    }
  },

  "ids are not mixed up with other names of the storage": async (s) => {
    const parts = ["meta", "history", "hint", "hints", "messageHistory", "retrievalHints"];
    await keepApart(s, [...parts, "channel", "channels", "message", "messages", "version", "schemaVersion"]);
  },

  "a lone surrogate in an id is kept apart or refused": async (s) => {
    const hint =
      "UTF-8 has no form for a lone surrogate. Where the storage wants UTF-8, reject such ids: U+FFFD collides";
    const kept = ["\ufffd"];
    const history = [message("\ufffd", 1)];
    await fill(s, "\ufffd");
    await s.update("one", { append: history });
    for (const lone of ["\ud800", "\ud801", "\udc00"]) {
      if (await isAccepted(fill(s, lone))) kept.push(lone);
      if (await isAccepted(s.update("one", { append: [message(lone, 2)] }))) history.push(message(lone, 2));
    }
    for (const id of kept) await s.expect(id, filled(id), hint);
    await s.expect("one", { history }, hint);
  },

  "dropChannel wipes meta, history and hints": async (s) => {
    await fill(s, "c");
    await s.drop("c");
    await s.expectNothing("c", "Look at whether dropChannel wipes all three parts");
    await s.reopen();
    await s.expectNothing("c", "Look at whether dropChannel reaches the storage, not only a cache");
  },

  "dropChannel leaves other channels alone": async (s) => {
    const ids = ["a", "ab", "a/b", "a\u0000b", "", "b"];
    await Promise.all(ids.map((id) => fill(s, id)));
    for (const [index, dropped] of ids.entries()) {
      await s.drop(dropped);
      for (const id of ids.slice(index + 1)) {
        const hint = `dropChannel(${show(dropped)}) must leave this one alone: look at the range it deletes`;
        await s.expect(id, filled(id), hint);
      }
    }
  },

  "dropping an unknown channel resolves": async (s) => {
    await fill(s, "c");
    await s.drop("never saved");
    await s.drop("never saved");
    await s.expect("c", filled("c"), "Look at what dropChannel deletes when it finds nothing");
  },

  "a dropped channel begins anew": async (s) => {
    await fill(s, "c");
    await s.drop("c");
    await s.update("c", { append: [message("new", 9)] });
    const hint = "Nothing of before the drop may come back, nothing of after it may go: look at caches and tombstones";
    await s.expect("c", { history: [message("new", 9)] }, hint);
    await s.save("c", bytesOf("new meta"));
    await s.reopen();
    await s.expect("c", { meta: bytesOf("new meta"), history: [message("new", 9)] }, hint);
  },
};

/** @param {Session} s @param {string} channelId */
async function fill(s, channelId) {
  const { meta, history, hints } = filled(channelId);
  await Promise.all([
    s.save(channelId, meta),
    s.update(channelId, { append: history }),
    ...hints.map(([messageId, hint]) => s.hint(channelId, messageId, hint)),
  ]);
}

/**
 * What fill() puts into a channel: ids that are the same in all channels, contents that are not.
 * @param {string} channelId
 */
function filled(channelId) {
  // JSON has a form for any string; UTF-8 has none for lone surrogates.
  const text = JSON.stringify(channelId);
  return {
    meta: bytesOf(`meta of ${text}`),
    history: [message("m", 1, text), message("n", 2, text)],
    hints: [hintOf("m", `hint in ${text}`)],
  };
}

/** @param {Session} s @param {string[]} ids */
async function keepApart(s, ids) {
  await Promise.all(ids.map((id) => fill(s, id)));
  const fillHint =
    "Another channel's calls reached this one: look at how channel ids become keys, and at ranges; in " +
    "plain objects mind __proto__ and constructor: take Object.create(null) or a Map";
  for (const id of ids) await s.expect(id, filled(id), fillHint);
  const [evicting, ...others] = ids;
  await s.update(evicting, { evict: ["m", "n"] });
  const evictHint = `An evict in ${show(evicting)} reached this channel: look at how evict finds messages`;
  for (const id of others) await s.expect(id, filled(id), evictHint);
}

/** Two pairs of a channel id and a message id. @param {Session} s @param {string[][]} pairs */
async function keepPairsApart(s, ...pairs) {
  const shown = pairs.map((pair) => pair.map(show).join(" and ")).join(", or of ");
  const hint = `Look at how keys are made of ${shown}: they must differ`;
  const calls = pairs.flatMap(([channelId, messageId]) => [
    s.update(channelId, { append: [message(messageId, 1)] }),
    s.hint(channelId, messageId, bytesOf(messageId)),
  ]);
  await Promise.all(calls);
  for (const [channelId, messageId] of pairs) {
    await s.expect(channelId, { history: [message(messageId, 1)], hints: [hintOf(messageId, messageId)] }, hint);
  }
}
