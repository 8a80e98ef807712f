/** Remembers as many values as it is allowed to; the oldest are forgotten first. */

/** @template Value */
export class Recent {
  /** @type {Set<Value>} */
  #values = new Set();
  #limit;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  get size() {
    return this.#values.size;
  }

  has(value) {
    return this.#values.has(value);
  }

  add(value) {
    this.#values.add(value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.values().next().value);
  }

  delete(value) {
    return this.#values.delete(value);
  }

  clear() {
    this.#values.clear();
  }

  [Symbol.iterator]() {
    return this.#values.values();
  }
}
