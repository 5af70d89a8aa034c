// Converting: what is linked, converted, gone on with, and refused.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PartialFile } from '../../../src/node/atomicFile';
import { toFloat16, toFloat32 } from '../../../src/model/checkpoint/floats';
import { readSafetensorsHeader } from '../../../src/model/checkpoint/safetensors';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { BLOCK_SIZE, quantiseBlocks } from '../../../src/model/convert/quantise';
import { LOCAL_QUANTISER, type Quantiser } from '../../../src/model/convert/quantiser';
import type { Precision } from '../../../src/model/convert/storage';
import { readManifest } from '../../../src/model/manifest';
import { RewardModel } from '../../../src/model/rewardModel';
import { openFileSource } from '../../../src/node/fileSource';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { localScorer } from '../../support/localScorer';
import { seededRandom } from '../../support/random';
import { dimsOf, writeEmptyCheckpoint } from '../../support/randomCheckpoint';
import { tempFolder, TINY_CHECKPOINT } from '../../support/paths';
import { sampleOf } from '../../support/samples';

function convert(
  outFolder: string,
  precision: Precision,
  { quantiser = LOCAL_QUANTISER, signal = undefined as AbortSignal | undefined } = {},
): ReturnType<typeof convertCheckpoint> {
  const options = {
    checkpointFolder: TINY_CHECKPOINT,
    outFolder,
    precision,
    converter: 'test',
    quantiser,
  };
  return convertCheckpoint(options, () => undefined, signal);
}

test('weights that stay as they are are linked, not copied', async () => {
  const out = path.join(tempFolder(), 'model');
  await convert(out, 'fp32');
  const original = fs.statSync(path.join(TINY_CHECKPOINT, 'model.safetensors'));
  const linked = fs.statSync(path.join(out, 'model.safetensors'));
  // a temporary folder on another disk gets a converted copy instead
  expect(linked.ino === original.ino || fs.existsSync(path.join(out, 'weights.safetensors'))).toBe(
    true,
  );
});

test('converting into the checkpoint’s own folder keeps its weights', async () => {
  const folder = tempFolder();
  fs.cpSync(TINY_CHECKPOINT, folder, { recursive: true });
  const before = fs.readFileSync(path.join(folder, 'model.safetensors'));
  await convertCheckpoint(
    {
      checkpointFolder: folder,
      outFolder: folder,
      precision: 'fp32',
      converter: 'test',
      quantiser: LOCAL_QUANTISER,
    },
    () => undefined,
  );
  expect(fs.readFileSync(path.join(folder, 'model.safetensors')).equals(before)).toBe(true);
  expect((await readManifest(folder)).files.map(({ name }) => name)).toContain('model.safetensors');
});

