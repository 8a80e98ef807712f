/** The two, loaded one at a time: what one does on import must not disturb the other. */

const LIBRARIES = {
  ours: async () => (await import("./ours.js")).Ours,
  waku: async () => (await import("./waku.js")).Waku,
};

/** The settings under which both are compared, as each of them calls them. */
const SETTINGS = {
  /** Each on its own defaults: ours names 10 messages and keeps 1000, theirs names 200 and keeps everything. */
  defaults: { ours: {}, waku: {} },
  /** Both name 10 messages and keep 10,000 (theirs everything). */
  alike: {
    ours: { maxMessageHistory: 10_000, maxIncomingBuffer: 10_000 },
    waku: { causalHistorySize: 10 },
  },
};

export const SETTING_NAMES = Object.keys(SETTINGS);

/** The class of a library's members, and the options to open one with. */
export async function load(library, setting) {
  return { Member: await LIBRARIES[library](), options: { config: SETTINGS[setting][library] } };
}
