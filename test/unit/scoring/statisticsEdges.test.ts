// What statistics say where there is little or nothing to say, and of ties: by hand.

import { expect, test } from 'vitest';
import { bestOfNCurve } from '../../../src/scoring/statistics/bestOfN';
import { bootstrapMean } from '../../../src/scoring/statistics/bootstrapInterval';
import { cohenKappa } from '../../../src/scoring/statistics/cohenKappa';
import {
  centredBySample,
  pearson,
  spearmanBySample,
} from '../../../src/scoring/statistics/correlation';
import { assignFolds, crossValidateHead } from '../../../src/scoring/statistics/headValidation';
import { rewardHistograms } from '../../../src/scoring/statistics/histogram';
import { kendallTauB } from '../../../src/scoring/statistics/kendallTau';
import { controlForLength, localRegression } from '../../../src/scoring/statistics/localRegression';
import { markCount, markdownMarks } from '../../../src/scoring/statistics/markdownMarks';
import { pairAgreement } from '../../../src/scoring/statistics/pairAgreement';
import {
  fitPreferenceHead,
  type FeaturePair,
} from '../../../src/scoring/statistics/preferenceHead';
import { reliabilityBins } from '../../../src/scoring/statistics/reliability';
import { sourceLeague } from '../../../src/scoring/statistics/sourceLeague';
import { fitTemperature } from '../../../src/scoring/statistics/temperature';
import { topAgreement, topChoice } from '../../../src/scoring/statistics/topAgreement';
import { wilsonInterval } from '../../../src/scoring/statistics/wilsonInterval';
import { seededRandom } from '../../support/random';

const pairs = (...margins: number[]): { sample: number; margin: number }[] =>
  margins.map((margin, sample) => ({ sample, margin }));

test('Wilson refuses what is no share', () => {
  for (const [k, n] of [
    [1, 0],
    [-1, 2],
    [3, 2],
    [Number.NaN, 2],
  ] as const) {
    expect(() => wilsonInterval(k, n)).toThrow(RangeError);
  }
});

test('pair agreement: ties of the model count half, from the noise floor on', () => {
  expect(pairAgreement([])).toBeUndefined();
  expect(pairAgreement(pairs(1, -1, 0.02, 0))).toMatchObject({
    value: 2.5 / 4,
    pairs: 4,
    samples: 4,
    modelTies: 1,
  });
  expect(pairAgreement(pairs(1, -1, 0.02, 0), 0.05)).toMatchObject({ value: 0.5, modelTies: 2 });
});

test('pair agreement: where all samples say the same, the interval counts samples, not pairs', () => {
  const same = [0, 0, 0, 1, 1, 1].map((sample) => ({ sample, margin: 1 }));
  expect(pairAgreement(same)).toMatchObject({ value: 1, interval: wilsonInterval(2, 2), pairs: 6 });
});

test('pair agreement: doubled pairs of the same samples do not narrow the interval', () => {
  const random = seededRandom(3);
  const once = Array.from({ length: 60 }, (_, sample) => ({
    sample,
    margin: random() < 0.7 ? 1 : -1,
  }));
  const doubled = [...once, ...once];
  expect(pairAgreement(doubled)?.interval).toEqual(pairAgreement(once)?.interval);
});

test('the bootstrap needs two samples, and gives the same twice', () => {
  expect(bootstrapMean([3])).toBeUndefined();
  expect(bootstrapMean([3, 3, 3])).toBeUndefined();
  expect(bootstrapMean([1, 2, 3, 4])).toEqual(bootstrapMean([1, 2, 3, 4]));
});

