/** Who else is there: everybody says hello now and then. */

const HELLO_INTERVAL = 3000;
const GONE_AFTER = 10_000;

export class Presence {
  #me;
  #port;
  #onChange;
  #timer;
  /** When each was heard last. @type {Map<string, number>} */
  #heard = new Map();

  /** @param {string} me @param {string} name of the BroadcastChannel @param {() => void} onChange */
  constructor(me, name, onChange) {
    this.#me = me;
    this.#port = new BroadcastChannel(name);
    this.#port.onmessage = ({ data }) => this.#take(data);
    this.#onChange = onChange;
    this.#timer = setInterval(() => this.#pass(), HELLO_INTERVAL);
    this.#say("hello");
  }

  get others() {
    const since = Date.now() - GONE_AFTER;
    return [...this.#heard].filter(([, at]) => at >= since).map(([name]) => name).sort();
  }

  /** @param {unknown} message anything: other pages of this origin may use the same channel */
  #take(message) {
    const name = message?.name;
    if (typeof name !== "string" || name === this.#me) return;
    const known = this.#heard.has(name);
    if (message.type === "hello") this.#heard.set(name, Date.now());
    else if (message.type === "bye") this.#heard.delete(name);
    // The new one has not heard of us.
    if (message.type === "hello" && !known) this.#say("hello");
    if (this.#heard.has(name) !== known) this.#onChange();
  }

  close() {
    clearInterval(this.#timer);
    this.#say("bye");
    this.#port.close();
  }

  #pass() {
    this.#say("hello");
    const here = this.others;
    if (here.length === this.#heard.size) return;
    for (const name of this.#heard.keys()) if (!here.includes(name)) this.#heard.delete(name);
    this.#onChange();
  }

  #say(type) {
    this.#port.postMessage({ type, name: this.#me });
  }
}
