// Backends with one defect each, of the kinds that happen, and the case of the contract that must find it.

/** A sequence of steps, one after the other. */
function oneByOne() {
  let last = Promise.resolve();
  return (step) => (last = last.then(step, step));
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** `open(key)` for a class: one object per key. */
function perKey(Backend) {
  const backends = new Map();
  return async (key) => {
    if (!backends.has(key)) backends.set(key, new Backend());
    return backends.get(key);
  };
}

/** A backend that passes all ids through `change`. */
function changingIds(Base, change) {
  return class extends Base {
    saveChannelMeta(channelId, meta) {
      return super.saveChannelMeta(change(channelId), meta);
    }
    updateHistory(channelId, { append, evict }) {
      const changed = append.map((message) => ({ ...message, messageId: change(message.messageId) }));
      return super.updateHistory(change(channelId), { append: changed, evict: evict.map(change) });
    }
    loadChannel(channelId) {
      return super.loadChannel(change(channelId));
    }
    dropChannel(channelId) {
      return super.dropChannel(change(channelId));
    }
    setRetrievalHint(messageId, hint, channelId) {
      return super.setRetrievalHint(change(messageId), hint, change(channelId));
    }
  };
}

/** A backend that passes all bytes through `change` on their way in. */
function changingBytes(Base, change) {
  return class extends Base {
    saveChannelMeta(channelId, meta) {
      return super.saveChannelMeta(channelId, change(meta));
    }
    updateHistory(channelId, { append, evict }) {
      const changed = append.map((message) => ({ ...message, bytes: change(message.bytes) }));
      return super.updateHistory(channelId, { append: changed, evict });
    }
    setRetrievalHint(messageId, hint, channelId) {
      return super.setRetrievalHint(messageId, change(hint), channelId);
    }
  };
}

/** A backend that changes what was loaded. */
function changingData(Base, change) {
  return class extends Base {
    async loadChannel(channelId) {
      return change(await super.loadChannel(channelId));
    }
  };
}

/** A backend that changes updates before it applies them. */
function changingUpdates(Base, change) {
  return class extends Base {
    async updateHistory(channelId, update) {
      return super.updateHistory(channelId, change(update));
    }
  };
}

/**
 * @param {new () => object} Memory MemoryPersistence, which has none of these defects
 * @returns {{ defect: string, found: string, open: (key: string) => Promise<object> }[]} `found` names the case
 */
export function brokenBackends(Memory) {
  const ids = (change) => changingIds(Memory, change);
  const bytesIn = (change) => changingBytes(Memory, change);
  const updates = (change) => changingUpdates(Memory, change);
  const loaded = (change) => changingData(Memory, (data) => data && change(data));
  const entries = [
    [
      "says null for a channel never saved",
      "a channel never saved loads as undefined",
      changingData(Memory, (data) => data ?? null),
    ],
    [
      "loads messages, not their bytes",
      "what is loaded is of the right kinds",
      loaded((data) => ({ ...data, messageHistory: data.messageHistory.map((bytes) => ({ bytes })) })),
    ],
    [
      "loads hints as a map",
      "what is loaded is of the right kinds",
      loaded((data) => ({ ...data, retrievalHints: new Map(Object.entries(data.retrievalHints)) })),
    ],
    ["loads no hints", "all parts of a channel come back", loaded((data) => ({ ...data, retrievalHints: undefined }))],
    [
      "takes a missing meta for a missing channel",
      "history without meta is loaded",
      changingData(Memory, (data) => (data?.meta ? data : undefined)),
    ],
    [
      "takes empty meta for none",
      "empty bytes are something, not nothing",
      loaded((data) => ({ ...data, meta: data.meta?.length ? data.meta : undefined })),
    ],
    [
      "loads one page of the history",
      "a long history comes back complete",
      loaded((data) => ({ ...data, messageHistory: data.messageHistory.slice(0, 1000) })),
    ],
    [
      "assigns hints to a plain object",
      "message ids of any kind are kept apart",
      loaded((data) => ({ ...data, retrievalHints: Object.assign({}, data.retrievalHints) })),
    ],
    ["keeps hints in a plain object", "message ids of any kind are kept apart", hintsInAnObject(Memory)],
    [
      "keeps bytes as text",
      "bytes come back as they were, whatever their values",
      bytesIn((bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes))),
    ],
    [
      "keeps the whole buffer",
      "a view into a larger buffer is kept alone",
      bytesIn((bytes) => new Uint8Array(bytes.buffer)),
    ],
    ["cuts large values", "large values come back", bytesIn((bytes) => bytes.subarray(0, 512 * 1024))],
    ["ignores evicts", "evicted messages are gone", updates(({ append }) => ({ append, evict: [] }))],
    [
      "ignores evicts that come with appends",
      "append and evict work in one update",
      updates(({ append, evict }) => ({ append, evict: append.length ? [] : evict })),
    ],
    [
      "keys the history by clock",
      "messages with equal clocks are kept apart",
      updates(({ append, evict }) => ({
        append: append.map((message) => ({ ...message, messageId: String(message.lamportTimestamp) })),
        evict,
      })),
    ],
    [
      "keeps the clock as a number",
      "the largest clock is kept",
      updates(({ append, evict }) => {
        const lossy = append.find(({ lamportTimestamp: clock }) => BigInt(Number(clock)) !== clock);
        if (lossy) throw new RangeError(`${lossy.lamportTimestamp} is not safe`);
        return { append, evict };
      }),
    ],
    ["folds the case of ids", "channels are kept apart, whatever their ids", ids((id) => id.toLowerCase())],
    ["trims ids", "message ids of any kind are kept apart", ids((id) => id.trim())],
    ["normalizes ids", "channels are kept apart, whatever their ids", ids((id) => id.normalize())],
    ["cuts ids at a NUL", "channels are kept apart, whatever their ids", ids((id) => id.split("\0")[0])],
    ["cuts long channel ids", "channels with long ids are kept apart", ids((id) => id.slice(0, 255))],
    ["cuts long message ids", "long message ids are kept apart", ids((id) => id.slice(0, 255))],
    [
      "replaces lone surrogates",
      "a lone surrogate in an id is kept apart or refused",
      ids((id) => Buffer.from(id).toString()),
    ],
    ...withState(Memory),
  ].map(([defect, found, Backend]) => ({ defect, found, open: perKey(Backend) }));
  return [
    ...entries,
    { defect: "forgets", found: "everything is there after reopening", open: async () => new Memory() },
  ];
}

