// Rewards by source, in the same bins.

import type { RewardHistograms, SourceHistogram } from '../../sample/statistics';
import { quantile, sorted } from './quantile';

const MIN_BINS = 8;
const MAX_BINS = 40;

/**
 * Bins of a round width (1, 2 or 5 times a power of ten) near that of D. Freedman and P. Diaconis
 * ("On the histogram as a density estimator", 1981) for all rewards together.
 * @param bySource rewards of at least one answer
 */
export function rewardHistograms(
  bySource: ReadonlyMap<string, readonly number[]>,
): RewardHistograms {
  const edges = edgesOf(sorted([...bySource.values()].flat()));
  const sources = [...bySource]
    .map(([source, rewards]) => toHistogram(source, rewards, edges))
    .sort((a, b) => b.answers - a.answers || a.source.localeCompare(b.source));
  return { edges, sources };
}

function toHistogram(
  source: string,
  rewards: readonly number[],
  edges: readonly number[],
): SourceHistogram {
  const [first = 0, second = 1] = edges;
  const counts = new Array<number>(Math.max(1, edges.length - 1)).fill(0);
  for (const reward of rewards) {
    const bin = Math.floor((reward - first) / (second - first) + 1e-9);
    const place = Math.max(0, Math.min(counts.length - 1, bin));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const own = sorted(rewards);
  return {
    source,
    counts,
    answers: own.length,
    median: quantile(own, 0.5),
    lowerQuartile: quantile(own, 0.25),
    upperQuartile: quantile(own, 0.75),
    min: quantile(own, 0),
    max: quantile(own, 1),
  };
}

function edgesOf(rewards: readonly number[]): readonly number[] {
  const [low, high] = [quantile(rewards, 0), quantile(rewards, 1)];
  if (!(high > low)) {
    return [low - 0.5, low + 0.5];
  }
  const spread = quantile(rewards, 0.75) - quantile(rewards, 0.25);
  const ideal = (2 * spread) / Math.cbrt(rewards.length);
  const range = high - low;
  const width = roundWidth(Math.min(range / MIN_BINS, Math.max(range / MAX_BINS, ideal)));
  const from = Math.floor(low / width);
  const to = Math.floor(high / width) + 1;
  return Array.from({ length: to - from + 1 }, (_, n) => (from + n) * width);
}

/** The next of 1, 2 and 5 times a power of ten that is not below. */
function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const steps = [1, 2, 5, 10].map((step) => step * power);
  return steps.find((step) => step >= width * (1 - 1e-9)) ?? 10 * power;
}
