// The numbers of the published code, where they are at hand (../shared/golden).

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertCheckpoint } from '../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../src/model/convert/quantiser';
import { RewardModel } from '../../src/model/rewardModel';
import { InternLm2Tokenizer } from '../../src/model/tokenizer/internlm2Tokenizer';
import type { Turn } from '../../src/sample/sample';
import { inspectSample } from '../../src/scoring/inspectSample';
import { PublishedApi } from '../../src/scoring/publishedApi';
import { decodeImage } from '../../src/vision/decodeImage';
import { imageGeometry, imageTokenCount } from '../../src/vision/imageGeometry';
import { overviewPixels } from '../../src/vision/overview';
import { prepareImage } from '../../src/vision/prepareImage';
import { goldenFile as file, hasGolden } from '../support/golden';
import { GOLDEN, readJson, tempFolder } from '../support/paths';
import { REFERENCE, sampleOf } from '../support/samples';
import { localScorer } from '../support/localScorer';
import { videoReader } from '../support/videos';

/** stated with the golden data, for float32 graphs */
const TOLERANCE = 2e-4;

interface Case {
  readonly name: string;
  readonly conversation: readonly Turn[];
  readonly images: readonly string[];
  readonly args: { readonly hd_num?: number; readonly max_length?: number };
  readonly prompt: string;
  readonly tokens: readonly unknown[];
  readonly im_mask_runs: readonly unknown[];
  readonly score: number;
}

interface Scores {
  readonly cases: readonly Case[];
  readonly batches: readonly {
    readonly name: string;
    readonly members: readonly string[];
    readonly args: { readonly hd_num?: number };
    readonly scores: readonly number[];
    readonly rank: readonly number[];
  }[];
  readonly single: { readonly value: number };
  readonly dynamic_ntk: readonly {
    readonly max_position_embeddings: number;
    readonly conversation: readonly Turn[];
    readonly long_score: number;
  }[];
}

function requestOf({
  conversation,
  images,
  args,
  name,
}: Pick<Case, 'conversation' | 'images' | 'args' | 'name'>) {
  const last = conversation.at(-1);
  const sample = sampleOf({
    id: name,
    messages: conversation.slice(0, -1),
    candidateRole: last?.role ?? 'assistant',
    candidates: [{ text: last?.content ?? '' }],
    images,
    ...(args.hd_num === undefined ? {} : { hdNum: args.hd_num }),
    ...(args.max_length === undefined ? {} : { maxLength: args.max_length }),
  });
  return { sample, mediaRoot: GOLDEN, options: REFERENCE };
}

async function loadGolden(weights: string): Promise<RewardModel> {
  const checkpoint = path.join(tempFolder(), 'checkpoint');
  fs.cpSync(file(weights), checkpoint, { recursive: true });
  fs.copyFileSync(file('tokenizer/tokenizer.model'), path.join(checkpoint, 'tokenizer.model'));
  const out = path.join(tempFolder(), 'model');
  await convertCheckpoint(
    {
      checkpointFolder: checkpoint,
      outFolder: out,
      precision: 'fp32',
      converter: 'test',
      quantiser: LOCAL_QUANTISER,
    },
    () => undefined,
  );
  return RewardModel.load(out, { threads: 1 });
}