function withState(Memory) {
  class MergesMeta extends Memory {
    async saveChannelMeta(channelId, meta) {
      const before = (await this.loadChannel(channelId))?.meta ?? [];
      return super.saveChannelMeta(channelId, Uint8Array.from([...before, ...meta]));
    }
  }
  class DropsByPrefix extends Memory {
    seen = new Set();
    saveChannelMeta(channelId, meta) {
      this.seen.add(channelId);
      return super.saveChannelMeta(channelId, meta);
    }
    async dropChannel(channelId) {
      for (const id of this.seen) if (id.startsWith(channelId)) await super.dropChannel(id);
    }
  }
  class KeepsHintsOnDrop extends Memory {
    async dropChannel(channelId) {
      const { retrievalHints = {} } = (await this.loadChannel(channelId)) ?? {};
      await super.dropChannel(channelId);
      for (const [messageId, hint] of Object.entries(retrievalHints))
        await this.setRetrievalHint(messageId, hint, channelId);
    }
  }
  class RefusesUnknownDrops extends Memory {
    async dropChannel(channelId) {
      if (!(await this.loadChannel(channelId))) throw new Error("not found");
      return super.dropChannel(channelId);
    }
  }
  class RefusesUnknownEvicts extends Memory {
    known = new Set();
    async updateHistory(channelId, update) {
      for (const { messageId } of update.append) this.known.add(messageId);
      if (update.evict.some((messageId) => !this.known.has(messageId))) throw new Error("not found");
      return super.updateHistory(channelId, update);
    }
  }
  class RefusesKnownAppends extends Memory {
    known = new Set();
    async updateHistory(channelId, update) {
      const key = ({ messageId }) => JSON.stringify([channelId, messageId]);
      if (update.append.some((message) => this.known.has(key(message)))) throw new Error("constraint");
      for (const message of update.append) this.known.add(key(message));
      return super.updateHistory(channelId, update);
    }
  }
  /** One record per channel, read, changed and written back. */
  class OverwritesTheOtherCall extends Memory {
    async saveChannelMeta(channelId, meta) {
      const record = await this.loadChannel(channelId);
      await tick();
      await this.dropChannel(channelId);
      await super.saveChannelMeta(channelId, meta);
      const append = (record?.messageHistory ?? []).map((bytes) => ({
        messageId: JSON.parse(Buffer.from(bytes))[0],
        bytes,
      }));
      await super.updateHistory(channelId, { append, evict: [] });
    }
  }
  class Overtakes extends Memory {
    calls = 0;
    async saveChannelMeta(channelId, meta) {
      const copy = Uint8Array.from(meta);
      if (this.calls++ % 7 > 3) await tick();
      return super.saveChannelMeta(channelId, copy);
    }
  }
  class LoadsTooEarly extends Memory {
    step = oneByOne();
    saveChannelMeta(channelId, meta) {
      const copy = Uint8Array.from(meta);
      return this.step(async () => {
        await tick();
        await super.saveChannelMeta(channelId, copy);
      });
    }
  }
  class DropsLate extends Memory {
    async dropChannel(channelId) {
      await tick();
      return super.dropChannel(channelId);
    }
  }
  class TearsUpdates extends Memory {
    async updateHistory(channelId, { append, evict }) {
      for (const message of append) await super.updateHistory(channelId, { append: [message], evict: [] });
      await super.updateHistory(channelId, { append: [], evict });
    }
  }
  class IsNotAsync extends Memory {
    setRetrievalHint(...args) {
      super.setRetrievalHint(...args);
    }
  }
  return [
    ["merges meta", "saving meta again replaces it", MergesMeta],
    ["drops channels by prefix", "dropChannel leaves other channels alone", DropsByPrefix],
    ["keeps hints on drop", "dropChannel wipes meta, history and hints", KeepsHintsOnDrop],
    ["refuses to drop an unknown channel", "dropping an unknown channel resolves", RefusesUnknownDrops],
    ["refuses to evict an unknown id", "evicting an unknown id is no error", RefusesUnknownEvicts],
    ["refuses to append a known id", "an append of a known id replaces the message", RefusesKnownAppends],
    ["undoes the other call", "saveChannelMeta and updateHistory in one turn are both kept", OverwritesTheOtherCall],
    ["lets calls overtake", "calls that are not awaited take effect in order", Overtakes],
    ["loads too early", "a load sees the calls before it", LoadsTooEarly],
    ["drops late", "a drop is ordered among other calls", DropsLate],
    ["tears updates", "a refused update leaves nothing of it", TearsUpdates],
    ["has a method that is not async", "a hint without meta is loaded", IsNotAsync],
    ["joins channel and message id", "channel and message ids are not mixed up", joiningIds(Memory)],
    [
      "mixes parts of a channel with its messages",
      "ids are not mixed up with other names of the storage",
      mixingParts(Memory),
    ],
  ];
}

