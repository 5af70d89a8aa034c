// How often one judge puts two answers in the order in which another one puts them.

import type { PairAgreement } from '../../sample/statistics';
import { bootstrapRatio, bySample } from './bootstrapInterval';
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
  const isTie = (margin: number): boolean => margin === 0 || Math.abs(margin) < noiseFloor;
  const shares = bySample(
    pairs.map(({ sample, margin }) => ({
      sample,
      value: isTie(margin) ? 0.5 : Number(margin > 0),
    })),
  );
  const whole = pairs.length;
  if (whole === 0) {
    return undefined;
  }
  const value = shares.reduce((sum, { part }) => sum + part, 0) / whole;
  return {
    value,
    interval: bootstrapRatio(shares) ?? wilsonInterval(value * shares.length, shares.length),
    pairs: whole,
    samples: shares.length,
    modelTies: pairs.filter(({ margin }) => isTie(margin)).length,
  };
}
