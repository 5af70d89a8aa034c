// A list of numbers that grows, in eight bytes each.

const FIRST_CAPACITY = 1024;

/** For what a large dataset has hundreds of thousands of: objects take many times as much. */
export class NumberColumn {
  #values: Float64Array<ArrayBuffer>;
  #count: number;

  constructor(values: Float64Array<ArrayBuffer> = new Float64Array(0)) {
    this.#values = values;
    this.#count = values.length;
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(Math.max(FIRST_CAPACITY, 2 * this.#count));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  /** @returns 0 outside the list */
  at(place: number): number {
    return place < this.#count ? (this.#values[place] ?? 0) : 0;
  }

  /** Those that are there: a view, not a copy. */
  values(): Float64Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }
}

/**
 * The first place of a rising list whose value is not below the wanted one, by bisection.
 * @param valueAt the value at a place below `count`
 */
export function lowerBound(
  count: number,
  valueAt: (place: number) => number,
  wanted: number,
): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
