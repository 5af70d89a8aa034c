// Statistics against SciPy, statsmodels and scikit-learn: test/consumers/statistics_oracle.py.

import path from 'node:path';
import { expect, test } from 'vitest';
import { expectedOfBest } from '../../../src/scoring/statistics/bestOfN';
import {
  callTable,
  cohenKappa,
  pairKappa,
  type CallPairs,
} from '../../../src/scoring/statistics/cohenKappa';
import { pearson, spearman } from '../../../src/scoring/statistics/correlation';
import { CHI_SQUARED_95, Z_95 } from '../../../src/scoring/statistics/interval';
import { kendallTauB } from '../../../src/scoring/statistics/kendallTau';
import { controlForLength, localRegression } from '../../../src/scoring/statistics/localRegression';
import { fitPreferenceHead } from '../../../src/scoring/statistics/preferenceHead';
import { quantile, sorted } from '../../../src/scoring/statistics/quantile';
import { sourceLeague, type SourceComparison } from '../../../src/scoring/statistics/sourceLeague';
import { fitTemperature } from '../../../src/scoring/statistics/temperature';
import { wilsonInterval } from '../../../src/scoring/statistics/wilsonInterval';
import { readJson, ROOT } from '../../support/paths';

interface Oracle {
  readonly normal975: number;
  readonly chiSquared95: number;
  readonly wilson: readonly Record<'successes' | 'cases' | 'low' | 'high', number>[];
  readonly kendall: readonly { a: number[]; b: number[]; tau: number | null }[];
  readonly kappa: { table: number[][]; kappa: number; pairs: CallPairs; pairKappa: number };
  readonly temperature: { samples: number[]; margins: number[] } & Record<
    'temperature' | 'low' | 'high' | 'logLikelihood' | 'rawLogLikelihood',
    number
  >;
  readonly localRegression: {
    x: number[];
    y: number[];
    fits: { span: number; fitted: number[] }[];
  };
  readonly correlation: { x: number[]; y: number[]; pearson: number; spearman: number };
  readonly bestOfN: {
    rewards: number[];
    values: number[];
    expected: { n: number; reward: number; value: number }[];
  };
  readonly league: {
    comparisons: SourceComparison[];
    ratings: Record<string, number>;
    observedErrors: Record<string, number>;
  };
  readonly head: {
    prior: number[];
    strength: number;
    pairs: number[][];
    weights: number[];
    loss: number;
  };
  readonly quantile: { values: number[]; shares: number[]; quantiles: number[] };
}

const oracle = readJson(path.join(ROOT, 'test/fixtures/statistics.json')) as Oracle;

/** Digits of closed forms and of fits. */
const [CLOSED, FITTED] = [9, 6];

function expectClose(found: readonly number[], wanted: readonly number[], digits: number): void {
  expect(found).toHaveLength(wanted.length);
  for (const [n, value] of wanted.entries()) {
    expect(found[n]).toBeCloseTo(value, digits);
  }
}

test('quantiles of the normal and of χ²', () => {
  expect(Z_95).toBeCloseTo(oracle.normal975, 12);
  expect(CHI_SQUARED_95).toBeCloseTo(oracle.chiSquared95, 12);
});

test.each(oracle.wilson)('Wilson: $successes of $cases', ({ successes, cases, low, high }) => {
  const found = wilsonInterval(successes, cases);
  expectClose([found.low, found.high], [low, high], CLOSED);
});

test('quantiles of lists', () => {
  const { values, shares, quantiles } = oracle.quantile;
  const found = shares.map((share) => quantile(sorted(values), share));
  expectClose(found, quantiles, CLOSED);
});

test.each(oracle.kendall)('Kendall τ-b of $a and $b', ({ a, b, tau }) => {
  if (tau === null) {
    expect(kendallTauB(a, b)).toBeUndefined();
  } else {
    expect(kendallTauB(a, b)).toBeCloseTo(tau, CLOSED);
  }
});

