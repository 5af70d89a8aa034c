// The features that a score head multiplies, in every form of the decoder.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/decoder';
import { decoderSource, readGraph } from '../../../src/model/graphVariant';
import { GRAPH_NAMES, readManifest } from '../../../src/model/manifest';
import { headWeights, withFeatures } from '../../../src/model/onnx/scoreHead';
import { openSession, type Session } from '../../../src/model/ortRuntime';
import { PackedDecoder } from '../../../src/model/packedDecoder';
import { readPublishedHead } from '../../../src/model/publishedHead';
import { RewardModel } from '../../../src/model/rewardModel';
import {
  HEAD_FEATURES,
  readPositions,
  REWARD,
  rewardBy,
  type TailScorer,
} from '../../../src/model/tailScorer';
import { DEMO_MODEL, TINY_MODEL } from '../../support/paths';
import { randomRows } from '../../support/tailSets';

/** Of rewards, which are of size 1. */
const TOLERANCE = 1e-5;

let model: RewardModel;
let published: Float32Array;
const sessions: Session[] = [];

beforeAll(async () => {
  model = await RewardModel.load(TINY_MODEL, { threads: 2 });
  published = await readPublishedHead(TINY_MODEL);
});
afterAll(async () => {
  await Promise.all([model.release(), ...sessions.map((session) => session.release())]);
});

async function session(variant: 'fused' | 'plain' | 'packed'): Promise<Session> {
  const opened = await openSession(await decoderSource(TINY_MODEL, variant, 'cpu'), { threads: 2 });
  sessions.push(opened);
  return opened;
}

test.each(['grouped', 'fused', 'plain', 'packed'] as const)(
  '%s: features times the published head are the rewards, of every tail its own',
  async (variant) => {
    const { dims } = model.manifest;
    const decoder: TailScorer =
      variant === 'grouped'
        ? model.decoder
        : variant === 'packed'
          ? new PackedDecoder(await session(variant), dims, REWARD)
          : new Decoder(await session(variant), dims, REWARD, variant);
    // the longest first: the packed form takes them in another order
    const tails = [40, 3, 17, 17].map((rows, n) => randomRows(n + 2, dims.hidden, rows));
    const prefix = await decoder.runPrefix(randomRows(1, dims.hidden, 50, [[1, 20]]));
    const rewards = await decoder.scoreTails(prefix, tails);
    const features = await decoder.withReading(HEAD_FEATURES).scoreTails(prefix, tails);
    expect(features.map(({ length }) => length)).toEqual(tails.map(() => dims.hidden));
    const told = new Map<number, number>();
    const again = await decoder
      .withReading(rewardBy(published))
      .scoreTails(prefix, tails, (tail, reward) => told.set(tail, reward));
    expect(again).toEqual(features.map((row) => rewardBy(published).read(row)));
    for (const [n, reward] of rewards.entries()) {
      expect(Math.abs((again[n] ?? 0) - reward)).toBeLessThan(TOLERANCE);
      expect(told.get(n)).toBe(again[n]);
      // no two tails are alike, so that a mix-up would show
      expect(rewards.filter((other) => Math.abs(other - reward) < TOLERANCE)).toEqual([reward]);
    }
    const whole = randomRows(9, dims.hidden, 30);
    const [byGraph, byFeatures] = [
      await decoder.scoreWhole(whole),
      await decoder.withReading(rewardBy(published)).scoreWhole(whole),
    ];
    expect(Math.abs(byGraph - byFeatures)).toBeLessThan(TOLERANCE);
    const other = await decoder
      .withReading(rewardBy(published.map((w) => -2 * w)))
      .scoreWhole(whole);
    expect(other).toBeCloseTo(-2 * byFeatures, 5);
  },
);

test('the published head is as wide as the model', async () => {
  expect(published).toHaveLength(model.manifest.dims.hidden);
  const { dims } = await readManifest(DEMO_MODEL);
  expect(await readPublishedHead(DEMO_MODEL)).toHaveLength(dims.hidden);
});

test('a graph that ends otherwise has no head', async () => {
  const projector = await readGraph(TINY_MODEL, GRAPH_NAMES.projector);
  expect(() => withFeatures(projector)).toThrow(RangeError);
  expect(() => headWeights(projector)).toThrow(RangeError);
});

test('an output with too few numbers is a fault, not a reward', () => {
  expect(() => readPositions(REWARD, new Float32Array(0), 1)).toThrow('gave 0 numbers');
  expect(() => readPositions(HEAD_FEATURES, new Float32Array(7), 2)).toThrow('gave 7 numbers');
});
