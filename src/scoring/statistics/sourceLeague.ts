// A league of sources by what people chose: Bradley–Terry ratings.

import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Lead, RatedSource, SourceLeague } from '../../sample/statistics';
import { ratableSources } from './connectedSources';
import { waldInterval, Z_95 } from './interval';
import { sigmoid } from './logistic';

/** Two answers of different sources to one prompt, as a person put them. */
export interface SourceComparison {
  readonly sample: number;
  readonly a: string;
  readonly b: string;
  /** 1: a is better; 0: b is; 0.5: tied */
  readonly result: 0 | 0.5 | 1;
}

/** Rating points per unit of log-odds. */
const POINTS = 400 / Math.log(10);
const MEAN_RATING = 1000;
const MAX_STEPS = 100;

/**
 * Maximum likelihood of P(a over b) = sigmoid(θa − θb) (R. A. Bradley, M. E. Terry, Biometrika 39,
 * 1952), a tie as half a win for both, by Newton's method. Intervals are Wald's around the mean of the
 * rated sources, from the observed information; where pairs of one sample agree with each other more
 * than chance has it, from the variance of the score over samples (sandwich), as a ranking of four
 * answers is less than six independent choices.
 */
export function sourceLeague(comparisons: readonly SourceComparison[]): SourceLeague {
  const between = comparisons.filter(({ a, b }) => a !== b);
  const { rated: names, unrated } = ratableSources(winsOf(between));
  const places = new Map(names.map((name, n) => [name, n]));
  const games = between.flatMap(({ sample, a, b, result }): Game[] => {
    const [first, second] = [places.get(a), places.get(b)];
    return first === undefined || second === undefined
      ? []
      : [{ sample, a: first, b: second, result }];
  });
  if (names.length === 0) {
    return { rated: [], unrated, comparisons: between.length };
  }
  const strengths = fit(games, names.length);
  const covariance = covarianceOf(games, strengths);
  return {
    rated: toRated(names, games, strengths, covariance),
    unrated,
    comparisons: between.length,
  };
}

/** A comparison of rated sources by their places. */
interface Game {
  readonly sample: number;
  readonly a: number;
  readonly b: number;
  readonly result: number;
}

function winsOf(comparisons: readonly SourceComparison[]): Map<string, Map<string, number>> {
  const wins = new Map<string, Map<string, number>>();
  const add = (winner: string, loser: string, count: number): void => {
    const own = wins.get(winner) ?? new Map<string, number>();
    wins.set(winner, own.set(loser, (own.get(loser) ?? 0) + count));
  };
  for (const { a, b, result } of comparisons) {
    add(a, b, result);
    add(b, a, 1 - result);
  }
  return wins;
}

/** Log-odds by place, with mean 0. */
function fit(games: readonly Game[], count: number): readonly number[] {
  let strengths = new Array<number>(count).fill(0);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const slope = gradient(games, strengths);
    const move = inverseInformation(games, strengths).mmul(Matrix.columnVector(slope));
    const steps = move.getColumn(0);
    const largest = Math.max(...steps.map(Math.abs));
    // far from the optimum Newton's step may overshoot: no more than e in odds at once
    const scale = Math.min(1, 1 / largest);
    strengths = strengths.map((value, n) => value + scale * (steps[n] ?? 0));
    if (largest < 1e-12) {
      break;
    }
  }
  const level = strengths.reduce((sum, value) => sum + value, 0) / count;
  return strengths.map((value) => value - level);
}

/** Of the log-likelihood, by place. */
function gradient(games: readonly Game[], strengths: readonly number[]): number[] {
  const slope = new Array<number>(strengths.length).fill(0);
  for (const game of games) {
    const surprise = surpriseOf(game, strengths);
    slope[game.a] = (slope[game.a] ?? 0) + surprise;
    slope[game.b] = (slope[game.b] ?? 0) - surprise;
  }
  return slope;
}