test('a conversion that was stopped goes on where it was, with the same result', async () => {
  const whole = path.join(tempFolder(), 'model');
  const fingerprint = (await convert(whole, 'int8')).manifest.fingerprint;

  const out = path.join(tempFolder(), 'model');
  let tasks = 0;
  const controller = new AbortController();
  const counting: Quantiser = {
    parallel: 1,
    quantise: async (task) => {
      tasks += 1;
      if (tasks === 20) {
        controller.abort();
      }
      return quantiseBlocks(task);
    },
  };
  await expect(
    convert(out, 'int8', { quantiser: counting, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(readManifest(out)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  const partial = PartialFile.partialPathOf(path.join(out, 'weights.safetensors'));
  // as a kill in the middle of a tensor leaves it
  fs.appendFileSync(partial, 'half a tensor');
  const stopped = tasks;
  const { manifest } = await convert(out, 'int8', { quantiser: counting });
  expect(manifest.fingerprint).toBe(fingerprint);
  expect(fs.existsSync(partial)).toBe(false);
  const all = fs.readdirSync(out).sort();
  expect(all).toEqual(fs.readdirSync(whole).sort());
  // the tensors that were whole are not done again
  const total = (await countTasks()) + 1;
  expect(tasks - stopped).toBeLessThan(total - 15);
});

async function countTasks(): Promise<number> {
  let tasks = 0;
  await convert(path.join(tempFolder(), 'model'), 'int8', {
    quantiser: {
      parallel: 1,
      quantise: async (task) => {
        tasks += 1;
        return quantiseBlocks(task);
      },
    },
  });
  return tasks;
}

test('another precision does not go on with what was left', async () => {
  const out = path.join(tempFolder(), 'model');
  const controller = new AbortController();
  const stopping: Quantiser = {
    parallel: 1,
    quantise: async (task) => {
      controller.abort();
      return quantiseBlocks(task);
    },
  };
  await expect(
    convert(out, 'int8', { quantiser: stopping, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  const fresh = path.join(tempFolder(), 'model');
  const [a, b] = [await convert(out, 'int4'), await convert(fresh, 'int4')];
  expect(a.manifest.fingerprint).toBe(b.manifest.fingerprint);
});

test('a failed conversion over another model leaves no model', async () => {
  const out = path.join(tempFolder(), 'model');
  await convert(out, 'fp32');
  fs.rmSync(path.join(out, 'tokenizer.model'));
  fs.mkdirSync(path.join(out, 'tokenizer.model'));
  await expect(convert(out, 'int8')).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  await expect(readManifest(out)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
});

test('a disk that is too full is refused before anything is written', async () => {
  const checkpointFolder = path.join(tempFolder(), 'checkpoint');
  // a terabyte of nothing
  const large = { hidden: 65_536, heads: 1024, headDim: 64, vocab: 4_000_000, layers: 1 };
  writeEmptyCheckpoint(
    checkpointFolder,
    dimsOf(large),
    path.join(TINY_CHECKPOINT, 'tokenizer.model'),
  );
  const outFolder = path.join(tempFolder(), 'model');
  const options = { checkpointFolder, outFolder, converter: 'test', quantiser: LOCAL_QUANTISER };
  await expect(
    convertCheckpoint({ ...options, precision: 'int8' }, () => undefined),
  ).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(fs.readdirSync(outFolder)).toEqual([]);
});

test('quantised: the codes give the weights back within half a step, better than plain absmax', () => {
  const random = seededRandom(7);
  const columns = 80; // the last block is not full
  const values = Float32Array.from({ length: 6 * columns }, () => random() + random() - 1);
  values[3] = 0;
  const bytes = new Uint8Array(values.buffer);
  for (const bits of [4, 8] as const) {
    const { codes, scales } = quantiseBlocks({ bytes, dtype: 'F32', columns, bits });
    const blocks = Math.ceil(columns / BLOCK_SIZE);
    let [error, plain, square] = [0, 0, 0];
    for (const [i, value] of values.entries()) {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const block = row * blocks + Math.floor(column / BLOCK_SIZE);
      const at = block * BLOCK_SIZE + (column % BLOCK_SIZE);
      const code = bits === 8 ? (codes[at] ?? 0) : ((codes[at >> 1] ?? 0) >> (4 * (at % 2))) & 0x0f;
      const found = (scales[block] ?? 0) * (code - 2 ** (bits - 1));
      error += (found - value) ** 2;
      square += value ** 2;
      const from = row * columns + Math.floor(column / BLOCK_SIZE) * BLOCK_SIZE;
      const end = Math.min(from + BLOCK_SIZE, (row + 1) * columns);
      const step = Math.max(...values.subarray(from, end).map(Math.abs)) / (2 ** (bits - 1) - 1);
      plain += (Math.round(value / step) * step - value) ** 2;
    }
    expect(error).toBeLessThan(plain);
    expect(Math.sqrt(error / square)).toBeLessThan(bits === 4 ? 0.1 : 0.01);
  }
});

test('weights that are not finite are refused', () => {
  for (const bad of [NaN, Infinity]) {
    const values = new Float32Array(BLOCK_SIZE).fill(1);
    values[5] = bad;
    const bytes = new Uint8Array(values.buffer);
    expect(() => quantiseBlocks({ bytes, dtype: 'F32', columns: BLOCK_SIZE, bits: 4 })).toThrow(
      /not finite/,
    );
  }
});

test('float16: nearest, ties to even, and nothing becomes infinite', () => {
  // every float16 comes back, and what lies between goes to the nearer one
  const random = seededRandom(3);
  const bits = Uint16Array.from({ length: 4096 }, () => Math.floor(random() * 0x10000)).filter(
    (half) => (half & 0x7c00) !== 0x7c00,
  );
  const floats = toFloat32(new Uint8Array(bits.buffer), 'F16');
  expect(toFloat16(new Uint8Array(floats.slice().buffer), 'F32')).toEqual(bits);
  const next = Uint16Array.from(bits, (half) => ((half & 0x7fff) < 0x7bff ? half + 1 : half));
  const above = toFloat32(new Uint8Array(next.buffer), 'F16');
  const mixed = Float32Array.from(floats, (value, i) => value + 0.25 * ((above[i] ?? 0) - value));
  expect(toFloat16(new Uint8Array(mixed.buffer), 'F32')).toEqual(bits);
  const middle = Float32Array.from(floats, (value, i) => value + 0.5 * ((above[i] ?? 0) - value));
  const even = bits.map((half, i) => (half % 2 === 0 ? half : (next[i] ?? 0)));
  expect(toFloat16(new Uint8Array(middle.buffer), 'F32')).toEqual(even);
  const large = new Uint8Array(Float32Array.of(65_520).buffer);
  expect(() => toFloat16(large, 'F32')).toThrow(/float16/);
});

test('every precision scores, close to float32, the same alone and together', async () => {
  const sample = sampleOf({ candidates: [{ text: 'Four.' }, { text: 'Five, I think.' }] });
  const request = { sample, mediaRoot: '.', options: DEFAULT_SCORE_OPTIONS };
  const rewards: Record<string, readonly (number | null)[]> = {};
  for (const precision of ['fp32', 'fp16', 'int8', 'int4'] as const) {
    const out = path.join(tempFolder(), 'model');
    await convert(out, precision);
    const model = await RewardModel.load(out, { threads: 2 });
    const scorer = localScorer(model);
    rewards[precision] = (await scorer.score(request)).rewards;
    const alone = { ...request, sample: { ...sample, candidates: sample.candidates.slice(1) } };
    expect((await scorer.score(alone)).rewards[0]).toBe(rewards[precision][1]);
    await model.release();
  }
  const difference = (name: string): number =>
    Math.max(...(rewards[name] ?? []).map((r, i) => Math.abs((r ?? 0) - (rewards.fp32?.[i] ?? 9))));
  expect(difference('fp16')).toBeLessThan(1e-3);
  expect(difference('int8')).toBeLessThan(0.05);
  expect(difference('int4')).toBeLessThan(1);
});

test('the quantised file is a safetensors file that others can read', async () => {
  const out = path.join(tempFolder(), 'model');
  await convert(out, 'int4');
  const source = await openFileSource(path.join(out, 'weights.safetensors'));
  const tensors = await readSafetensorsHeader(source);
  await source.close();
  expect(tensors.get('model.layers.0.feed_forward.w1.weight.codes')).toMatchObject({
    dtype: 'U8',
    shape: [128, 2, 16],
  });
  expect(tensors.get('model.layers.0.feed_forward.w1.weight.scales')).toMatchObject({
    dtype: 'F32',
    shape: [128, 2],
  });
  // partial LoRA and vision tower have 8 bits
  expect(tensors.get('model.layers.0.attention.wo.Plora_A.weight.codes')?.shape).toEqual([
    8, 2, 32,
  ]);
});
