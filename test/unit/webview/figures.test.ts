// What the figures of the statistics page say, by the words of a table and a sentence.

import { expect, test } from 'vitest';
import { datasetStatistics } from '../../../src/review/datasetStatistics';
import type { JudgedSample, PersonVerdict } from '../../../src/review/judgedSamples';
import type { DatasetStatistics, StatisticsSelection } from '../../../src/sample/statistics';
import { agreementFigure } from '../../../webview/statistics/figures/agreement';
import { bestOfNFigure } from '../../../webview/statistics/figures/bestOfN';
import { lengthFigure } from '../../../webview/statistics/figures/length';
import { reliabilityFigure } from '../../../webview/statistics/figures/reliability';
import { rewardsFigure } from '../../../webview/statistics/figures/rewards';
import { sourcesFigure } from '../../../webview/statistics/figures/sources';
import { keyFigures } from '../../../webview/statistics/keyFigures';
import { seededRandom } from '../../support/random';

const FIGURES = [
  rewardsFigure,
  agreementFigure,
  reliabilityFigure,
  lengthFigure,
  bestOfNFigure,
  sourcesFigure,
];

/** Two answers to each prompt; the better reward is chosen in four of five, at any margin. */
function judged(count: number, accepted = 0): readonly JudgedSample[] {
  const random = seededRandom(6);
  return Array.from({ length: count }, (_, n) => {
    const rewards = [4 * random(), 4 * random()];
    const isFirst = (rewards[0] ?? 0) > (rewards[1] ?? 0) === n % 5 > 0;
    const placed = rewards.map((reward, c) => ({
      text: `${c}`,
      source: c === n % 2 ? 'aster' : 'birch',
      place: (c === 0) === isFirst ? 1 : 2,
      reward,
    }));
    const verdict: PersonVerdict = {
      person: 'me',
      at: '2026-11-24T08:00:00Z',
      stale: false,
      accepted: n < accepted,
      blind: false,
      placed,
    };
    const scored = placed.map(({ source, reward }) => ({
      source,
      reward,
      tokens: Math.round(20 * reward) + (n % 7),
      marks: n % 3,
    }));
    return { line: n + 1, domain: undefined, verdicts: [verdict], scored };
  });
}

function statisticsOf(
  samples: readonly JudgedSample[],
  selection: StatisticsSelection = {},
): Promise<DatasetStatistics> {
  return datasetStatistics(samples, {
    selection,
    person: 'me',
    rows: 100,
    noiseFloor: 0,
    unnamed: 'no source',
  });
}

const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

test('without verdicts and rewards every figure says what is missing', async () => {
  const statistics = await statisticsOf([]);
  expect(FIGURES.map((figure) => figure(statistics).missing)).toEqual([
    'No rewards yet',
    'Too few: 0 of 30 pairs',
    'Too few: 0 of 30 pairs',
    'Too few: 0 of 30 answers',
    'Too few: 0 of 10 samples with several scored answers',
    'Too few: 0 of 30 pairs',
  ]);
  expect(FIGURES.flatMap((figure) => figure(statistics).table.rows)).toEqual([]);
  expect(keyFigures(statistics).map(({ value, detail }) => [value, detail])).toEqual([
    ['0', 'of 100'],
    ['–', 'Too few: 0 of 30 pairs'],
    ['–', 'Too few: 0 of 30 pairs'],
    ['–', 'no rewards with lengths yet'],
    ['–', 'none known: only equal rewards are ties'],
  ]);
});

test('29 pairs are too few, 30 are enough', async () => {
  const few = await statisticsOf(judged(29));
  expect(agreementFigure(few).missing).toBeUndefined(); // its means over samples are enough
  expect(agreementFigure(few).table.rows[0]?.[1]).toBe('too few');
  expect(reliabilityFigure(few).missing).toBe('Too few: 29 of 30 pairs');
  expect(sourcesFigure(few).missing).toBe('Too few: 29 of 30 pairs');
  const enough = await statisticsOf(judged(30));
  expect(FIGURES.map((figure) => figure(enough).missing)).toEqual(FIGURES.map(() => undefined));
  expect(agreementFigure(enough).table.rows[0]?.[1]).toBe(0.8);
});

test('sentences are computed, and tables hold n and interval', async () => {
  const statistics = await statisticsOf(judged(100, 20));
  const agreement = agreementFigure(statistics);
  expect(agreement.sentence).toBe(
    'The model puts 80 of 100 pairs as you did. Lines are 95 % intervals.',
  );
  const [own, top, accepted] = agreement.table.rows;
  expect([own?.[0], own?.[1], own?.[4], own?.[5], own?.[6]]).toEqual([
    'Pairwise, own votes',
    0.8,
    0.5,
    80,
    80,
  ]);
  expect(own?.[2]).toBeLessThan(0.8);
  expect(top?.[0]).toBe('Top answer the same');
  // too few to be drawn, but in the table
  expect(accepted?.slice(0, 2)).toEqual(['Accepted orders, apart', 'too few']);

  const reliability = reliabilityFigure(statistics);
  expect(plain(reliability.sentence)).toMatch(
    /^Where the raw sigmoid says \d+ %, the higher reward was chosen in \d+ %\. With T = \d\.\d it says \d+ % there\.$/,
  );
  expect(reliability.table.rows).toHaveLength(5);
  expect(lengthFigure(statistics).sentence).toContain('Longer answers score higher.');
  expect(bestOfNFigure(statistics).sentence).toMatch(
    /^2 answers instead of one raise the reward by/,
  );
  expect(sourcesFigure(statistics).title).toBe('Sources, by one person’s verdicts');
  expect(rewardsFigure(statistics).sentence).toMatch(/^The median of .* is \d\.\d\d above that of/);
  const [reviewed, agrees] = keyFigures(statistics);
  expect(reviewed?.value).toBe('100');
  expect(agrees?.name).toBe('Model agrees with you');
  expect(plain(agrees?.value)).toBe('80.0 %');
  expect(agrees?.detail).toMatch(/^\d\d\.\d–\d\d\.\d, 80 pairs$/);
});
