// What pictures usually do to a reward in a dataset: the measure of a single check.

import type { UsualChange } from '../../sample/explanation';

/** Sizes of the changes without the picture, one per answer that was checked. */
export class GroundingChanges {
  readonly #sizes = new Map<string, number>();

  /** @param answer names the answer: the same one again counts once */
  add(answer: string, change: number): void {
    this.#sizes.set(answer, Math.abs(change));
  }

  /** Over all checks so far, this one included. */
  usual(): UsualChange {
    const sizes = [...this.#sizes.values()].sort((a, b) => a - b);
    const middle = Math.floor(sizes.length / 2);
    const upper = sizes[middle] ?? 0;
    const lower = sizes.length % 2 === 0 ? (sizes[middle - 1] ?? 0) : upper;
    return { median: (lower + upper) / 2, checks: sizes.length };
  }

  forget(): void {
    this.#sizes.clear();
  }
}
