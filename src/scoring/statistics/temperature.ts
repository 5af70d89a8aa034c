// How far a margin of rewards is to be trusted: P(a is chosen over b) = sigmoid((ra − rb) / T).
//
// The raw sigmoid (T = 1) of a reward model is far too confident. T is fitted on what one person, or
// some people, chose: it is theirs and this dataset's.

import type { TemperatureFit } from '../../sample/statistics';
import { CHI_SQUARED_95 } from './interval';
import { logSigmoid, sigmoid } from './logistic';
import type { JudgedPair } from './pairAgreement';

/** Halvings and Newton steps: a double has no more digits. */
const MAX_STEPS = 200;

/**
 * Maximum likelihood over β = 1 / T, which makes the problem concave; pairs that the person ties are
 * left out. The interval is the profile likelihood's (one parameter: the likelihood ratio against
 * χ²₁), which is the same for β and T. Pairs of one sample are not independent, so the ratio is
 * divided by J / H where that is above 1: the variance of the score over samples against the
 * information (C. Varin, N. Reid, D. Firth, "An overview of composite likelihood methods", Statistica
 * Sinica 21, 2011, §2.3).
 */
export function fitTemperature(pairs: readonly JudgedPair[]): TemperatureFit {
  const margins = pairs.map(({ margin }) => margin);
  const count = pairs.length;
  const notIdentified = (reason: 'noPairs' | 'separable' | 'reversed'): TemperatureFit => ({
    state: 'notIdentified',
    reason,
    pairs: count,
  });
  if (margins.every((margin) => margin === 0)) {
    return notIdentified('noPairs');
  }
  if (slopeAt(margins, 0) <= 0) {
    return notIdentified('reversed');
  }
  if (margins.every((margin) => margin >= 0)) {
    return notIdentified('separable');
  }
  const beta = rootOf((b) => slopeAt(margins, b), 0, above(margins, slopeAt));
  const best = logLikelihood(margins, beta);
  const { inflation, samples } = scoreInflation(pairs, beta);
  const allowed = (CHI_SQUARED_95 * inflation) / 2;
  // positive where β is inside the interval
  const inside = (_: readonly number[], b: number): number =>
    logLikelihood(margins, b) - best + allowed;
  const high = rootOf((b) => inside(margins, b), beta, above(margins, inside, beta));
  const low = inside(margins, 0) >= 0 ? 0 : rootOf((b) => -inside(margins, b), 0, beta);
  return {
    state: 'fitted',
    temperature: 1 / beta,
    low: 1 / high,
    high: low === 0 ? undefined : 1 / low,
    pairs: count,
    samples,
    rawLogLikelihood: logLikelihood(margins, 1) / count,
    logLikelihood: best / count,
  };
}

function logLikelihood(margins: readonly number[], beta: number): number {
  return margins.reduce((sum, margin) => sum + logSigmoid(beta * margin), 0);
}

/** Its derivative by β, which falls. */
function slopeAt(margins: readonly number[], beta: number): number {
  return margins.reduce((sum, margin) => sum + margin * sigmoid(-beta * margin), 0);
}

/** A β above `from` at which a falling function is negative. */
function above(
  margins: readonly number[],
  fall: (margins: readonly number[], beta: number) => number,
  from = 0,
): number {
  const scale = Math.max(...margins.map(Math.abs));
  let step = 1 / scale;
  while (fall(margins, from + step) >= 0) {
    step *= 2;
  }
  return from + step;
}

/** Where a function changes from positive to negative, by bisection to the last digit. */
function rootOf(fall: (beta: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) {
      break;
    }
    if (fall(middle) >= 0) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}

/** J / H, at least 1: by how much pairs of one sample say less than so many independent ones. */
function scoreInflation(
  pairs: readonly JudgedPair[],
  beta: number,
): { readonly inflation: number; readonly samples: number } {
  const scores = new Map<number, number>();
  let information = 0;
  for (const { sample, margin } of pairs) {
    const doubt = sigmoid(-beta * margin);
    scores.set(sample, (scores.get(sample) ?? 0) + margin * doubt);
    information += margin * margin * doubt * (1 - doubt);
  }
  const samples = scores.size;
  const spread = [...scores.values()].reduce((sum, score) => sum + score * score, 0);
  const corrected = samples > 1 ? (spread * samples) / (samples - 1) : information;
  return { inflation: Math.max(1, corrected / information), samples };
}
