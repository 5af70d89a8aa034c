// Heads learned from pairs: gains that are there are found, gains that are not are not claimed.

import path from 'node:path';
import { expect, test } from 'vitest';
import { floatsToBase64 } from '../../../src/node/base64Floats';
import { BlobCache } from '../../../src/node/blobCache';
import { DEFAULT_LEARN_SETTINGS } from '../../../src/sample/headFacts';
import type { SampleFeatures } from '../../../src/sample/reward';
import { DEFAULT_SCORE_OPTIONS, type ScoreRequest } from '../../../src/sample/scorer';
import { CachedFeatures } from '../../../src/scoring/cachedFeatures';
import { featurePair, learnHead, type AnswerFeatures } from '../../../src/scoring/learnHead';
import { tempFolder } from '../../support/paths';
import { seededRandom } from '../../support/random';
import { sampleOf } from '../../support/samples';

const WIDTH = 24;
const pause = (): Promise<void> => Promise.resolve();

/** Pairs of people who want the second feature; the published head looks at the first one. */
function pairs(count: number, scale = 1, random = seededRandom(5)): AnswerFeatures[] {
  const answer = (): Float32Array =>
    Float32Array.from({ length: WIDTH }, () => scale * (random() + random() - 1));
  return Array.from({ length: count }, (_, sample) => {
    const [a, b] = [answer(), answer()];
    const [chosen, rejected] = (a[1] ?? 0) > (b[1] ?? 0) ? [a, b] : [b, a];
    return { sample, chosen: floatsToBase64(chosen), rejected: floatsToBase64(rejected) };
  });
}

const published = (scale = 1): Float32Array =>
  Float32Array.from({ length: WIDTH }, (_, n) => (n === 0 ? 1 / scale : 0));

test('learns what people want, and the interval of the gain is above 0', async () => {
  const { weights, fit, heldOut } = await learnHead(
    pairs(300).map(featurePair),
    published(),
    DEFAULT_LEARN_SETTINGS,
    pause,
  );
  expect(heldOut.accuracyInterval.low).toBeGreaterThan(0.2);
  expect(heldOut.fittedAccuracy).toBeGreaterThan(0.85);
  expect(heldOut.publishedAccuracy).toBeLessThan(0.6);
  expect([fit.pairs, fit.samples]).toEqual([300, 300]);
  expect(Math.max(...weights)).toBe(weights[1]);
});

test('the pull means the same whatever the size of the features', async () => {
  const of = (scale: number) =>
    learnHead(pairs(100, scale).map(featurePair), published(scale), DEFAULT_LEARN_SETTINGS, pause);
  const [small, large] = [await of(1), await of(64)];
  expect(large.heldOut).toEqual({
    ...small.heldOut,
    logLikelihoodGain: expect.closeTo(small.heldOut.logLikelihoodGain, 5) as number,
    logLikelihoodInterval: expect.anything() as object,
  });
  expect(64 * (large.weights[1] ?? 0)).toBeCloseTo(small.weights[1] ?? 0, 4);
});

test('a strong pull leaves the published head', async () => {
  const settings = { ...DEFAULT_LEARN_SETTINGS, l2: 1e9 };
  const { weights } = await learnHead(pairs(50).map(featurePair), published(), settings, pause);
  expect(weights[0]).toBeCloseTo(1, 5);
  expect(Math.abs(weights[1] ?? 1)).toBeLessThan(1e-5);
});

test('too few prompts, and answers that the model can’t tell, are said', async () => {
  const learn = (own: readonly AnswerFeatures[]) =>
    learnHead(own.map(featurePair), published(), DEFAULT_LEARN_SETTINGS, pause);
  await expect(learn([])).rejects.toMatchObject({ code: 'TOO_FEW_PAIRS' });
  await expect(learn(pairs(4))).rejects.toThrow('4 pairs of 4 prompts: 5 folds');
  const same = pairs(9).map((pair) => ({ ...pair, rejected: pair.chosen }));
  await expect(learn(same)).rejects.toMatchObject({ code: 'TOO_FEW_PAIRS' });
});

test('work ends between fits when somebody asks for it', async () => {
  let fits = 0;
  const stop = (): Promise<void> => {
    fits += 1;
    return fits === 3 ? Promise.reject(new Error('enough')) : Promise.resolve();
  };
  const work = learnHead(pairs(40).map(featurePair), published(), DEFAULT_LEARN_SETTINGS, stop);
  await expect(work).rejects.toThrow('enough');
  expect(fits).toBe(3);
});

test('features are asked for once; other options, devices and texts are other features', async () => {
  const asked: string[] = [];
  const inner = {
    features: ({ sample }: ScoreRequest): Promise<SampleFeatures> => {
      asked.push(...sample.candidates.map(({ text }) => text));
      const features = sample.candidates.map(({ text }) =>
        text === 'bad' ? null : floatsToBase64(Float32Array.of(text.length)),
      );
      const errors = features.flatMap((found, candidate) =>
        found === null ? [{ candidate, code: 'TOO_LONG' as const, message: 'too long' }] : [],
      );
      return Promise.resolve({ features, errors, computedOn: 'cpu' });
    },
  };
  const blobs = new BlobCache(path.join(tempFolder(), 'features'), 1e6, (error) => {
    throw error;
  });
  const ask = (texts: readonly string[], more: object = {}, device = 'cpu') =>
    new CachedFeatures(inner, blobs, 'a-model', device).features({
      sample: sampleOf({ candidates: texts.map((text) => ({ text })) }),
      mediaRoot: '/',
      options: { ...DEFAULT_SCORE_OPTIONS, ...more },
    });
  const first = await ask(['one', 'bad', 'three']);
  expect(first.errors).toMatchObject([{ candidate: 1 }]);
  const again = await ask(['three', 'bad', 'four!', 'one']);
  expect(again.features).toEqual([first.features[2], null, expect.any(String), first.features[0]]);
  expect(again.errors).toMatchObject([{ candidate: 1 }]);
  expect(asked).toEqual(['one', 'bad', 'three', 'bad', 'four!']);
  // a head changes no features
  await ask(['one'], { head: { id: 'x', model: 'a-model', weights: '' } });
  expect(asked).toHaveLength(5);
  await ask(['one'], { compat: 'reference' });
  expect(asked).toHaveLength(6);
  // the device gave up while it worked: nothing is kept under its name
  await ask(['one'], {}, 'webgpu');
  await ask(['one'], {}, 'webgpu');
  expect(asked).toHaveLength(8);
});
