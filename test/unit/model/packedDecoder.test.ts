// The packed form: one run carries a prefix and its tails, and gives the rewards of undivided conversations.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import type { Precision } from '../../../src/model/convert/storage';
import type { DecoderRows } from '../../../src/model/decoderRows';
import { readGraph } from '../../../src/model/graphVariant';
import { InPlaceDecoder } from '../../../src/model/inPlaceDecoder';
import { GRAPH_NAMES } from '../../../src/model/manifest';
import { withPackedAttention } from '../../../src/model/onnx/packedAttention';
import { openSession, type OpenSession, type Session } from '../../../src/model/ortRuntime';
import { planChunks } from '../../../src/model/packedChunks';
import { PackedDecoder, type PackedLimits } from '../../../src/model/packedDecoder';
import { RewardModel } from '../../../src/model/rewardModel';
import { REWARD } from '../../../src/model/tailScorer';
import type { Device } from '../../../src/sample/device';
import { tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';
import { dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';
import { concatenated, randomRows, randomTailSet } from '../../support/tailSets';

const THREADS = 1;

/** Of rewards, which are of size 1: products of different shapes add in a different order. */
const TOLERANCE = 1e-5;

/** Bounds that put few tails into a run. */
const NARROW: PackedLimits = { scoreBytes: 30_000, tailRows: 60 };

/** The CPU under the name of another device, which decides how the prefix is attended. */
const onCpu: OpenSession = (source, options) => openSession(source, { ...options, device: 'cpu' });

/** Four query heads to each of four key heads, several layers. */
async function randomModel(precision: Precision): Promise<string> {
  const checkpointFolder = path.join(tempFolder(), 'checkpoint');
  const outFolder = path.join(tempFolder(), 'model');
  const vision = { ...dimsOf().vision, hidden: 32, layers: 1, heads: 4, mlp: 64 };
  const dims = dimsOf({
    hidden: 256,
    layers: 3,
    heads: 16,
    kvHeads: 4,
    headDim: 16,
    mlp: 384,
    vocab: 1024,
    loraRank: 8,
    vision: { ...vision, patch: 14, patchesPerSide: 4, tile: 56, layerNormEps: 1e-5 },
  });
  const tokenizer = path.join(TINY_CHECKPOINT, 'tokenizer.model');
  writeRandomCheckpoint(checkpointFolder, dims, 'F32', tokenizer);
  const options = { precision, converter: 'test', quantiser: LOCAL_QUANTISER };
  await convertCheckpoint({ checkpointFolder, outFolder, ...options }, () => undefined);
  return outFolder;
}

interface Pair {
  /** the fused form, on the CPU */
  readonly reference: RewardModel;
  readonly packed: RewardModel;
}

async function loadPair(folder: string, device: Device): Promise<Pair> {
  const variants = { vision: 'fused', decoder: 'packed' } as const;
  return {
    reference: await RewardModel.load(folder, { threads: THREADS }),
    packed: await RewardModel.load(folder, { threads: THREADS, device }, variants, onCpu),
  };
}

async function releasePair({ reference, packed }: Pair): Promise<void> {
  await reference.release();
  await packed.release();
}

function limited({ packed }: Pair, limits: PackedLimits | undefined, session?: Session) {
  return new PackedDecoder(session ?? packed.decoder.session, packed.manifest.dims, REWARD, limits);
}

async function undivided(
  { reference }: Pair,
  prefix: DecoderRows,
  tails: readonly DecoderRows[],
): Promise<number[]> {
  const { hidden } = reference.manifest.dims;
  const rewards: number[] = [];
  for (const tail of tails) {
    rewards.push(await reference.decoder.scoreWhole(concatenated(hidden, prefix, tail)));
  }
  return rewards;
}

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  for (const [n, value] of values.entries()) {
    const reward = expected[n] ?? NaN;
    const size = Math.max(1, Math.abs(reward));
    expect(Math.abs(value - reward) / size).toBeLessThanOrEqual(TOLERANCE);
  }
}

describe.each<[string, () => string | Promise<string>]>([
  ['the bundled model', () => TINY_MODEL],
  ['random weights, fp32', () => randomModel('fp32')],
  ['random weights, int8', () => randomModel('int8')],
])('%s', (_, folder) => {
  // CUDA's prefix is in MultiHeadAttention, DirectML's in GroupQueryAttention
  describe.each(['cuda', 'dml'] as const)('as on %s', (device) => {
    let pair: Pair;
    let hidden: number;

    beforeAll(async () => {
      pair = await loadPair(await folder(), device);
      hidden = pair.reference.manifest.dims.hidden;
    });

    afterAll(() => releasePair(pair));

    test.each([0, 1, 2, 3, 4, 5, 6, 7])(
      'set %i: as undivided, in one run or in many',
      async (n) => {
        const { prefix, tails } = randomTailSet(n, hidden);
        const expected = await undivided(pair, prefix, tails);
        for (const limits of [undefined, NARROW]) {
          const decoder = limited(pair, limits);
          expectClose(await decoder.scoreTails(await decoder.runPrefix(prefix), tails), expected);
        }
      },
    );

    test('whole conversations, from a single row on', async () => {
      for (const length of [1, 2, 3, 77]) {
        const rows = randomRows(length, hidden, length, length > 2 ? [[1, 3]] : []);
        const expected = await pair.reference.decoder.scoreWhole(rows);
        expectClose([await pair.packed.decoder.scoreWhole(rows)], [expected]);
      }
    });
  });
});

describe('runs', () => {
  let pair: Pair;
  let hidden: number;
  let prefix: DecoderRows;
  let tails: readonly DecoderRows[];

  beforeAll(async () => {
    pair = await loadPair(TINY_MODEL, 'cuda');
    hidden = pair.reference.manifest.dims.hidden;
    prefix = randomRows(1, hidden, 50, [[5, 40]]);
    tails = [30, 1, 12, 30, 2, 11, 29].map((length, n) => randomRows(2 + n, hidden, length));
  });

  afterAll(() => releasePair(pair));

  /** A decoder with a record of the rows of each run. */
  function recorded(limits: PackedLimits) {
    const runs: number[] = [];
    const { session } = pair.packed.decoder;
    const decoder = limited(pair, limits, {
      release: () => session.release(),
      run: (feeds, fetches) => {
        runs.push(feeds.embeds?.dims[0] ?? 0);
        return session.run(feeds, fetches);
      },
    });
    return { decoder, runs };
  }

  test('tails of like length share a run; a tail that is too large for its scores runs alone', async () => {
    const { decoder, runs } = recorded({ scoreBytes: 1e9, tailRows: 60 });
    const rewards = await decoder.scoreTails(await decoder.runPrefix(prefix), tails);
    // 1, 2, 11 and 12 together, both 30s together; 29 is a conversation by itself
    expect(runs).toEqual([50 + 4 * 12, 50 + 29, 50 + 2 * 30]);
    const alone = recorded({ scoreBytes: 1, tailRows: 60 });
    const again = await alone.decoder.scoreTails(await alone.decoder.runPrefix(prefix), tails);
    expect(alone.runs).toEqual([51, 52, 61, 62, 79, 80, 80]);
    expectClose(rewards, await undivided(pair, prefix, tails));
    expectClose(again, rewards);
  });

  test('the order of tails does not matter; each is told once', async () => {
    for (const order of [
      [6, 5, 4, 3, 2, 1, 0],
      [3, 0, 6, 1, 5, 2, 4],
    ]) {
      const { decoder } = recorded(NARROW);
      const straight = await decoder.scoreTails(await decoder.runPrefix(prefix), tails);
      const told = new Map<number, number>();
      const turned = await decoder.scoreTails(
        await decoder.runPrefix(prefix),
        order.flatMap((tail) => tails[tail] ?? []),
        (tail, reward) => {
          expect(told.has(tail)).toBe(false);
          told.set(tail, reward);
        },
      );
      expectClose(
        turned,
        order.map((tail) => straight[tail] ?? NaN),
      );
      expect(turned.map((_, tail) => told.get(tail))).toEqual(turned);
    }
  });

  test('a cancellation arrives between two runs', async () => {
    const { decoder, runs } = recorded(NARROW);
    const controller = new AbortController();
    const scoring = decoder.scoreTails(
      await decoder.runPrefix(prefix),
      tails,
      () => controller.abort(),
      controller.signal,
    );
    await expect(scoring).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(runs).toHaveLength(1);
  });

  test('no tails, one tail, and what belongs to the other form', async () => {
    const { decoder, runs } = recorded(NARROW);
    const state = await decoder.runPrefix(prefix);
    expect(await decoder.scoreTails(state, [])).toEqual([]);
    expect(runs).toEqual([]);
    const [tail = prefix] = tails;
    expectClose([await decoder.scoreTail(state, tail)], await undivided(pair, prefix, [tail]));
    await expect(pair.reference.decoder.scoreTail(state, tail)).rejects.toThrow(RangeError);
    const keyValues = await pair.reference.decoder.runPrefix(prefix);
    await expect(decoder.scoreTail(keyValues, tail)).rejects.toThrow(RangeError);
  });

  test('beyond the trained length the rotary base grows as in the fused form', async () => {
    const dims = { ...pair.reference.manifest.dims, maxPositions: 32 };
    const rows = randomRows(9, hidden, 90, [[3, 20]]);
    const expected = await pair.reference.decoder.withDims(dims).scoreWhole(rows);
    expect(expected).not.toBe(await pair.reference.decoder.scoreWhole(rows));
    expectClose([await pair.packed.decoder.withDims(dims).scoreWhole(rows)], [expected]);
  });

  test('the fused form scores several tails, too', async () => {
    const { decoder } = pair.reference;
    expect(decoder).toBeInstanceOf(InPlaceDecoder);
    const told: number[] = [];
    const state = await decoder.runPrefix(prefix);
    const rewards = await decoder.scoreTails(state, tails, (tail) => told.push(tail));
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [n, tail] of tails.entries()) {
      expect(rewards[n]).toBe(await decoder.scoreTail(state, tail));
    }
  });
});