function surpriseOf({ a, b, result }: Game, strengths: readonly number[]): number {
  return result - sigmoid((strengths[a] ?? 0) - (strengths[b] ?? 0));
}

/**
 * Pseudoinverse of the observed information, which says nothing about the mean of all: the covariance
 * of strengths around their mean.
 */
function inverseInformation(games: readonly Game[], strengths: readonly number[]): Matrix {
  const count = strengths.length;
  const information = Matrix.zeros(count, count);
  const add = (row: number, column: number, value: number): void => {
    information.set(row, column, information.get(row, column) + value);
  };
  for (const { a, b } of games) {
    const chance = sigmoid((strengths[a] ?? 0) - (strengths[b] ?? 0));
    const weight = chance * (1 - chance);
    add(a, a, weight);
    add(b, b, weight);
    add(a, b, -weight);
    add(b, a, -weight);
  }
  const level = Matrix.ones(count, count).div(count);
  const filled = Matrix.add(information, level);
  return new CholeskyDecomposition(filled).solve(Matrix.eye(count)).sub(level);
}

/** What the information says, and what the variation between samples says. */
interface Covariances {
  readonly observed: Matrix;
  readonly bySample: Matrix;
}

function covarianceOf(games: readonly Game[], strengths: readonly number[]): Covariances {
  const count = strengths.length;
  const observed = inverseInformation(games, strengths);
  const scores = new Map<number, number[]>();
  for (const game of games) {
    const score = scores.get(game.sample) ?? new Array<number>(count).fill(0);
    const surprise = surpriseOf(game, strengths);
    score[game.a] = (score[game.a] ?? 0) + surprise;
    score[game.b] = (score[game.b] ?? 0) - surprise;
    scores.set(game.sample, score);
  }
  const samples = scores.size;
  if (samples < 2) {
    return { observed, bySample: observed };
  }
  const each = new Matrix([...scores.values()]);
  const spread = each
    .transpose()
    .mmul(each)
    .mul(samples / (samples - 1));
  return { observed, bySample: observed.mmul(spread).mmul(observed) };
}

/** The larger standard error of a contrast, in log-odds. */
function errorOf(
  { observed, bySample }: Covariances,
  variance: (covariance: Matrix) => number,
): number {
  return Math.sqrt(Math.max(variance(observed), variance(bySample)));
}

function toRated(
  names: readonly string[],
  games: readonly Game[],
  strengths: readonly number[],
  covariances: Covariances,
): readonly RatedSource[] {
  const order = names
    .map((_, n) => n)
    .sort((x, y) => (strengths[y] ?? 0) - (strengths[x] ?? 0) || x - y);
  return order.map((place, n) => {
    const rating = MEAN_RATING + POINTS * (strengths[place] ?? 0);
    const error = errorOf(covariances, (matrix) => matrix.get(place, place));
    const next = order[n + 1];
    return {
      source: names[place] ?? '',
      rating,
      interval: waldInterval(rating, POINTS * error),
      comparisons: games.filter(({ a, b }) => a === place || b === place).length,
      ...(next === undefined ? {} : { lead: leadOf(place, next, strengths, covariances) }),
    };
  });
}

function leadOf(
  place: number,
  next: number,
  strengths: readonly number[],
  covariances: Covariances,
): Lead {
  const odds = (strengths[place] ?? 0) - (strengths[next] ?? 0);
  const variance = (m: Matrix): number =>
    m.get(place, place) + m.get(next, next) - 2 * m.get(place, next);
  const error = errorOf(covariances, variance);
  const chance = sigmoid(odds);
  // information that makes the error small enough, less what there is, per pair of just these two
  const wanted = (Z_95 / odds) ** 2 - 1 / error ** 2;
  return {
    points: POINTS * odds,
    interval: waldInterval(POINTS * odds, POINTS * error),
    morePairs: Math.max(0, Math.ceil(wanted / (chance * (1 - chance)))),
  };
}
