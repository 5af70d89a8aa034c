// Checks: what they ask a scorer, and what they make of its rewards.

import { expect, test } from 'vitest';
import { strongestRegion, type Explanation } from '../../../src/sample/explanation';
import type { SampleScore } from '../../../src/sample/reward';
import type { Sample } from '../../../src/sample/sample';
import type { Scorer, ScoreRequest } from '../../../src/sample/scorer';
import { MeasuredScorer, ScoringRates } from '../../../src/scoring/explain/cost';
import { planCheck, runPlan } from '../../../src/scoring/explain/explain';
import { canSwapMedia, withoutMedia } from '../../../src/scoring/explain/grounding';
import { aloneRequest, type Subject } from '../../../src/scoring/explain/plan';
import { plainText } from '../../../src/scoring/explain/plainText';
import { biggestDrop } from '../../../src/scoring/explain/sentences';
import { cutToShortest } from '../../../src/scoring/explain/style';
import { LengthScorer } from '../../support/fakeScorer';
import { SAFE, sampleOf } from '../../support/samples';

const PICTURE = {
  width: 800,
  height: 400,
  padded: [1120, 560],
  grid: [1, 2],
  tokens: 100,
} as const;

async function subjectOf(
  overrides: Partial<Sample>,
  candidate = 0,
  more: Partial<Subject> = {},
): Promise<Subject & { readonly scorer: LengthScorer }> {
  const scorer = new LengthScorer();
  const request: ScoreRequest = { sample: sampleOf(overrides), mediaRoot: '/', options: SAFE };
  const alone = await scorer.score(aloneRequest(request, candidate));
  const media = request.sample.images.map((path) => ({ ...PICTURE, path }));
  const own = { ...alone, media, tokens: { prefix: 140, tails: [20], texts: [10] } };
  scorer.requests.length = 0;
  return { request, candidate, own, noiseFloor: 0, scorer, ...more };
}

const texts = (request: ScoreRequest | undefined): string[] =>
  request?.sample.candidates.map(({ text }) => text) ?? [];

test('the sentence curve is one request, and ends at the answer’s own reward', async () => {
  const text = 'One. **Two.** Three.';
  const subject = await subjectOf({ candidates: [{ text: 'x' }, { text }] }, 1);
  const plan = planCheck('sentences', subject);
  expect(plan?.requests.map(texts)).toEqual([['One.', 'One. **Two.**', text]]);
  // 4 + 13 + 20 of 20 characters, in tails of 20 tokens
  expect(plan?.work).toEqual({ vision: 0, prefix: 140, tail: 37 });
  const progress: string[] = [];
  const found =
    plan && (await runPlan(plan, subject.scorer, (done, of) => progress.push(`${done}/${of}`)));
  expect(found).toEqual({
    check: 'sentences',
    own: { reward: 20 },
    steps: [
      { start: 0, end: 4, reward: 4 },
      { start: 4, end: 13, reward: 13 },
      { start: 13, end: 20, reward: 20 },
    ],
  });
  expect(progress).toEqual(['1/3', '2/3', '3/3', '3/3']);
  expect(planCheck('sentences', await subjectOf({ candidates: [{ text: ' ' }] }))).toBeUndefined();
});

test('the biggest drop counts only above noise and a tenth of the range', () => {
  const drop = (rewards: (number | null)[], noise = 0) =>
    biggestDrop(
      rewards.map((reward) => ({ reward })),
      noise,
    );
  expect(drop([1, 3, 0, 2])).toEqual({ sentence: 2, change: -3, isMarked: true });
  expect(drop([1, 3, 0, 2], 3.5)).toMatchObject({ sentence: 2, isMarked: false });
  expect(drop([0, 10, 9.5, 12])).toMatchObject({ sentence: 2, isMarked: false });
  expect(drop([0, 1, 2])).toBeUndefined();
  expect(drop([4])).toBeUndefined();
  // what has no reward has no step either
  expect(drop([5, null, 0])).toBeUndefined();
});

test('without media their places in the prompt go as well', async () => {
  const marked = sampleOf({
    messages: [
      {
        role: 'user',
        content: 'Image1 <ImageHere>; Image2 <ImageHere>; Which is <ImageHere>\nred?',
      },
    ],
    images: ['a.png', 'b.png', 'c.png'],
  });
  expect(withoutMedia(marked)).toMatchObject({
    messages: [{ content: 'Which is red?' }],
    images: [],
    videos: [],
  });
  const other = sampleOf({ id: 'other', images: ['b.png'] });
  const subject = await subjectOf({ images: ['a.png'] }, 0, { other });
  const plan = planCheck('grounding', subject);
  expect(plan?.requests.map(({ sample }) => sample.images)).toEqual([[], ['b.png']]);
  expect(plan?.requests.map(({ sample }) => sample.id)).toEqual(['a', 'a']);
  expect(plan?.work).toEqual({ vision: 100, prefix: 180, tail: 40 });
  expect(plan && (await runPlan(plan, subject.scorer))).toEqual({
    check: 'grounding',
    own: { reward: 5 },
    without: { reward: 5 },
    other: { id: 'other', reward: 5 },
  });
  expect(planCheck('grounding', await subjectOf({}))).toBeUndefined();
  expect(canSwapMedia(subject.request.sample, other)).toBe(true);
  expect(canSwapMedia(subject.request.sample, subject.request.sample)).toBe(false);
  expect(canSwapMedia(marked, other)).toBe(false);
});

