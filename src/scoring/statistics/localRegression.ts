// A smooth line through points, and what is left when it is taken away.

import { mean, quantile } from './quantile';

/** Share of the points that each part of the line is fitted to. */
export const SPAN = 2 / 3;
/** The line is fitted at no more places; between them it is straight. */
const MAX_KNOTS = 100;

/**
 * Locally weighted regression, degree 1, tricube weights, no robustness steps (W. S. Cleveland,
 * "Robust locally weighted regression and smoothing scatterplots", JASA 74, 1979).
 * @param x any order, not empty
 * @param y aligned with `x`
 * @param at where the line is wanted
 * @param span share of the points around each place, above 0 and at most 1
 * @returns the line's values, aligned with `at`
 */
export function localRegression(
  x: readonly number[],
  y: readonly number[],
  at: readonly number[],
  span = SPAN,
): readonly number[] {
  const order = x.map((_, n) => n).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const xs = Float64Array.from(order, (n) => x[n] ?? 0);
  const ys = Float64Array.from(order, (n) => y[n] ?? 0);
  const neighbours = Math.min(xs.length, Math.max(2, Math.floor(span * xs.length + 1e-10)));
  return at.map((place) => fitAt(xs, ys, place, neighbours));
}

/** The value at a place of the weighted straight line through its nearest points. */
function fitAt(xs: Float64Array, ys: Float64Array, place: number, neighbours: number): number {
  let left = nearestFrom(xs, place, neighbours);
  let right = Math.min(xs.length, left + neighbours);
  const radius = Math.max(place - (xs[left] ?? 0), (xs[right - 1] ?? 0) - place);
  // of points that all lie there, none is nearer than the others
  while (radius === 0 && xs[left - 1] === place) {
    left -= 1;
  }
  while (radius === 0 && xs[right] === place) {
    right += 1;
  }
  const sums = { weight: 0, x: 0, y: 0 };
  const weights = new Float64Array(right - left);
  for (let n = left; n < right; n += 1) {
    const distance = Math.abs((xs[n] ?? 0) - place);
    const weight = radius === 0 ? 1 : (1 - (distance / radius) ** 3) ** 3;
    weights[n - left] = weight;
    sums.weight += weight;
    sums.x += weight * (xs[n] ?? 0);
    sums.y += weight * (ys[n] ?? 0);
  }
  const [centreX, centreY] = [sums.x / sums.weight, sums.y / sums.weight];
  let spread = 0;
  let slope = 0;
  for (let n = left; n < right; n += 1) {
    const offset = (xs[n] ?? 0) - centreX;
    spread += (weights[n - left] ?? 0) * offset * offset;
    slope += (weights[n - left] ?? 0) * offset * (ys[n] ?? 0);
  }
  // points that lie almost on one spot say nothing about a slope (Cleveland's bound)
  const range = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  return Math.sqrt(spread / sums.weight) > 0.001 * range
    ? centreY + ((place - centreX) * slope) / spread
    : centreY;
}

/** Start of the window of points nearest to a place. */
function nearestFrom(xs: Float64Array, place: number, neighbours: number): number {
  let low = 0;
  let high = xs.length - neighbours;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (place - (xs[middle] ?? 0) > (xs[middle + neighbours] ?? 0) - place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Rewards with the trend over length taken out. */
export interface ControlledRewards {
  /** aligned with the rewards: residual plus the mean reward, so that the scale stays */
  readonly rewards: readonly number[];
  /** the line, from the shortest to the longest answer */
  readonly line: readonly { readonly length: number; readonly reward: number }[];
  /** share of the points that each part of the line rests on */
  readonly span: number;
}

/**
 * What is left of each reward when the local regression on length is taken away. It says nothing
 * about why longer answers score higher: they may be better, too.
 * @param lengths of the answers, such as tokens; not empty
 */
export function controlForLength(
  lengths: readonly number[],
  rewards: readonly number[],
  span = SPAN,
): ControlledRewards {
  const knots = knotsOf(lengths);
  const values = localRegression(lengths, rewards, knots, span);
  const level = mean(rewards);
  return {
    rewards: rewards.map(
      (reward, n) => reward - interpolate(knots, values, lengths[n] ?? 0) + level,
    ),
    line: knots.map((length, n) => ({ length, reward: values[n] ?? 0 })),
    span,
  };
}

/** Distinct lengths, ascending; of many, quantiles with both ends. */
function knotsOf(lengths: readonly number[]): readonly number[] {
  const sorted = [...lengths].sort((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  return distinct.length <= MAX_KNOTS
    ? distinct
    : [
        ...new Set(
          Array.from({ length: MAX_KNOTS }, (_, n) => quantile(sorted, n / (MAX_KNOTS - 1))),
        ),
      ];
}

/** @param at between the first and the last knot */
function interpolate(knots: readonly number[], values: readonly number[], at: number): number {
  let low = 0;
  let high = knots.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((knots[middle] ?? 0) <= at) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const [from, to] = [knots[low] ?? 0, knots[high] ?? 0];
  const share = to === from ? 0 : (at - from) / (to - from);
  return (values[low] ?? 0) + share * ((values[high] ?? 0) - (values[low] ?? 0));
}
