// The reliability curve: how often a person agrees where the model says a certain probability.

import type { ReliabilityBin } from '../../sample/statistics';
import { sigmoid } from './logistic';
import type { JudgedPair } from './pairAgreement';
import { mean } from './quantile';
import { wilsonInterval } from './wilsonInterval';

/** As few as still say something. */
const MIN_BIN_PAIRS = 15;
const MAX_BINS = 6;

/**
 * Bins with equal numbers of pairs, by margin: as both predictions grow with the margin, a bin holds
 * the same pairs in both curves. Few pairs make few bins.
 */
export function reliabilityBins(
  pairs: readonly JudgedPair[],
  temperature: number | undefined,
): readonly ReliabilityBin[] {
  const sorted = [...pairs].sort((a, b) => Math.abs(a.margin) - Math.abs(b.margin));
  const bins = Math.min(MAX_BINS, Math.floor(sorted.length / MIN_BIN_PAIRS));
  return Array.from({ length: bins }, (_, n) => {
    const from = Math.round((n * sorted.length) / bins);
    const to = Math.round(((n + 1) * sorted.length) / bins);
    return toBin(sorted.slice(from, to), temperature);
  });
}

function toBin(pairs: readonly JudgedPair[], temperature: number | undefined): ReliabilityBin {
  const sizes = pairs.map(({ margin }) => Math.abs(margin));
  const agreed = pairs.reduce((sum, { margin }) => sum + (1 + Math.sign(margin)) / 2, 0);
  return {
    margins: { low: sizes[0] ?? 0, high: sizes.at(-1) ?? 0 },
    raw: mean(sizes.map(sigmoid)),
    scaled: temperature && mean(sizes.map((size) => sigmoid(size / temperature))),
    agreed: agreed / pairs.length,
    interval: wilsonInterval(agreed, pairs.length),
    pairs: pairs.length,
  };
}
