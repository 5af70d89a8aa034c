// Intervals by resampling samples: the pairs of one sample share its prompt and its judge, so they
// are drawn together or not at all.

import { seededRandom } from '../../base/seededRandom';
import type { Interval } from '../../sample/statistics';
import { LEVEL } from './interval';
import { quantile } from './quantile';

/** The same data always give the same interval. */
const SEED = 20_240_501;
/** Enough for the ends of a 95 % interval to be steady in the second digit. */
const RESAMPLES = 2000;
/** More samples are drawn less often: their intervals are narrow, and time is short. */
const MAX_DRAWN = 20_000_000;
const MIN_RESAMPLES = 200;

/** What one sample adds to a ratio of sums, such as agreeing pairs over pairs. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/**
 * Percentile bootstrap (B. Efron, "Nonparametric standard errors and confidence intervals", Canadian
 * Journal of Statistics 9, 1981) of a statistic over samples.
 * @param statistic of the drawn samples, given by their indices; `undefined` where it has no value:
 *   such a draw does not count
 * @returns `undefined` with fewer than two samples, where all draws have the same value, so that
 *   resampling says nothing, or where fewer than nine of ten have any
 */
export function bootstrapInterval(
  samples: number,
  statistic: (drawn: Int32Array) => number | undefined,
  { resamples = resamplesFor(samples), seed = SEED } = {},
): Interval | undefined {
  if (samples < 2) {
    return undefined;
  }
  const random = seededRandom(seed);
  const drawn = new Int32Array(samples);
  const values: number[] = [];
  for (let draw = 0; draw < resamples; draw += 1) {
    for (let n = 0; n < samples; n += 1) {
      drawn[n] = Math.floor(random() * samples);
    }
    const value = statistic(drawn);
    if (value !== undefined) {
      values.push(value);
    }
  }
  if (values.length < 0.9 * resamples) {
    return undefined;
  }
  values.sort((a, b) => a - b);
  const tail = (1 - LEVEL) / 2;
  return values[0] === values.at(-1)
    ? undefined
    : { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** The bootstrap of a ratio of sums over samples, such as the share of agreeing pairs. */
export function bootstrapRatio(shares: readonly Share[]): Interval | undefined {
  const parts = Float64Array.from(shares, ({ part }) => part);
  const wholes = Float64Array.from(shares, ({ whole }) => whole);
  return bootstrapInterval(shares.length, (drawn) => {
    let part = 0;
    let whole = 0;
    for (const n of drawn) {
      part += parts[n] ?? 0;
      whole += wholes[n] ?? 0;
    }
    return whole === 0 ? undefined : part / whole;
  });
}

/** What values of the same sample add to a mean over all values. */
export function bySample(
  values: readonly { readonly sample: number; readonly value: number }[],
): readonly Share[] {
  const shares = new Map<number, { part: number; whole: number }>();
  for (const { sample, value } of values) {
    const own = shares.get(sample) ?? { part: 0, whole: 0 };
    own.part += value;
    own.whole += 1;
    shares.set(sample, own);
  }
  return [...shares.values()];
}

/** The bootstrap of a mean over samples. */
export function bootstrapMean(values: readonly number[]): Interval | undefined {
  return bootstrapRatio(values.map((part) => ({ part, whole: 1 })));
}

/** @param items that are looked at in each draw */
export function resamplesFor(items: number): number {
  return Math.max(MIN_RESAMPLES, Math.min(RESAMPLES, Math.floor(MAX_DRAWN / items)));
}