test('Cohen κ: of a table, and of pairs both ways round', () => {
  const { table, kappa, pairs, pairKappa: wanted } = oracle.kappa;
  expect(cohenKappa(table)).toBeCloseTo(kappa, CLOSED);
  expect(pairKappa([callTable(pairs.slice(0, 30)), callTable(pairs.slice(30))])).toBeCloseTo(
    wanted,
    CLOSED,
  );
});

test('Pearson and Spearman with ties', () => {
  const { x, y, pearson: r, spearman: rho } = oracle.correlation;
  expect(pearson(x, y)).toBeCloseTo(r, CLOSED);
  expect(spearman(x, y)).toBeCloseTo(rho, CLOSED);
});

test('best of n against all subsets', () => {
  const { rewards, values, expected } = oracle.bestOfN;
  for (const { n, reward, value } of expected) {
    expect(expectedOfBest(rewards, rewards, n)).toBeCloseTo(reward, CLOSED);
    expect(expectedOfBest(rewards, values, n)).toBeCloseTo(value, CLOSED);
  }
});

test('temperature with its interval', () => {
  const { samples, margins, ...wanted } = oracle.temperature;
  const fit = fitTemperature(margins.map((margin, n) => ({ sample: samples[n] ?? 0, margin })));
  if (fit.state !== 'fitted') {
    throw new Error(fit.reason);
  }
  expect([fit.pairs, fit.samples]).toEqual([240, 60]);
  const { temperature, low, high, logLikelihood, rawLogLikelihood } = fit;
  expectClose(
    [temperature, low, high ?? Number.NaN, logLikelihood, rawLogLikelihood],
    [wanted.temperature, wanted.low, wanted.high, wanted.logLikelihood, wanted.rawLogLikelihood],
    FITTED,
  );
});

test.each(oracle.localRegression.fits)('local regression, span $span', ({ span, fitted }) => {
  const { x, y } = oracle.localRegression;
  expectClose(localRegression(x, y, x, span), fitted, FITTED);
  // with a knot at every length the line between them is not needed
  const controlled = controlForLength(x, y, span);
  const level = y.reduce((sum, value) => sum + value, 0) / y.length;
  const wanted = y.map((value, n) => value - (fitted[n] ?? 0) + level);
  expectClose(controlled.rewards, wanted, FITTED);
});

test('source league: ratings, and errors from the observed information', () => {
  const { comparisons, ratings, observedErrors } = oracle.league;
  // pairs of samples of their own: the sandwich may only widen
  const { rated, unrated } = sourceLeague(comparisons);
  expect(unrated).toEqual([]);
  expect(rated.map(({ source }) => source)).toEqual(
    Object.keys(ratings).sort((a, b) => (ratings[b] ?? 0) - (ratings[a] ?? 0)),
  );
  for (const { source, rating, interval } of rated) {
    expect(rating).toBeCloseTo(ratings[source] ?? 0, FITTED);
    const error = (interval.high - rating) / Z_95;
    expect(error).toBeGreaterThan((observedErrors[source] ?? 0) - 1e-6);
    expect(error).toBeLessThan(1.25 * (observedErrors[source] ?? 0));
  }
  // one sample has no variation between samples: the information alone
  const inOne = sourceLeague(comparisons.map((each) => ({ ...each, sample: 0 })));
  for (const { source, rating, interval } of inOne.rated) {
    expect((interval.high - rating) / Z_95).toBeCloseTo(observedErrors[source] ?? 0, FITTED);
  }
});

test('learned head', () => {
  const { prior, strength, pairs, weights, loss } = oracle.head;
  const found = fitPreferenceHead(
    pairs.map((difference, sample) => ({ sample, difference: Float64Array.from(difference) })),
    Float64Array.from(prior),
    strength,
  );
  expectClose([...found.weights], weights, FITTED);
  expect(found.loss).toBeCloseTo(loss, CLOSED);
  expect(found.slope).toBeLessThan(1e-9);
});
