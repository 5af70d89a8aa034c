// What choosing the best of several answers gains.

import type { BestOfNPoint } from '../../sample/statistics';
import { bootstrapMean } from './bootstrapInterval';
import { mean } from './quantile';

/**
 * The expected value of the answer with the highest reward among `n` that are drawn without
 * replacement: over order statistics, P(the i-th smallest of k is the largest drawn) =
 * C(i − 1, n − 1) / C(k, n). With the rewards as values, the unbiased best-of-n estimate.
 * @param rewards of all k answers, which decide
 * @param values aligned with them, which count
 * @param n from 1 to k
 */
export function expectedOfBest(
  rewards: readonly number[],
  values: readonly number[],
  n: number,
): number {
  const order = rewards.map((_, i) => i).sort((a, b) => (rewards[a] ?? 0) - (rewards[b] ?? 0));
  let expected = 0;
  let chance = n / order.length;
  for (let i = order.length; i >= n; i -= 1) {
    expected += chance * (values[order[i - 1] ?? 0] ?? 0);
    // from C(i − 1, n − 1) to C(i − 2, n − 1)
    chance *= (i - n) / Math.max(1, i - 1);
  }
  return expected;
}

/** Rewards of one sample's answers. */
export interface ScoredAnswers {
  readonly rewards: readonly number[];
  /** the same with the trend over length taken out */
  readonly controlled: readonly number[];
}

/**
 * Gains over one random answer to the same prompt, for only differences within a sample mean
 * something. All points are over the same samples: those with as many answers as the curve is long,
 * which at least half of the samples have.
 */
export function bestOfNCurve(samples: readonly ScoredAnswers[]): readonly BestOfNPoint[] {
  const counts = samples.map(({ rewards }) => rewards.length).sort((a, b) => b - a);
  const longest = counts[Math.ceil(counts.length / 2) - 1] ?? 0;
  const used = samples.filter(({ rewards }) => rewards.length >= longest);
  return Array.from({ length: longest < 2 ? 0 : longest }, (_, index) => {
    const n = index + 1;
    const gains = used.map(({ rewards }) => expectedOfBest(rewards, rewards, n) - mean(rewards));
    const controlled = used.map(
      ({ rewards, controlled: values }) => expectedOfBest(rewards, values, n) - mean(values),
    );
    return {
      n,
      gain: n === 1 ? 0 : mean(gains),
      interval: n === 1 ? { low: 0, high: 0 } : bootstrapMean(gains),
      controlledGain: n === 1 ? 0 : mean(controlled),
      samples: used.length,
    };
  });
}
