// What is shared between candidates, samples and runs changes how long it takes, never a reward.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import type { Precision } from '../../../src/model/convert/storage';
import { RewardModel } from '../../../src/model/rewardModel';
import { BlobCache } from '../../../src/node/blobCache';
import type { Sample } from '../../../src/sample/sample';
import { FeatureCache } from '../../../src/scoring/featureCache';
import type { ModelScorer } from '../../../src/scoring/modelScorer';
import { PrefixCache, prefixKey } from '../../../src/scoring/prefixCache';
import { localScorer } from '../../support/localScorer';
import { FIXTURES, tempFolder, TINY_CHECKPOINT } from '../../support/paths';
import { seededRandom } from '../../support/random';
import { SAFE, sampleOf } from '../../support/samples';

const mediaRoot = path.join(FIXTURES, 'images');

function featuresIn(folder: string): FeatureCache {
  const blobs = new BlobCache(folder, 1e9, (error) => {
    throw error;
  });
  return new FeatureCache(blobs);
}

async function loadIn(precision: Precision, threads: number): Promise<RewardModel> {
  const outFolder = tempFolder();
  await convertCheckpoint(
    {
      checkpointFolder: TINY_CHECKPOINT,
      outFolder,
      precision,
      converter: 'test',
      quantiser: LOCAL_QUANTISER,
    },
    () => undefined,
  );
  return RewardModel.load(outFolder, { threads });
}

const WORDS = [
  'red',
  'two',
  '\n',
  'ß',
  '你好',
  '  ',
  '.',
  '</s>',
  '**bold**',
  '\u202e',
  'x'.repeat(40),
];

/** Seeded sets of candidates; one in eight has a picture, of three, so that prefixes come again. */
function drawSets(seed: number, count: number): Sample[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const text = (most: number): string =>
    Array.from({ length: below(most) }, () => WORDS[below(WORDS.length)]).join(' ');
  return Array.from({ length: count }, (_, n) =>
    sampleOf({
      id: `set-${n}`,
      line: n + 1,
      messages: [{ role: 'user', content: `${text(30)}?` }],
      images: below(8) === 0 ? [['tiny.png', 'grey.png', 'strip.png'][below(3)] ?? ''] : [],
      hdNum: 1,
      candidates: Array.from({ length: 1 + below(5) }, () => ({ text: text(25) })),
    }),
  );
}

async function rewardsOf(scorer: ModelScorer, sample: Sample): Promise<readonly (number | null)[]> {
  const { rewards, error } = await scorer.score({ sample, mediaRoot, options: SAFE });
  expect(error).toBeUndefined();
  return rewards;
}

// threads of tiny operators cost more than they save: most sets have one
describe.each([
  ['fp32', 1, 200],
  ['int8', 1, 200],
  ['int4', 1, 200],
  ['fp32', 2, 40],
  ['int8', 2, 40],
  ['int4', 2, 40],
] as const)('%s with threads: %i', (precision, threads, count) => {
  let model: RewardModel;
  let again: RewardModel;

  beforeAll(async () => {
    model = await loadIn(precision, threads);
    again = await loadIn(precision, threads);
  });

  afterAll(async () => {
    await model.release();
    await again.release();
  });

  test(`${count} random sets: bit-identical together, alone, permuted, cached or not, and after a restart`, async () => {
    const folder = tempFolder();
    const scorer = localScorer(model, featuresIn(folder));
    // another session over the same weights, which finds what the first one stored
    const restarted = localScorer(again, featuresIn(folder));
    const random = seededRandom(99);
    for (const sample of drawSets(7, count)) {
      const together = await rewardsOf(scorer, sample);
      expect(together).not.toContain(null);
      const { candidates } = sample;
      const order = candidates.map((_, n) => n).sort(() => random() - 0.5);
      const permuted = order.map((n) => candidates[n] ?? { text: '' });
      // from here on the prefix is in memory
      const shuffled = await rewardsOf(scorer, { ...sample, candidates: permuted });
      expect(shuffled).toEqual(order.map((n) => together[n]));
      const one = Math.floor(random() * candidates.length);
      const alone = { ...sample, candidates: candidates.slice(one, one + 1) };
      expect(await rewardsOf(restarted, alone)).toEqual([together[one]]);
      // nothing kept at all
      expect(await rewardsOf(localScorer(again), alone)).toEqual([together[one]]);
    }
  }, 240_000);
});