/** An assignment to `__proto__` makes a prototype of the hint, and one to `length` then meets a getter. */
function hintsInAnObject(Memory) {
  return class extends Memory {
    hints = new Map();
    async setRetrievalHint(messageId, hint, channelId) {
      if (!this.hints.has(channelId)) this.hints.set(channelId, {});
      this.hints.get(channelId)[messageId] = hint;
    }
    async loadChannel(channelId) {
      const [data, retrievalHints] = [await super.loadChannel(channelId), this.hints.get(channelId)];
      return retrievalHints ? { messageHistory: [], ...data, retrievalHints } : data;
    }
    async dropChannel(channelId) {
      this.hints.delete(channelId);
      return super.dropChannel(channelId);
    }
  };
}

/** One flat table, its keys made of both ids with a separator. */
function joiningIds(Memory) {
  return class extends Memory {
    rows = new Map();
    async updateHistory(channelId, { append, evict }) {
      for (const { messageId, bytes } of append) this.rows.set(`${channelId}:${messageId}`, Uint8Array.from(bytes));
      for (const messageId of evict) this.rows.delete(`${channelId}:${messageId}`);
    }
    async loadChannel(channelId) {
      const rows = [...this.rows].filter(([key]) => key.startsWith(`${channelId}:`));
      const data = await super.loadChannel(channelId);
      if (!data && rows.length === 0) return undefined;
      return { ...data, messageHistory: rows.map(([, bytes]) => Uint8Array.from(bytes)) };
    }
    async dropChannel(channelId) {
      for (const key of [...this.rows.keys()]) if (key.startsWith(`${channelId}:`)) this.rows.delete(key);
      return super.dropChannel(channelId);
    }
  };
}

/** The snapshot of every channel under a name of its own, which is a channel's id, too. */
function mixingParts(Memory) {
  return class extends Memory {
    async saveChannelMeta(channelId, meta) {
      const copy = Uint8Array.from(meta);
      await super.saveChannelMeta(channelId, copy);
      if (channelId !== "meta") await super.saveChannelMeta("meta", copy);
    }
  };
}