test('no keys or values go in or out', async () => {
  const graph = withPackedAttention(
    await readGraph(TINY_MODEL, GRAPH_NAMES.decoder),
    'MultiHeadAttention',
  );
  expect(graph.output.map(({ name }) => name)).toEqual(['rewards']);
  expect(graph.input.map(({ name }) => name)).toEqual([
    'embeds',
    'image_rows',
    'scored_rows',
    'scored_image_rows',
    'cos',
    'sin',
    'prefix_length',
    'tail_length',
  ]);
});

describe('planning', () => {
  const fits =
    (rows: number) =>
    (tails: number, longest: number): boolean =>
      tails * longest <= rows;

  test('a short prefix is repeated rather than padding computed, a long one is not', () => {
    const lengths = [100, 3, 99, 4];
    expect(planChunks(5, lengths, fits(1000))).toEqual([
      [1, 3],
      [2, 0],
    ]);
    expect(planChunks(500, lengths, fits(1000))).toEqual([[1, 3, 2, 0]]);
  });

  test('every tail runs once and within the bounds, however large', () => {
    const lengths = [7, 900, 40, 41, 7, 1, 350, 42, 8];
    const chunks = planChunks(64, lengths, fits(100));
    expect(chunks.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, tail) => tail));
    for (const chunk of chunks) {
      const longest = Math.max(...chunk.map((tail) => lengths[tail] ?? 0));
      expect(chunk.length === 1 || fits(100)(chunk.length, longest)).toBe(true);
    }
    expect(planChunks(64, [], fits(100))).toEqual([]);
  });
});
