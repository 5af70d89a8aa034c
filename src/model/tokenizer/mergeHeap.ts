// The priority queue of byte pair encoding: best score first, leftmost among equals.

/** Two adjacent symbols that could become one piece. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  /** characters of the joined piece; tells a stale entry from a valid one */
  readonly length: number;
}

/** A binary heap. */
export class MergeHeap {
  readonly #items: Merge[] = [];

  push(item: Merge): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent])) {
        break;
      }
      items[at] = items[parent] ?? item;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Merge | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) {
      return top;
    }
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) {
        break;
      }
      const right = items[child + 1];
      if (right !== undefined && before(right, items[child])) {
        child += 1;
      }
      const next = items[child];
      if (next === undefined || !before(next, last)) {
        break;
      }
      items[at] = next;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

function before(a: Merge, b: Merge | undefined): boolean {
  return b === undefined || a.score > b.score || (a.score === b.score && a.left < b.left);
}
