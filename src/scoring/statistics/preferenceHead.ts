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
/** Steps are worked out this closely at first, and as much closer as the slope falls. */
const LOOSE = 0.1;
/** Where a step is the difference of large numbers; every one of them costs little there. */
const CLOSE = 1e-12;
/** Of slopes, against that at the prior. */
const TOLERANCE = 1e-12;

/**
 * Minimises Σ −log sigmoid(w · xᵢ) + strength / 2 · |w − prior|², the Bradley–Terry loss with a
 * quadratic pull towards given weights. Strictly convex: Newton's method with conjugate gradients for
 * its steps (J. Nocedal, S. J. Wright, "Numerical Optimization", 2006, algorithm 7.1), so that no
 * matrix of features by features is held; with fewer pairs than features, one of pairs by pairs.
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
  const first = Math.max(Number.MIN_VALUE, largest(slope));
  const enough = TOLERANCE * Math.max(1, first);
  const gram = pairs.length < prior.length ? gramOf(pairs) : undefined;
  for (let step = 0; step < MAX_NEWTON_STEPS && largest(slope) > enough; step += 1) {
    const closeness = Math.min(LOOSE, largest(slope) / first) * LOOSE;
    const move = newtonStep(pairs, strength, weights, slope, { closeness, gram });
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
    const nextSlope = slopeAt(pairs, prior, strength, next);
    if (nextLoss >= loss && largest(nextSlope) > largest(slope) / 2) {
      break; // what is left is rounding
    }
    weights = next;
    loss = nextLoss;
    slope = nextSlope;
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

/**
 * Solves (strength + Xᵀ C X) step = −slope, X having a row for each pair and C its curvature on the
 * diagonal, as closely as is of use so far from the optimum.
 * @param closeness of the residual, as a share of the slope
 */
function newtonStep(
  pairs: readonly FeaturePair[],
  strength: number,
  weights: Float64Array,
  slope: Float64Array,
  { closeness, gram }: { readonly closeness: number; readonly gram: Gram | undefined },
): Float64Array {
  const roots = Float64Array.from(pairs, ({ difference }) => {
    const chance = sigmoid(dot(difference, weights));
    return Math.sqrt(chance * (1 - chance));
  });
  const right = slope.map((value) => -value);
  if (gram === undefined) {
    const timesHessian = (vector: Float64Array): Float64Array => {
      const product = vector.map((value) => strength * value);
      for (const [n, { difference }] of pairs.entries()) {
        addScaled(product, difference, (roots[n] ?? 0) ** 2 * dot(difference, vector));
      }
      return product;
    };
    return conjugateGradients(timesHessian, right, closeness);
  }
  // with the roots R of C: step = (right − Xᵀ R z) / strength, (strength + R X Xᵀ R) z = R X right
  const timesInner = (vector: Float64Array): Float64Array => {
    const scaled = vector.map((value, n) => value * (roots[n] ?? 0));
    return Float64Array.from(
      gram,
      (row, n) => strength * (vector[n] ?? 0) + (roots[n] ?? 0) * dot(row, scaled),
    );
  };
  const inner = Float64Array.from(pairs, ({ difference }, n) => {
    return (roots[n] ?? 0) * dot(difference, right);
  });
  const z = conjugateGradients(timesInner, inner, CLOSE);
  const step = Float64Array.from(right);
  for (const [n, { difference }] of pairs.entries()) {
    addScaled(step, difference, -(roots[n] ?? 0) * (z[n] ?? 0));
  }
  return step.map((value) => value / strength);
}

/** X Xᵀ: products of pairs with each other, row by row. */
type Gram = readonly Float64Array[];

/** Cheaper to go through where pairs are fewer than features. */
function gramOf(pairs: readonly FeaturePair[]): Gram {
  const rows = pairs.map(() => new Float64Array(pairs.length));
  for (const [n, { difference }] of pairs.entries()) {
    for (let m = 0; m <= n; m += 1) {
      const product = dot(difference, pairs[m]?.difference ?? difference);
      rows[n]?.set([product], m);
      rows[m]?.set([product], n);
    }
  }
  return rows;
}

/** Solves times(x) = right, `times` being symmetric and positive definite. */
function conjugateGradients(
  times: (vector: Float64Array) => Float64Array,
  right: Float64Array,
  closeness: number,
): Float64Array {
  const found = new Float64Array(right.length);
  const rest = Float64Array.from(right);
  let direction = Float64Array.from(rest);
  let square = dot(rest, rest);
  const enough = closeness ** 2 * square;
  for (let inner = 0; inner < MAX_INNER_STEPS && square > enough; inner += 1) {
    const product = times(direction);
    const share = square / dot(direction, product);
    addScaled(found, direction, share);
    addScaled(rest, product, -share);
    const next = dot(rest, rest);
    const turn = next / square;
    direction = direction.map((value, n) => (rest[n] ?? 0) + turn * value);
    square = next;
  }
  return found;
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
