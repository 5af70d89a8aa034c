// Two answers side by side: which two, and where the person came from.

import type { SampleView } from '../src/protocol/reviewProtocol';

/** Indices of the answers on both sides. */
export interface Pair {
  readonly left: number;
  readonly right: number;
}
export type Side = keyof Pair;

/**
 * The base is on the left, the answer with focus on the right. The base itself is compared with
 * the next one; so is any answer where there is no base.
 * @returns `undefined` with fewer than two answers
 */
export function pairFor(
  count: number,
  focused: number,
  base: number | undefined,
): Pair | undefined {
  if (count < 2) {
    return undefined;
  }
  return base === undefined || base === focused
    ? { left: focused, right: (focused + 1) % count }
    : { left: base, right: focused };
}

/**
 * Puts another answer on one side: the next that is on neither.
 * @returns `undefined` when there are only two
 */
export function withNext(pair: Pair, side: Side, count: number): Pair | undefined {
  const other = side === 'left' ? pair.right : pair.left;
  for (let step = 1; step < count; step += 1) {
    const next = (pair[side] + step) % count;
    if (next !== other) {
      return { ...pair, [side]: next };
    }
  }
  return undefined;
}

/** What had focus before: the card, or the button that opened the comparison. */
export interface Origin {
  readonly card: number;
  readonly button?: 'card' | 'toolbar';
}

export class Comparison {
  /** stays while one sample follows another */
  #origin: Origin | undefined;
  #shown: { readonly key: string; readonly pair: Pair } | undefined;

  /** The two answers of a sample, while the person compares. */
  pairOf(sample: SampleView | undefined): Pair | undefined {
    return this.#shown !== undefined && this.#shown.key === sample?.key
      ? this.#shown.pair
      : undefined;
  }

  show(sample: SampleView, pair: Pair | undefined): void {
    this.#shown = pair && { key: sample.key, pair };
  }

  open(sample: SampleView, pair: Pair, origin: Origin): void {
    this.#origin = origin;
    this.show(sample, pair);
  }

  /** Another sample is shown: its answers are compared from now on, if there are two. */
  follow(sample: SampleView, base: number | undefined): void {
    if (this.#origin !== undefined) {
      this.#origin = { card: 0 };
      this.show(sample, pairFor(sample.candidates.length, base ?? 0, base));
    }
  }

  /** Back to all answers. @returns what had focus before */
  close(): Origin | undefined {
    const origin = this.#origin;
    this.#origin = undefined;
    this.#shown = undefined;
    return origin;
  }
}
