/** What is to happen, by time: a binary heap. Of things due at the same time, the one that was added first comes first. */

/** @template Event */
export class Schedule {
  /** @type {{ at: number, order: number, event: Event }[]} */
  #heap = [];
  #added = 0;

  get size() {
    return this.#heap.length;
  }

  /** @param {number} at @param {Event} event */
  add(at, event) {
    this.#heap.push({ at, order: this.#added, event });
    this.#added += 1;
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the earliest event if it is due by `time`. @param {number} time @returns {Event | undefined} */
  takeDue(time) {
    const [first] = this.#heap;
    if (!first || first.at > time) return undefined;
    const last = this.#heap.pop();
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first.event;
  }

  #rise(index) {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(index) {
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#before(right, left) ? right : left;
      if (!this.#before(child, index)) return;
      this.#swap(child, index);
      index = child;
    }
  }

  /** Whether the entry at one place is due before that at another; false if there is none. */
  #before(one, other) {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one, other) {
    [this.#heap[one], this.#heap[other]] = [this.#heap[other], this.#heap[one]];
  }
}