describe.runIf(hasGolden)('golden', () => {
  const scores = hasGolden
    ? (readJson(file('scores.json')) as Scores)
    : { cases: [], batches: [], single: { value: NaN }, dynamic_ntk: [] };
  let model: RewardModel;

  beforeAll(async () => {
    model = await loadGolden('model');
  });
  afterAll(() => model.release());

  test('there are 26 conversations', () => {
    expect(scores.cases).toHaveLength(26);
  });

  test.each(scores.cases)('$name: prompt, tokens, image runs and reward', async (spec) => {
    const request = requestOf(spec);
    const [row] = await inspectSample(model, request, videoReader());
    expect(row).toMatchObject({
      prompt: spec.prompt,
      tokens: spec.tokens,
      imageRuns: spec.im_mask_runs,
    });
    const { rewards } = await localScorer(model).score(request);
    expect(Math.abs((rewards[0] ?? NaN) - spec.score)).toBeLessThanOrEqual(TOLERANCE);
  });

  test('get_scores, rank and compare on every batch', async () => {
    const conversationOf = (name: string) => {
      const spec = scores.cases.find((one) => one.name === name);
      return { messages: spec?.conversation ?? [], images: spec?.images ?? [] };
    };
    expect(scores.batches).toHaveLength(3);
    for (const { name, members, args, scores: expected, rank } of scores.batches) {
      const options = { ...REFERENCE, hdNum: args.hd_num ?? REFERENCE.hdNum };
      const api = new PublishedApi(localScorer(model), GOLDEN, options);
      const conversations = members.map(conversationOf);
      const { order, logits } = await api.rank(conversations);
      expect(order, name).toEqual(rank);
      expect(await api.getScores(conversations), name).toEqual(logits);
      expect(logits).toHaveLength(expected.length);
      for (const [n, logit] of logits.entries()) {
        expect(Math.abs(logit - (expected[n] ?? NaN)), name).toBeLessThanOrEqual(TOLERANCE);
      }
      const [first, second] = conversations as [
        (typeof conversations)[0],
        (typeof conversations)[0],
      ];
      const higher = (expected[0] ?? NaN) > (expected[1] ?? NaN);
      expect((await api.compare(first, second)).better, name).toBe(higher);
      expect((await api.compare(second, second)).better, name).toBe(false);
    }
  });

  test('get_scores of one conversation is a bare number', async () => {
    const api = new PublishedApi(localScorer(model), GOLDEN, REFERENCE);
    const [spec] = scores.cases;
    const conversations = [{ messages: spec?.conversation ?? [], images: [] }];
    const score = await api.getScores(conversations);
    expect(Math.abs(Number(score) - scores.single.value)).toBeLessThanOrEqual(TOLERANCE);
    expect(score).toBeTypeOf('number');
    await expect(api.rank(conversations)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the same weights in bfloat16', async () => {
    const rounded = await loadGolden('model_bf16');
    const { scores: expected } = readJson(file('model_bf16/scores.json')) as {
      scores: Record<string, number>;
    };
    const known = scores.cases.filter(({ name }) => name in expected);
    expect(known.length).toBeGreaterThan(0);
    expect(known).toHaveLength(Object.keys(expected).length);
    for (const spec of known) {
      const { rewards } = await localScorer(rounded).score(requestOf(spec));
      expect(Math.abs((rewards[0] ?? NaN) - (expected[spec.name] ?? NaN))).toBeLessThanOrEqual(
        TOLERANCE,
      );
    }
    await rounded.release();
  });

  test('dynamic NTK beyond the trained length', async () => {
    expect(scores.dynamic_ntk).toHaveLength(2);
    for (const spec of scores.dynamic_ntk) {
      const dims = { ...model.manifest.dims, maxPositions: spec.max_position_embeddings };
      const limited = Object.create(model, {
        manifest: { value: { ...model.manifest, dims } },
        decoder: { value: model.decoder.withDims(dims) },
      }) as RewardModel;
      const request = requestOf({ ...spec, name: 'ntk', images: [], args: {} });
      const { rewards } = await localScorer(limited).score(request);
      expect(Math.abs((rewards[0] ?? NaN) - spec.long_score)).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test('the tokenizer on every pair', () => {
    const tokenizer = new InternLm2Tokenizer(fs.readFileSync(file('tokenizer/tokenizer.model')));
    const pairs = readJson(file('tokenizer/pairs.json')) as { text: string; ids: number[] }[];
    expect(pairs.length).toBeGreaterThan(50);
    for (const { text, ids } of pairs) {
      expect(tokenizer.encode(text, 'parse'), JSON.stringify(text)).toEqual(ids);
    }
  });

  test('every picture, tiled, byte for byte, and its overview', async () => {
    const specs = readJson(file('preprocess.json')) as {
      image: string;
      hd_num: number;
      padded_wh: [number, number];
      grid_hw: [number, number];
      sha256_u8_hwc: string;
      global?: { file: string };
    }[];
    expect(specs).toHaveLength(32);
    expect(specs.filter(({ global }) => global !== undefined)).toHaveLength(4);
    for (const spec of specs) {
      const { image, grid } = prepareImage(await decodeImage(file(spec.image)), spec.hd_num, 560);
      const label = `${spec.image} hd ${spec.hd_num}`;
      expect([image.width, image.height], label).toEqual(spec.padded_wh);
      expect(grid, label).toEqual(spec.grid_hw);
      expect(createHash('sha256').update(image.data).digest('hex'), label).toBe(spec.sha256_u8_hwc);
      if (spec.global !== undefined) {
        const raw = fs.readFileSync(file(spec.global.file));
        const expected = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
        const overview = overviewPixels(image, 560);
        expect(overview, label).toHaveLength(expected.length);
        const worst = overview.reduce(
          (most, value, n) => Math.max(most, Math.abs(value - (expected[n] ?? NaN))),
          0,
        );
        expect(worst, label).toBeLessThanOrEqual(1e-6);
      }
    }
  });

  test('every row of the geometry table', () => {
    const { rows } = readJson(file('geometry.json')) as {
      // a picture too thin to scale has a word instead of a size
      rows: [number, number, number, [number, number] | string, [number, number], number][];
    };
    expect(rows.length).toBeGreaterThan(2000);
    for (const [width, height, hdNum, resized, padded, tokens] of rows) {
      const geometry = imageGeometry(width, height, hdNum, 560);
      const label = `${width} × ${height}, hd ${hdNum}`;
      if (typeof resized === 'string') {
        expect(geometry, label).toBeUndefined();
        continue;
      }
      expect(geometry?.resized, label).toEqual(resized);
      expect(geometry?.padded, label).toEqual(padded);
      expect(imageTokenCount(geometry?.grid ?? [0, 0], 20), label).toBe(tokens);
    }
  });
});
