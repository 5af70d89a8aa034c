// Simulated people whose choices follow a known law, and the intervals of what is estimated.
//
// A person ranks four answers by utility = reward / T plus Gumbel noise (Plackett–Luce), so that each
// pair follows sigmoid(margin / T), and pairs of one sample are not independent.

import { seededRandom } from '../../../src/base/seededRandom';
import type { Interval } from '../../../src/sample/statistics';
import { pairAgreement, type JudgedPair } from '../../../src/scoring/statistics/pairAgreement';
import { quantile, sorted } from '../../../src/scoring/statistics/quantile';
import { sourceLeague, type SourceComparison } from '../../../src/scoring/statistics/sourceLeague';
import { fitTemperature } from '../../../src/scoring/statistics/temperature';
import { wilsonInterval } from '../../../src/scoring/statistics/wilsonInterval';

const RUNS = 1000;
const ANSWERS = 4;
const TEMPERATURE = 2.7;
/** Log-odds of the sources; their mean is 0. */
const STRENGTHS = [0.6, 0.2, -0.2, -0.6];
const SOURCES = ['a', 'b', 'c', 'd'];

interface Coverage {
  readonly name: string;
  readonly runs: number;
  readonly held: number;
  readonly width: number;
}

type Random = () => number;

export function measure(): readonly Coverage[] {
  const random = seededRandom(2024);
  const rows: Coverage[] = [];
  for (const [share, cases] of [
    [0.71, 30],
    [0.71, 300],
    [0.95, 30],
  ] as const) {
    rows.push(
      cover(`Wilson, ${share} of ${cases}`, share, () => {
        const hits = Array.from({ length: cases }, random).filter((draw) => draw < share).length;
        return wilsonInterval(hits, cases);
      }),
    );
  }
  const truth = agreementOf(random);
  for (const samples of [15, 50, 300]) {
    rows.push(
      cover(
        `pair agreement, bootstrap over ${samples} samples of ${ANSWERS} answers`,
        truth,
        () => {
          return pairAgreement(review(samples, random))?.interval;
        },
      ),
    );
  }
  for (const samples of [15, 50, 300]) {
    rows.push(
      cover(`temperature, ${samples} samples of ${ANSWERS} answers`, TEMPERATURE, () => {
        const fit = fitTemperature(review(samples, random));
        return fit.state === 'fitted' ? { low: fit.low, high: fit.high ?? Infinity } : undefined;
      }),
      cover(`temperature, ${6 * samples} independent pairs`, TEMPERATURE, () => {
        const pairs = review(6 * samples, random, 2);
        const fit = fitTemperature(pairs);
        return fit.state === 'fitted' ? { low: fit.low, high: fit.high ?? Infinity } : undefined;
      }),
    );
  }
  const rating = 1000 + (400 / Math.log(10)) * (STRENGTHS[0] ?? 0);
  for (const samples of [15, 50, 300]) {
    rows.push(
      cover(`league, best source, ${samples} rankings of ${ANSWERS}`, rating, () =>
        ratingOf(sourceLeague(rankedSources(samples, random))),
      ),
      cover(`league, best source, ${6 * samples} independent pairs`, rating, () =>
        ratingOf(sourceLeague(pairedSources(6 * samples, random))),
      ),
    );
  }
  return rows;
}

/** Runs without an interval do not count. */
function cover(name: string, truth: number, draw: () => Interval | undefined): Coverage {
  let [runs, held] = [0, 0];
  const widths: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const interval = draw();
    if (interval !== undefined) {
      runs += 1;
      held += Number(interval.low <= truth && truth <= interval.high);
      widths.push(interval.high - interval.low);
    }
  }
  return { name, runs, held, width: quantile(sorted(widths), 0.5) };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function gumbel(random: Random): number {
  return -Math.log(-Math.log(random() || Number.MIN_VALUE));
}

/** All pairs of some samples, each ranked by one person. */
function review(samples: number, random: Random, answers = ANSWERS): JudgedPair[] {
  return Array.from({ length: samples }, (_, sample) => {
    const rewards = Array.from({ length: answers }, () => 3 * normal(random));
    const utilities = rewards.map((reward) => reward / TEMPERATURE + gumbel(random));
    return rewards.flatMap((own, i) =>
      rewards.flatMap((other, j) =>
        (utilities[i] ?? 0) > (utilities[j] ?? 0) ? [{ sample, margin: own - other }] : [],
      ),
    );
  }).flat();
}

/** The true share of pairs that the model puts right, from a great many. */
function agreementOf(random: Random): number {
  const pairs = review(200_000, random);
  return pairs.filter(({ margin }) => margin > 0).length / pairs.length;
}

function rankedSources(samples: number, random: Random): SourceComparison[] {
  return Array.from({ length: samples }, (_, sample) => {
    const utilities = STRENGTHS.map((strength) => strength + gumbel(random));
    return SOURCES.flatMap((a, i) =>
      SOURCES.slice(i + 1).map((b, n) => ({
        sample,
        a,
        b,
        result: Number((utilities[i] ?? 0) > (utilities[i + 1 + n] ?? 0)) as 0 | 1,
      })),
    );
  }).flat();
}

function pairedSources(pairs: number, random: Random): SourceComparison[] {
  return Array.from({ length: pairs }, (_, sample) => {
    const i = Math.floor(random() * SOURCES.length);
    const j = (i + 1 + Math.floor(random() * (SOURCES.length - 1))) % SOURCES.length;
    const odds = (STRENGTHS[i] ?? 0) - (STRENGTHS[j] ?? 0);
    const result = random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
    return { sample, a: SOURCES[i] ?? '', b: SOURCES[j] ?? '', result };
  });
}

function ratingOf({ rated }: ReturnType<typeof sourceLeague>): Interval | undefined {
  return rated.length === SOURCES.length
    ? rated.find(({ source }) => source === SOURCES[0])?.interval
    : undefined;
}
