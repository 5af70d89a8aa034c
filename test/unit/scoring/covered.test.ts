// A part of a picture that is hidden from the model, and that never mixes with the whole picture.

import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { RewardModel } from '../../../src/model/rewardModel';
import { BlobCache } from '../../../src/node/blobCache';
import type { ScoreRequest } from '../../../src/sample/scorer';
import { FeatureCache } from '../../../src/scoring/featureCache';
import { promptKey } from '../../../src/scoring/rewardCache';
import { coverRegion } from '../../../src/vision/coverRegion';
import { localScorer } from '../../support/localScorer';
import { tempFolder, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

const featuresIn = (folder: string): FeatureCache =>
  new FeatureCache(
    new BlobCache(folder, 10_000_000, (error) => {
      throw error;
    }),
  );

const HALF = { left: 0, top: 0, right: 0.5, bottom: 1 };

test('a region takes the mean colour of the picture', () => {
  const image = {
    width: 4,
    height: 1,
    data: new Uint8Array([0, 0, 8, 0, 0, 8, 40, 4, 8, 40, 4, 8]),
  };
  const covered = coverRegion(image, HALF);
  expect([...covered.data]).toEqual([20, 2, 8, 20, 2, 8, 40, 4, 8, 40, 4, 8]);
  expect(image.data[0]).toBe(0);
});

test('a covered picture gives the reward of a file that looks so, under a key of its own', async () => {
  const folder = tempFolder();
  const [width, height] = [60, 40];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, n) => (n * 7) % 251);
  const save = (name: string, pixels: Uint8Array): Promise<unknown> =>
    sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(path.join(folder, name));
  await save('whole.png', data);
  await save('half.png', coverRegion({ width, height, data }, HALF).data);
  const requestFor = (image: string): ScoreRequest => ({
    sample: sampleOf({ images: [image] }),
    mediaRoot: folder,
    options: SAFE,
  });
  const whole = requestFor('whole.png');
  const covered: ScoreRequest = { ...whole, covered: { image: 0, region: HALF } };

  const model = await RewardModel.load(TINY_MODEL, { threads: 1 });
  const features = featuresIn(path.join(folder, 'features'));
  const scorer = localScorer(model, features);
  const before = await scorer.score(whole);
  const hidden = await scorer.score(covered);
  const file = await scorer.score(requestFor('half.png'));
  // rows of the covered picture are not stored: a new scorer computes them again, the whole one’s not
  const again = localScorer(model, features);
  const later = [await again.score(covered), await again.score(whole)];
  scorer.release();
  again.release();
  await model.release();

  expect(hidden.rewards).toEqual(file.rewards);
  expect(hidden.rewards).not.toEqual(before.rewards);
  expect(later.map(({ rewards }) => rewards)).toEqual([hidden.rewards, before.rewards]);
  expect(later.map(({ timing }) => timing.cached.vision)).toEqual([false, true]);

  const keys = [
    await promptKey(whole, 'm'),
    await promptKey(covered, 'm'),
    await promptKey({ ...whole, covered: { image: 0, region: { ...HALF, right: 0.25 } } }, 'm'),
  ];
  expect(new Set(keys).size).toBe(3);
});
