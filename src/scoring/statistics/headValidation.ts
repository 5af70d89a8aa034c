// What a learned head is worth on samples that it has not seen.

import { seededRandom } from '../../base/seededRandom';
import type { Interval } from '../../sample/statistics';
import { bootstrapRatio } from './bootstrapInterval';
import { logSigmoid } from './logistic';
import { fitPreferenceHead, pairMargin, type FeaturePair } from './preferenceHead';

export interface HeldOutGain {
  /** mean log-likelihood of a held-out pair: learned less prior; above 0 the learned head is better */
  readonly logLikelihoodGain: number;
  readonly logLikelihoodInterval: Interval;
  /** share of held-out pairs put right: learned less prior; equal scores count half */
  readonly accuracyGain: number;
  readonly accuracyInterval: Interval;
  readonly pairs: number;
  readonly samples: number;
}

const FOLDS = 5;
const SEED = 7;

/**
 * Cross-validates by sample: all pairs of a sample are in one fold, so that no prompt is both learned
 * and tested. Intervals are bootstraps over samples of the held-out gains.
 * @returns `undefined` with fewer samples than folds
 */
export function crossValidateHead(
  pairs: readonly FeaturePair[],
  prior: Float64Array,
  strength: number,
  { folds = FOLDS, seed = SEED } = {},
): HeldOutGain | undefined {
  const foldOf = assignFolds(
    pairs.map(({ sample }) => sample),
    folds,
    seed,
  );
  if (foldOf.size < folds) {
    return undefined;
  }
  const bySample = new Map<number, { pairs: number; likelihood: number; right: number }>();
  for (let fold = 0; fold < folds; fold += 1) {
    const isHeldOut = ({ sample }: FeaturePair): boolean => foldOf.get(sample) === fold;
    const learned = fitPreferenceHead(
      pairs.filter((pair) => !isHeldOut(pair)),
      prior,
      strength,
    ).weights;
    for (const pair of pairs.filter(isHeldOut)) {
      const own = bySample.get(pair.sample) ?? { pairs: 0, likelihood: 0, right: 0 };
      own.pairs += 1;
      const [after, before] = [pairMargin(pair, learned), pairMargin(pair, prior)];
      own.likelihood += logSigmoid(after) - logSigmoid(before);
      own.right += (Math.sign(after) - Math.sign(before)) / 2;
      bySample.set(pair.sample, own);
    }
  }
  const gains = [...bySample.values()];
  const gain = (part: 'likelihood' | 'right'): { value: number; interval: Interval } => {
    const value = gains.reduce((sum, own) => sum + own[part], 0) / pairs.length;
    const shares = gains.map((own) => ({ part: own[part], whole: own.pairs }));
    return { value, interval: bootstrapRatio(shares) ?? { low: value, high: value } };
  };
  const [likelihood, right] = [gain('likelihood'), gain('right')];
  return {
    logLikelihoodGain: likelihood.value,
    logLikelihoodInterval: likelihood.interval,
    accuracyGain: right.value,
    accuracyInterval: right.interval,
    pairs: pairs.length,
    samples: gains.length,
  };
}

/** Samples in random order, dealt out in turn. */
export function assignFolds(
  samples: readonly number[],
  folds: number,
  seed: number,
): ReadonlyMap<number, number> {
  const random = seededRandom(seed);
  const order = [...new Set(samples)]
    .sort((a, b) => a - b)
    .map((sample) => ({ sample, key: random() }))
    .sort((a, b) => a.key - b.key);
  return new Map(order.map(({ sample }, n) => [sample, n % folds]));
}
