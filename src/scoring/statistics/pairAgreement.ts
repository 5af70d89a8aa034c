// How often one judge puts two answers in the order in which another one puts them.

import type { PairAgreement } from '../../sample/statistics';
import { bootstrapRatio } from './bootstrapInterval';
import { wilsonInterval } from './wilsonInterval';

/** Two answers to one prompt that a person has put in an order. */
export interface JudgedPair {
  /** names the sample: pairs of one sample are not independent */
  readonly sample: number;
  /** reward of the better one minus reward of the worse one */
  readonly margin: number;
}

/**
 * The share of a person's pairs that the model puts the same way ("pairwise accuracy"). Pairs that
 * the person ties are none; pairs that the model ties count half, as a coin would decide them.
 * The interval is a bootstrap over samples. Where every sample says the same there is nothing to
 * resample: then it is Wilson's, over samples instead of pairs.
 * @param noiseFloor smaller margins are ties
 * @returns `undefined` without pairs
 */
export function pairAgreement(
  pairs: readonly JudgedPair[],
  noiseFloor = 0,
): PairAgreement | undefined {
  const bySample = new Map<number, { part: number; whole: number }>();
  let modelTies = 0;
  for (const { sample, margin } of pairs) {
    const isTie = isModelTie(margin, noiseFloor);
    const share = bySample.get(sample) ?? { part: 0, whole: 0 };
    share.part += isTie ? 0.5 : Number(margin > 0);
    share.whole += 1;
    bySample.set(sample, share);
    modelTies += Number(isTie);
  }
  const shares = [...bySample.values()];
  const whole = pairs.length;
  if (whole === 0) {
    return undefined;
  }
  const value = shares.reduce((sum, { part }) => sum + part, 0) / whole;
  const isUniform = shares.every((share) => share.part / share.whole === value);
  const resampled = isUniform ? undefined : bootstrapRatio(shares);
  return {
    value,
    interval: resampled ?? wilsonInterval(value * shares.length, shares.length),
    pairs: whole,
    samples: shares.length,
    modelTies,
  };
}

/** The model tells two answers apart by a margin only from its noise floor on. */
export function isModelTie(margin: number, noiseFloor: number): boolean {
  return margin === 0 || Math.abs(margin) < noiseFloor;
}