test('style: the bare words, and no more than the shortest answer has', async () => {
  const bold = '**Four** of them, as I count.';
  const subject = await subjectOf({
    candidates: [{ text: bold }, { text: '' }, { text: 'It is 4.' }],
  });
  const plan = planCheck('style', subject);
  expect(plan?.requests.map(texts)).toEqual([['Four of them, as I count.', '**Four**']]);
  expect(plan && (await runPlan(plan, subject.scorer))).toEqual({
    check: 'style',
    own: { reward: bold.length },
    plain: { reward: 25 },
    short: { reward: 8, characters: 8, candidate: 2 },
  });
  expect(cutToShortest([{ text: 'abcdef' }, { text: 'ab' }], 0)?.text).toBe('ab');
  expect(cutToShortest([{ text: 'one two three' }, { text: 'one t' }], 0)?.text).toBe('one');
  expect(cutToShortest([{ text: 'one' }, { text: 'one two' }], 0)).toBeUndefined();
  expect(planCheck('style', await subjectOf({ candidates: [{ text: 'One.' }] }))).toBeUndefined();
});

test('markdown becomes its words', () => {
  expect(plainText('Just\nwords.\n\nTwo *  three.')).toBeUndefined();
  expect(
    plainText(
      '# Head\n\n- **a** `b`\n- [c](http://d)\n\n| e | f |\n|---|---|\n| g | $h$ |\n\n```js\ni;\n```',
    ),
  ).toBe('Head\na b\nc\ne f\ng h\ni;');
});

test('a picture is covered part by part, in about square parts', async () => {
  const subject = await subjectOf({ images: ['a.png', 'b.png'] });
  const plan = planCheck('occlusion', subject, 1);
  expect(plan?.requests).toHaveLength(32);
  expect(plan?.requests[9]?.covered).toEqual({
    image: 1,
    region: { left: 1 / 8, top: 1 / 4, right: 2 / 8, bottom: 2 / 4 },
  });
  expect(plan?.work).toEqual({ vision: 3200, prefix: 4480, tail: 640 });
  const map = plan && (await runPlan(plan, subject.scorer));
  expect(map).toMatchObject({ check: 'occlusion', image: 1, rows: 4, columns: 8 });
  expect(planCheck('occlusion', subject, 2)).toBeUndefined();
  expect(planCheck('occlusion', await subjectOf({ videos: ['a.mp4'] }))).toBeUndefined();
});

test('the strongest region moves the reward most, either way', () => {
  const region = { left: 0, top: 0, right: 1, bottom: 1 };
  const map = (...rewards: (number | null)[]): Extract<Explanation, { check: 'occlusion' }> => ({
    check: 'occlusion',
    own: { reward: 1 },
    image: 0,
    rows: 1,
    columns: rewards.length,
    regions: rewards.map((reward) => ({ ...region, reward })),
  });
  expect(strongestRegion(map(0.5, null, 4, -1))).toBe(2);
  expect(strongestRegion(map(null))).toBeUndefined();
});

test('a plan stops when it is cancelled, and a fault stands in the result', async () => {
  const controller = new AbortController();
  const subject = await subjectOf({ images: ['a.png'] });
  const plan = planCheck('occlusion', subject);
  const stop = (done: number): void => {
    if (done === 3) {
      controller.abort();
    }
  };
  await expect(
    plan && runPlan(plan, subject.scorer, stop, controller.signal),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(subject.scorer.requests).toHaveLength(3);

  const error = { code: 'MEDIA_UNREADABLE', message: 'gone' } as const;
  const failing: Scorer = {
    score: async (request) => {
      const score = await subject.scorer.score(request);
      return { ...score, rewards: score.rewards.map(() => null), error };
    },
  };
  const grounding = planCheck('grounding', subject);
  expect(grounding && (await runPlan(grounding, failing))).toMatchObject({
    without: { reward: null, error },
  });
});

test('costs come from what the last runs measured, never from a cache', async () => {
  const rates = new ScoringRates();
  const work = { vision: 0, prefix: 100, tail: 10 };
  expect(rates.estimateSeconds(work)).toBeUndefined();
  const measured = (cached: boolean): SampleScore => ({
    rewards: [1],
    errors: [],
    tokens: { prefix: 200, tails: [20], texts: [10] },
    media: [{ ...PICTURE, path: 'a.png' }],
    timing: {
      msVision: 1000,
      msPrefix: cached ? 0 : 400,
      msTails: [cached ? 0 : 100],
      cached: { vision: cached, prefix: cached },
    },
  });
  const scores = [measured(true), measured(false)];
  const scorer = new MeasuredScorer(
    { score: () => Promise.resolve(scores.shift() ?? measured(true)) },
    rates,
  );
  const request = { sample: sampleOf(), mediaRoot: '/', options: SAFE };
  await scorer.score(request);
  expect(rates.estimateSeconds(work)).toBeUndefined();
  await scorer.score(request);
  // 2 ms a token of the prompt, 5 of a tail, 10 of a picture
  expect(rates.estimateSeconds(work)).toBeCloseTo(0.25);
  expect(rates.estimateSeconds({ ...work, vision: 100 })).toBeCloseTo(1.25);
  rates.forget();
  expect(rates.estimateSeconds(work)).toBeUndefined();
});
