// How two measures of answers go together.

import type { Correlation } from '../../sample/statistics';
import { bootstrapInterval, resamplesFor } from './bootstrapInterval';
import { mean } from './quantile';

/** Pearson's r; `undefined` where a list does not vary. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  return weightedPearson(x, y, undefined);
}

/** Spearman's ρ: Pearson's r of mid-ranks; `undefined` where a list does not vary. */
export function spearman(x: readonly number[], y: readonly number[]): number | undefined {
  return pearson(midRanks(x, ascending(x)), midRanks(y, ascending(y)));
}

/**
 * Spearman's ρ with the interval of a bootstrap over samples, as answers to one prompt are alike.
 * @param samples which sample each answer belongs to
 */
export function spearmanBySample(
  x: readonly number[],
  y: readonly number[],
  samples: readonly number[],
): Correlation | undefined {
  const value = spearman(x, y);
  if (value === undefined) {
    return undefined;
  }
  const places = new Map([...new Set(samples)].map((sample, n) => [sample, n]));
  const placeOf = Int32Array.from(samples, (sample) => places.get(sample) ?? 0);
  const [orderX, orderY] = [ascending(x), ascending(y)];
  const times = new Float64Array(places.size);
  const weights = new Float64Array(x.length);
  const interval = bootstrapInterval(
    places.size,
    (drawn) => {
      times.fill(0);
      for (const n of drawn) {
        times[n] = (times[n] ?? 0) + 1;
      }
      for (const [n, place] of placeOf.entries()) {
        weights[n] = times[place] ?? 0;
      }
      return weightedPearson(midRanks(x, orderX, weights), midRanks(y, orderY, weights), weights);
    },
    { resamples: resamplesFor(16 * x.length) },
  );
  return { value, interval, answers: x.length };
}

/** Each value less the mean of its sample: what is left is the difference within samples. */
export function centredBySample(
  values: readonly number[],
  samples: readonly number[],
): readonly number[] {
  const groups = new Map<number, number[]>();
  for (const [n, sample] of samples.entries()) {
    groups.set(sample, [...(groups.get(sample) ?? []), values[n] ?? 0]);
  }
  const means = new Map([...groups].map(([sample, own]) => [sample, mean(own)]));
  return values.map((value, n) => value - (means.get(samples[n] ?? 0) ?? 0));
}

function ascending(values: readonly number[]): readonly number[] {
  return values.map((_, n) => n).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
}

/** Ranks from 1; equal values share their middle. @param weights how often each value is there */
function midRanks(
  values: readonly number[],
  order: readonly number[],
  weights?: Float64Array,
): Float64Array {
  const ranks = new Float64Array(values.length);
  let before = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let here = 0;
    const value = values[order[start] ?? 0];
    for (; end < order.length && values[order[end] ?? 0] === value; end += 1) {
      here += weights === undefined ? 1 : (weights[order[end] ?? 0] ?? 0);
    }
    for (; start < end; start += 1) {
      ranks[order[start] ?? 0] = before + (here + 1) / 2;
    }
    before += here;
  }
  return ranks;
}

function weightedPearson(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: Float64Array | undefined,
): number | undefined {
  const weightOf = (n: number): number => (weights === undefined ? 1 : (weights[n] ?? 0));
  let [total, meanX, meanY] = [0, 0, 0];
  for (let n = 0; n < x.length; n += 1) {
    total += weightOf(n);
    meanX += weightOf(n) * (x[n] ?? 0);
    meanY += weightOf(n) * (y[n] ?? 0);
  }
  meanX /= total;
  meanY /= total;
  let [xx, yy, xy] = [0, 0, 0];
  for (let n = 0; n < x.length; n += 1) {
    const [dx, dy] = [(x[n] ?? 0) - meanX, (y[n] ?? 0) - meanY];
    xx += weightOf(n) * dx * dx;
    yy += weightOf(n) * dy * dy;
    xy += weightOf(n) * dx * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
}
