// A reward head learned from a person's pairs, near the one that the model has.

import { logSigmoid, sigmoid } from './logistic';

/** Features of the chosen answer minus those of the rejected one. */
export interface FeaturePair {
  /** names the sample: pairs of one sample are not independent */
  readonly sample: number;
  readonly difference: Float64Array;
}

export interface HeadFit {
  readonly weights: Float64Array;
  /** of the penalised loss, at the weights */
  readonly loss: number;
  /** largest slope that is left; near 0 at the optimum */
  readonly slope: number;
}

const MAX_NEWTON_STEPS = 100;
const MAX_INNER_STEPS = 500;
/** Of slopes, against that at the prior. */
const TOLERANCE = 1e-12;

/**
 * Minimises Σ −log sigmoid(w · xᵢ) + strength / 2 · |w − prior|², the Bradley–Terry loss with a
 * quadratic pull towards given weights. Strictly convex: Newton's method with conjugate gradients for
 * its steps (J. Nocedal, S. J. Wright, "Numerical Optimization", 2006, algorithm 7.1), so that no
 * matrix of features by features is held.
 * @param prior where the weights stay without pairs, such as the model's own head
 * @param strength of the pull, above 0
 * @throws RangeError when a pair has other features than the prior, or the strength is not above 0
 */
export function fitPreferenceHead(
  pairs: readonly FeaturePair[],
  prior: Float64Array,
  strength: number,
): HeadFit {
  if (!(strength > 0) || pairs.some(({ difference }) => difference.length !== prior.length)) {
    throw new RangeError('features must be as many as weights, and the strength above 0');
  }
  let weights = Float64Array.from(prior);
  let loss = lossAt(pairs, prior, strength, weights);
  let slope = slopeAt(pairs, prior, strength, weights);
  const enough = TOLERANCE * Math.max(1, largest(slope));
  for (let step = 0; step < MAX_NEWTON_STEPS && largest(slope) > enough; step += 1) {
    const move = newtonStep(pairs, strength, weights, slope);
    const falls = dot(move, slope);
    let share = 1;
    let next = moved(weights, move, share);
    let nextLoss = lossAt(pairs, prior, strength, next);
    // Armijo's condition; near the optimum losses no longer differ in a double
    while (nextLoss > loss + 1e-4 * share * falls && share > 1e-8) {
      share /= 2;
      next = moved(weights, move, share);
      nextLoss = lossAt(pairs, prior, strength, next);
    }
    weights = next;
    loss = nextLoss;
    slope = slopeAt(pairs, prior, strength, weights);
  }
  return { weights, loss, slope: largest(slope) };
}

/** By how much the head puts the chosen answer above the rejected one: w · x. */
export function pairMargin({ difference }: FeaturePair, weights: Float64Array): number {
  return dot(difference, weights);
}

function lossAt(
  pairs: readonly FeaturePair[],
  prior: Float64Array,
  strength: number,
  weights: Float64Array,
): number {
  let pull = 0;
  for (const [n, weight] of weights.entries()) {
    pull += (weight - (prior[n] ?? 0)) ** 2;
  }
  return pairs.reduce(
    (sum, pair) => sum - logSigmoid(pairMargin(pair, weights)),
    (strength / 2) * pull,
  );
}

function slopeAt(
  pairs: readonly FeaturePair[],
  prior: Float64Array,
  strength: number,
  weights: Float64Array,
): Float64Array {
  const slope = weights.map((weight, n) => strength * (weight - (prior[n] ?? 0)));
  for (const { difference } of pairs) {
    addScaled(slope, difference, -sigmoid(-dot(difference, weights)));
  }
  return slope;
}

/** Solves Hessian · step = −slope by conjugate gradients. */
function newtonStep(
  pairs: readonly FeaturePair[],
  strength: number,
  weights: Float64Array,
  slope: Float64Array,
): Float64Array {
  const curvatures = pairs.map(({ difference }) => {
    const chance = sigmoid(dot(difference, weights));
    return chance * (1 - chance);
  });
  const timesHessian = (vector: Float64Array): Float64Array => {
    const product = vector.map((value) => strength * value);
    for (const [n, { difference }] of pairs.entries()) {
      addScaled(product, difference, (curvatures[n] ?? 0) * dot(difference, vector));
    }
    return product;
  };
  const step = new Float64Array(slope.length);
  const rest = slope.map((value) => -value);
  let direction = Float64Array.from(rest);
  let square = dot(rest, rest);
  const enough = 1e-24 * square;
  for (let inner = 0; inner < MAX_INNER_STEPS && square > enough; inner += 1) {
    const product = timesHessian(direction);
    const share = square / dot(direction, product);
    addScaled(step, direction, share);
    addScaled(rest, product, -share);
    const next = dot(rest, rest);
    const turn = next / square;
    direction = direction.map((value, n) => (rest[n] ?? 0) + turn * value);
    square = next;
  }
  return step;
}

function moved(from: Float64Array, move: Float64Array, share: number): Float64Array<ArrayBuffer> {
  const to = Float64Array.from(from);
  addScaled(to, move, share);
  return to;
}

function addScaled(into: Float64Array, vector: Float64Array, factor: number): void {
  for (let n = 0; n < into.length; n += 1) {
    into[n] = (into[n] ?? 0) + factor * (vector[n] ?? 0);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n += 1) {
    sum += (a[n] ?? 0) * (b[n] ?? 0);
  }
  return sum;
}

function largest(vector: Float64Array): number {
  return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