test('Kendall and Pearson have no value where a list does not vary', () => {
  expect(kendallTauB([1, 1, 1], [1, 2, 3])).toBeUndefined();
  expect(pearson([1, 1, 1], [1, 2, 3])).toBeUndefined();
  expect(pearson([], [])).toBeUndefined();
  expect(kendallTauB([1, 2, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(6), 12);
});

test('top answer: ties on both sides', () => {
  expect(topChoice(7, [1, 2, 3], [1, 2, 3])).toEqual({ sample: 7, hit: 1, chance: 1 / 3 });
  expect(topChoice(7, [1, 2, 3], [2, 1, 3])).toEqual({ sample: 7, hit: 0, chance: 1 / 3 });
  expect(topChoice(7, [1, 1, 2], [2, 1, 3])).toEqual({ sample: 7, hit: 1, chance: 2 / 3 });
  expect(topChoice(7, [1, 2, 3], [1, 1, 2])).toEqual({ sample: 7, hit: 0.5, chance: 1 / 3 });
  expect(topChoice(7, [1, 1], [1, 2])).toBeUndefined();
  expect(topAgreement([])).toBeUndefined();
  const all = topAgreement([
    { sample: 1, hit: 1, chance: 0.25 },
    { sample: 2, hit: 0, chance: 0.75 },
  ]);
  expect(all).toEqual({
    value: 0.5,
    interval: wilsonInterval(1, 2),
    chance: 0.5,
    verdicts: 2,
    samples: 2,
  });
  // two people on one sample are not two samples
  const both = topAgreement(
    [1, 1, 2, 2].map((sample) => ({ sample, hit: 2 - sample, chance: 0.5 })),
  );
  expect(both).toMatchObject({ value: 0.5, verdicts: 4, samples: 2 });
  expect(both?.interval).toEqual({ low: 0, high: 1 });
});

test('κ has no value where chance alone agrees', () => {
  expect(cohenKappa([[5, 0], [0, 0]])).toBeUndefined(); // prettier-ignore
  expect(cohenKappa([])).toBeUndefined();
});

test('temperature is not identified: a value with the reason, never infinite', () => {
  expect(fitTemperature([])).toMatchObject({ state: 'notIdentified', reason: 'noPairs' });
  expect(fitTemperature(pairs(0, 0))).toMatchObject({ reason: 'noPairs', pairs: 2 });
  expect(fitTemperature(pairs(1, 2, 0))).toMatchObject({ reason: 'separable' });
  expect(fitTemperature(pairs(-1, -2))).toMatchObject({ reason: 'reversed' });
  expect(fitTemperature(pairs(-1, 1))).toMatchObject({ reason: 'reversed' });
});

test('temperature by hand: three of four follow a margin of one, so e^β = 3', () => {
  const fit = fitTemperature(pairs(1, 1, 1, -1));
  expect(fit).toMatchObject({ state: 'fitted', high: undefined, pairs: 4, samples: 4 });
  expect(fit.state === 'fitted' && fit.temperature).toBeCloseTo(1 / Math.log(3), 12);
});

test('temperature: pairs that repeat within samples widen the interval', () => {
  const random = seededRandom(5);
  const once = Array.from({ length: 200 }, (_, sample) => {
    const margin = 6 * random() - 3;
    return { sample, margin: random() < 1 / (1 + Math.exp(-margin / 2)) ? margin : -margin };
  });
  const four = Array.from({ length: 800 }, (_, n) => ({
    sample: n % 200,
    margin: once[n % 200]?.margin ?? 0,
  }));
  const [narrow, wide] = [fitTemperature(once), fitTemperature(four)];
  if (narrow.state !== 'fitted' || wide.state !== 'fitted') {
    throw new Error('not fitted');
  }
  expect(wide.temperature).toBeCloseTo(narrow.temperature, 9);
  expect(wide.low).toBeCloseTo(narrow.low, 1);
  expect(wide.high).toBeCloseTo(narrow.high ?? 0, 1);
});

test('reliability: bins hold as many pairs, few pairs make none', () => {
  expect(reliabilityBins(pairs(1, 2, -3), 1)).toEqual([]);
  const many = Array.from({ length: 60 }, (_, sample) => ({
    sample,
    margin: sample % 3 === 0 ? -(sample + 1) : sample + 1,
  }));
  const bins = reliabilityBins(many, undefined);
  expect(bins.map((bin) => bin.pairs)).toEqual([15, 15, 15, 15]);
  expect(bins[0]).toMatchObject({
    agreed: 10 / 15,
    margins: { low: 1, high: 15 },
    scaled: undefined,
  });
  expect(reliabilityBins(many, 10)[0]?.scaled).toBeLessThan(bins[0]?.raw ?? 0);
});

test('local regression: a straight line stays one, points on one spot give their mean', () => {
  const x = Array.from({ length: 40 }, (_, n) => n);
  const line = localRegression(x, x.map((n) => 3 * n - 7), [0, 10.5, 39]); // prettier-ignore
  for (const [n, value] of [-7, 24.5, 110].entries()) {
    expect(line[n]).toBeCloseTo(value, 9);
  }
  expect(localRegression([5, 5, 5], [1, 2, 6], [5])[0]).toBeCloseTo(3, 12);
  expect(controlForLength([8], [2]).rewards).toEqual([2]);
});

test('length control takes a trend away, of many lengths too', () => {
  const random = seededRandom(9);
  const lengths = Array.from({ length: 3000 }, () => Math.round(random() * 2000));
  const rewards = lengths.map((length) => length / 200 + random());
  const controlled = controlForLength(lengths, rewards).rewards;
  expect(pearson(lengths, rewards)).toBeGreaterThan(0.98);
  expect(Math.abs(pearson(lengths, controlled) ?? 1)).toBeLessThan(0.05);
});

test('correlation by sample: the interval holds the value, differences within samples are seen', () => {
  const random = seededRandom(11);
  const samples = Array.from({ length: 200 }, (_, n) => n >> 2);
  const levels = Array.from({ length: 50 }, () => random());
  const lengths = samples.map((sample) => 500 * (levels[sample] ?? 0) + 50 * random());
  // between samples longer is better, within a sample it is not
  const rewards = samples.map((sample, n) => 9 * (levels[sample] ?? 0) - (lengths[n] ?? 0) / 400);
  const all = spearmanBySample(lengths, rewards, samples);
  expect(all?.value).toBeGreaterThan(0.8);
  expect(all?.interval?.low).toBeLessThan(all?.value ?? 0);
  expect(all?.interval?.high).toBeGreaterThan(all?.value ?? 2);
  const within = pearson(centredBySample(lengths, samples), centredBySample(rewards, samples));
  expect(within).toBeCloseTo(-1, 9);
  expect(spearmanBySample([1, 1], [1, 2], [0, 1])).toBeUndefined();
});

test('best of n: gains over samples that reach as far', () => {
  expect(bestOfNCurve([])).toEqual([]);
  expect(bestOfNCurve([{ rewards: [1], controlled: [1] }])).toEqual([]);
  const curve = bestOfNCurve([
    { rewards: [0, 1, 2], controlled: [0, 0, 0] },
    { rewards: [4, 2, 0], controlled: [0, 2, 4] },
    { rewards: [5, 9], controlled: [0, 0] },
  ]);
  expect(curve.map(({ n, samples }) => [n, samples])).toEqual([
    [1, 2],
    [2, 2],
    [3, 2],
  ]);
  // best of two of 0, 1, 2: (1 + 2 + 2) / 3 − 1; of 0, 2, 4 twice that
  expect(curve[1]?.gain).toBeCloseTo((2 / 3 + 4 / 3) / 2, 12);
  expect(curve[2]?.gain).toBeCloseTo(1.5, 12);
  expect(curve[2]?.controlledGain).toBeCloseTo(-1, 12);
});

test('histograms: the same round bins for all, every answer in one', () => {
  const found = rewardHistograms(
    new Map([
      ['a', Array.from({ length: 200 }, (_, n) => n / 20 - 3)],
      ['b', [0, 0, 4]],
    ]),
  );
  expect(found.sources.map(({ source, answers }) => [source, answers])).toEqual([
    ['a', 200],
    ['b', 3],
  ]);
  for (const { counts, answers } of found.sources) {
    expect(counts).toHaveLength(found.edges.length - 1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answers);
  }
  expect(found.sources[1]).toMatchObject({ median: 0, min: 0, max: 4 });
  expect(rewardHistograms(new Map([['a', [2, 2]]])).edges).toEqual([1.5, 2.5]);
});

test('marks of markdown, none inside code', () => {
  const text = [
    '# Title',
    '- one **bold** and __more__',
    '  2. two',
    '```md',
    '# no',
    '- no **no**',
    '```',
    '#hashtag, 3 * 4 * 5',
    '~~~',
    '- never closed',
  ].join('\n');
  const marks = markdownMarks(text);
  expect(marks).toEqual({ headings: 1, listItems: 2, bold: 2 });
  expect(markCount(marks)).toBe(5);
  expect(markdownMarks('\n```\n'.repeat(20_000))).toEqual({ headings: 0, listItems: 0, bold: 0 });
});

test('league: what always wins, always loses or was not compared has no rating, and a reason', () => {
  const games = (
    [
      ['b', 'c', 1],
      ['b', 'c', 0],
      ['c', 'd', 1],
      ['d', 'b', 0.5],
      ['top', 'b', 1],
      ['d', 'last', 1],
      ['x', 'y', 0.5],
    ] as const
  ).map(([a, b, result], sample) => ({ sample, a, b, result }));
  const { rated, unrated, comparisons } = sourceLeague(games);
  expect(rated.map(({ source }) => source).sort()).toEqual(['b', 'c', 'd']);
  expect(unrated).toEqual([
    { source: 'last', reason: 'alwaysLoses' },
    { source: 'top', reason: 'alwaysWins' },
    { source: 'x', reason: 'notCompared' },
    { source: 'y', reason: 'notCompared' },
  ]);
  expect(comparisons).toBe(7);
  expect(rated.reduce((sum, { rating }) => sum + rating, 0) / 3).toBeCloseTo(1000, 9);
  expect(sourceLeague([])).toEqual({ rated: [], unrated: [], comparisons: 0 });
  const alone = sourceLeague([{ sample: 0, a: 'p', b: 'q', result: 1 }]);
  expect(alone.rated).toEqual([]);
  expect(alone.unrated.map(({ reason }) => reason)).toEqual(['separable', 'separable']);
});

test('league by hand: three wins to one are odds of three', () => {
  const results = [1, 1, 1, 0] as const;
  const games = results.map((result, sample) => ({ sample, a: 'a', b: 'b', result }));
  const { rated } = sourceLeague([...games, { sample: 9, a: 'a', b: 'a', result: 1 }]);
  const lead = (400 * Math.log(3)) / Math.log(10);
  expect(rated[0]?.rating).toBeCloseTo(1000 + lead / 2, 9);
  expect(rated[0]?.lead?.points).toBeCloseTo(lead, 9);
  expect(rated[0]?.lead?.morePairs).toBeGreaterThan(10);
  expect(rated[0]?.comparisons).toBe(4);
  const settled = sourceLeague(
    Array.from({ length: 400 }, (_, sample) => ({
      sample,
      a: 'a',
      b: 'b',
      result: sample % 4 === 0 ? 0 : 1,
    })),
  );
  expect(settled.rated[0]?.lead?.morePairs).toBe(0);
});

test('learned head: without pairs it is the prior; folds keep samples whole; gains are held out', async () => {
  const prior = Float64Array.from([1, -1]);
  expect([...fitPreferenceHead([], prior, 1).weights]).toEqual([1, -1]);
  expect(() => fitPreferenceHead([], prior, 0)).toThrow(RangeError);
  const folds = assignFolds([4, 4, 7, 9, 9, 1], 2, 1);
  expect(folds.size).toBe(4);
  expect([...folds.values()].filter((fold) => fold === 0)).toHaveLength(2);
  const validate = (pairs: readonly FeaturePair[], head = prior) =>
    crossValidateHead(pairs, head, 1, { folds: 5, seed: 7 }, () => Promise.resolve());
  expect(await validate([])).toBeUndefined();

  const random = seededRandom(2);
  const normal = (): number => random() + random() + random() - 1.5;
  const draw = (truth: readonly number[]) =>
    Array.from({ length: 400 }, (_, n) => {
      const x = [normal(), normal()];
      const margin = 6 * ((x[0] ?? 0) * (truth[0] ?? 0) + (x[1] ?? 0) * (truth[1] ?? 0));
      const sign = random() < 1 / (1 + Math.exp(-margin)) ? 1 : -1;
      return { sample: n >> 1, difference: Float64Array.from(x, (value) => sign * value) };
    });
  // people want the opposite of what the prior says of the second feature
  const better = await validate(draw([1, 1]));
  expect(better?.publishedAccuracy).toBeLessThan(better?.fittedAccuracy ?? 0);
  expect((better?.fittedAccuracy ?? 0) - (better?.publishedAccuracy ?? 0)).toBeCloseTo(
    better?.accuracyGain ?? 0,
  );
  expect(better?.logLikelihoodInterval.low).toBeGreaterThan(0);
  expect(better?.accuracyInterval.low).toBeGreaterThan(0);
  expect([better?.pairs, better?.samples]).toEqual([400, 200]);
  // features that say nothing: what is learned does not help
  const useless = await validate(draw([0, 0]), Float64Array.from([0, 0]));
  expect(useless?.logLikelihoodGain).toBeLessThan(0.001);
});

test('learned head: fewer pairs than features take another way to the same head', () => {
  const random = seededRandom(9);
  const few = Array.from({ length: 30 }, (_, sample) => ({
    sample,
    difference: Float64Array.from({ length: 6 }, () => 20 * (random() - 0.45)),
  }));
  const prior = Float64Array.from([1, -1, 0, 0, 2, 0]);
  // features that are 0 everywhere change nothing but the number of features
  const padded = few.map(({ sample, difference }) => {
    const wide = new Float64Array(40);
    wide.set(difference);
    return { sample, difference: wide };
  });
  const widePrior = new Float64Array(40);
  widePrior.set(prior);
  for (const strength of [0.01, 1, 300]) {
    const narrow = fitPreferenceHead(few, prior, strength);
    const wide = fitPreferenceHead(padded, widePrior, strength);
    expect(Math.abs(wide.loss - narrow.loss)).toBeLessThan(1e-9);
    expect(wide.slope).toBeLessThan(1e-8);
    for (const [n, weight] of wide.weights.entries()) {
      expect(Math.abs(weight - (narrow.weights[n] ?? 0))).toBeLessThan(1e-7);
    }
  }
});
