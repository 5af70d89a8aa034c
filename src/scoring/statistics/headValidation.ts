// What a learned head is worth on samples that it has not seen.

import { seededRandom } from '../../base/seededRandom';
import type { HeldOutGain } from '../../sample/headFacts';
import type { Interval } from '../../sample/statistics';
import { bootstrapRatio } from './bootstrapInterval';
import { logSigmoid } from './logistic';
import { fitPreferenceHead, pairMargin, type FeaturePair } from './preferenceHead';

export interface Folds {
  readonly folds: number;
  readonly seed: number;
}

/**
 * Cross-validates by sample: all pairs of a sample are in one fold, so that no prompt is both learned
 * and tested. Intervals are bootstraps over samples of the held-out gains.
 * @param pause called before each fit, which may take seconds; what it throws ends the work
 * @returns `undefined` with fewer samples than folds
 */
export async function crossValidateHead(
  pairs: readonly FeaturePair[],
  prior: Float64Array,
  strength: number,
  { folds, seed }: Folds,
  pause: () => Promise<void>,
): Promise<HeldOutGain | undefined> {
  const foldOf = assignFolds(
    pairs.map(({ sample }) => sample),
    folds,
    seed,
  );
  if (foldOf.size < folds) {
    return undefined;
  }
  const bySample = new Map<number, HeldOutSum>();
  for (let fold = 0; fold < folds; fold += 1) {
    await pause();
    const isHeldOut = ({ sample }: FeaturePair): boolean => foldOf.get(sample) === fold;
    const learned = fitPreferenceHead(
      pairs.filter((pair) => !isHeldOut(pair)),
      prior,
      strength,
    ).weights;
    for (const pair of pairs.filter(isHeldOut)) {
      const own = bySample.get(pair.sample) ?? { ...NOTHING };
      own.pairs += 1;
      const [after, before] = [pairMargin(pair, learned), pairMargin(pair, prior)];
      own.likelihood += logSigmoid(after) - logSigmoid(before);
      own.published += (1 + Math.sign(before)) / 2;
      own.fitted += (1 + Math.sign(after)) / 2;
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
  const share = (part: 'published' | 'fitted'): number =>
    gains.reduce((sum, own) => sum + own[part], 0) / pairs.length;
  return {
    pairs: pairs.length,
    samples: gains.length,
    publishedAccuracy: share('published'),
    fittedAccuracy: share('fitted'),
    logLikelihoodGain: likelihood.value,
    logLikelihoodInterval: likelihood.interval,
    accuracyGain: right.value,
    accuracyInterval: right.interval,
  };
}

/** Over the held-out pairs of one sample. */
interface HeldOutSum {
  pairs: number;
  likelihood: number;
  right: number;
  published: number;
  fitted: number;
}

const NOTHING: HeldOutSum = { pairs: 0, likelihood: 0, right: 0, published: 0, fitted: 0 };

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