describe('what is kept', () => {
  let model: RewardModel;

  beforeAll(async () => {
    model = await loadIn('fp32', 1);
  });

  afterAll(() => model.release());

  const request = (overrides: Partial<Sample>) => ({
    sample: sampleOf({ images: ['tiny.png'], ...overrides }),
    mediaRoot,
    options: SAFE,
  });

  test('an edited candidate costs one tail: prefix and picture are known', async () => {
    const scorer = localScorer(model);
    const first = await scorer.score(request({}));
    expect(first.timing.cached).toEqual({ vision: false, prefix: false });
    const edited = await scorer.score(request({ candidates: [{ text: 'Something new.' }] }));
    expect(edited.timing.cached).toEqual({ vision: true, prefix: true });
    expect(edited.timing.msTails).toHaveLength(1);
    // another prompt about the same picture
    const messages = [{ role: 'user' as const, content: 'And now?' }];
    const other = await scorer.score(request({ messages }));
    expect(other.timing.cached).toEqual({ vision: true, prefix: false });
    const { timing } = await scorer.score(request({ images: ['grey.png'] }));
    expect(timing.cached).toEqual({ vision: false, prefix: false });
  });

  test('rows on disk serve another process, by content, tiles and model only', async () => {
    const folder = tempFolder();
    const first = await localScorer(model, featuresIn(folder)).score(request({ hdNum: 9 }));
    expect(fs.readdirSync(folder)).toHaveLength(1);
    const cachedVision = async (overrides: Partial<Sample>, root = mediaRoot): Promise<boolean> => {
      const scorer = localScorer(model, featuresIn(folder));
      const score = await scorer.score({ ...request(overrides), mediaRoot: root });
      expect(score.error).toBeUndefined();
      return score.timing.cached.vision;
    };
    expect(await cachedVision({ hdNum: 9 })).toBe(true);
    expect(await cachedVision({ hdNum: 8 })).toBe(false);
    const elsewhere = tempFolder();
    fs.copyFileSync(path.join(mediaRoot, 'tiny.png'), path.join(elsewhere, 'other.png'));
    expect(await cachedVision({ hdNum: 9, images: ['other.png'] }, elsewhere)).toBe(true);
    // the same name, another content
    fs.copyFileSync(path.join(mediaRoot, 'grey.png'), path.join(elsewhere, 'other.png'));
    expect(await cachedVision({ hdNum: 9, images: ['other.png'] }, elsewhere)).toBe(false);
    const copy = localScorer(model, featuresIn(folder));
    const facts = await copy.score({ ...request({ hdNum: 9 }) });
    expect(facts.media).toEqual(first.media);
    expect(facts.rewards).toEqual(first.rewards);
  });

  test('a stored blob of another form is computed anew', async () => {
    const folder = tempFolder();
    const first = await localScorer(model, featuresIn(folder)).score(request({}));
    const blobs = new BlobCache(folder, 1e9, () => undefined);
    const [name = ''] = fs.readdirSync(folder);
    for (const parts of [[Uint8Array.of(1)], [Uint8Array.of(9, 0, 0, 0)], [new Uint8Array(500)]]) {
      await blobs.write(name.replace('.blob', ''), parts);
      const { rewards, timing } = await localScorer(model, featuresIn(folder)).score(request({}));
      expect(rewards).toEqual(first.rewards);
      expect(timing.cached.vision).toBe(false);
    }
  });

  test('prefixes stay within their budget, a large one alone', async () => {
    const state = (length: number) => ({ length, past: {} });
    const cache = new PrefixCache(10, 100);
    cache.set('a', state(4));
    cache.set('b', state(4));
    expect(cache.get('a')?.length).toBe(4);
    cache.makeRoom(5);
    expect([cache.get('a')?.length, cache.get('b')]).toEqual([4, undefined]);
    cache.set('large', state(50));
    expect([cache.get('a'), cache.get('large')?.length]).toEqual([undefined, 50]);
    cache.makeRoom(1);
    expect(cache.get('large')).toBeUndefined();
    cache.set('c', state(1));
    cache.clear();
    expect(cache.get('c')).toBeUndefined();
  });

  test('the key of a prefix tells ids, media and their lengths apart', () => {
    const keys = [
      prefixKey([1, 2, 3], []),
      prefixKey([1, 23], []),
      prefixKey([1, { media: 0, tokens: 5 }, 3], ['x']),
      prefixKey([1, { media: 0, tokens: 5 }, 3], ['y']),
      prefixKey([1, { media: 0, tokens: 6 }, 3], ['x']),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(prefixKey([1, { media: 1, tokens: 5 }, 3], ['y', 'x'])).toBe(keys[2]);
  });
});
