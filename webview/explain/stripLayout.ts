// Where the steps of a sentence strip are drawn.

import type { SentenceCurve } from '../../src/sample/explanation';

/** Rewards that a strip spans. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** One sentence: from left to right, and how high its reward is; pixels. */
export interface Step {
  readonly left: number;
  readonly right: number;
  /** `undefined` without a reward */
  readonly y: number | undefined;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A sentence keeps at least this width, so that it can be pointed at; pixels. */
const LEAST_WIDTH = 7;

/** One scale for all curves that are compared. @returns `undefined` when no sentence has a reward */
export function commonScale(curves: readonly SentenceCurve[]): Scale | undefined {
  const rewards = curves.flatMap(({ steps }) =>
    steps.flatMap(({ reward }) => (reward === null ? [] : [reward])),
  );
  if (rewards.length === 0) {
    return undefined;
  }
  const [low, high] = [Math.min(...rewards), Math.max(...rewards)];
  // a curve that stays level is drawn in the middle
  return high > low ? { low, high } : { low: low - 1, high: high + 1 };
}

/** Widths follow the lengths of the sentences. */
export function layoutSteps(
  steps: SentenceCurve['steps'],
  { low, high }: Scale,
  box: Box,
): readonly Step[] {
  const width = box.right - box.left;
  const least = Math.min(LEAST_WIDTH, width / Math.max(1, steps.length));
  const characters = steps.reduce((sum, { start, end }) => sum + end - start, 0);
  const rest = width - least * steps.length;
  let left = box.left;
  return steps.map(({ start, end, reward }) => {
    const right = left + least + (rest * (end - start)) / Math.max(1, characters);
    const y =
      reward === null
        ? undefined
        : box.bottom - ((reward - low) / (high - low)) * (box.bottom - box.top);
    const step = { left, right, y };
    left = right;
    return step;
  });
}

/** Bottom, middle and top of the scale. */
export function gridValues({ low, high }: Scale): readonly number[] {
  return [low, (low + high) / 2, high];
}
