// A score head that learns from people's pairs, and its worth on prompts that it has not seen.

import { AppError } from '../base/errors';
import { floatsFromBase64 } from '../node/base64Floats';
import type { HeadFitFacts, HeldOutGain, LearnSettings } from '../sample/headFacts';
import { crossValidateHead } from './statistics/headValidation';
import { fitPreferenceHead, type FeaturePair } from './statistics/preferenceHead';

export interface LearnedHead {
  readonly weights: Float32Array;
  readonly fit: Omit<HeadFitFacts, 'dataSha256' | 'options'>;
  readonly heldOut: HeldOutGain;
}

/** Of one prompt: the features of two answers, in base64, the preferred one first. */
export interface AnswerFeatures {
  readonly sample: number;
  readonly chosen: string;
  readonly rejected: string;
}

export function featurePair({ sample, chosen, rejected }: AnswerFeatures): FeaturePair {
  const [better, worse] = [floatsFromBase64(chosen), floatsFromBase64(rejected)];
  return { sample, difference: Float64Array.from(better, (value, n) => value - (worse[n] ?? 0)) };
}

/**
 * Fits the head to all pairs, and says what heads that were fitted to a part of them are worth on the
 * rest.
 * @param published the head that the model comes with: the fit stays near it
 * @param pause called between fits, which may take seconds; what it throws ends the work
 * @throws AppError `TOO_FEW_PAIRS` with fewer prompts than folds, or where the model can't tell answers
 */
export async function learnHead(
  pairs: readonly FeaturePair[],
  published: Float32Array,
  { l2, folds, seed }: LearnSettings,
  pause: () => Promise<void>,
): Promise<LearnedHead> {
  const strength = l2 * meanSquare(pairs);
  if (!(strength > 0)) {
    throw new AppError('TOO_FEW_PAIRS', 'no pair whose answers differ for the model');
  }
  const prior = Float64Array.from(published);
  const heldOut = await crossValidateHead(pairs, prior, strength, { folds, seed }, pause);
  if (heldOut === undefined) {
    const prompts = new Set(pairs.map(({ sample }) => sample)).size;
    throw new AppError(
      'TOO_FEW_PAIRS',
      `${pairs.length} pairs of ${prompts} prompts: ${folds} folds need as many prompts`,
      { count: prompts, needed: folds, of: 'prompts' },
    );
  }
  await pause();
  const { weights } = fitPreferenceHead(pairs, prior, strength);
  return {
    weights: Float32Array.from(weights),
    fit: { pairs: pairs.length, samples: heldOut.samples, l2, strength, folds, seed },
    heldOut,
  };
}

function meanSquare(pairs: readonly FeaturePair[]): number {
  const sum = pairs.reduce(
    (total, { difference }) => difference.reduce((square, value) => square + value ** 2, total),
    0,
  );
  return pairs.length === 0 ? 0 : sum / pairs.length;
}
