// Files of a model that somebody damaged or forged: 200 seeded variants of each kind.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { bytesSource } from '../../../src/base/byteSource';
import { AppError, type ErrorCode } from '../../../src/base/errors';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import { readModelDims } from '../../../src/model/checkpoint/modelConfig';
import { elementCount, readSafetensorsHeader } from '../../../src/model/checkpoint/safetensors';
import { readTorchFile } from '../../../src/model/checkpoint/torch/torchFile';
import { readWeightIndex } from '../../../src/model/checkpoint/weightIndex';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import { fingerprintOf, MANIFEST_NAME, type Manifest } from '../../../src/model/manifest';
import { RewardModel } from '../../../src/model/rewardModel';
import { InternLm2Tokenizer } from '../../../src/model/tokenizer/internlm2Tokenizer';
import { localScorer } from '../../support/localScorer';
import { mutateBytes, mutateJson } from '../../support/mutations';
import { FIXTURES, tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

const RUNS = 200;
/** of CPU time, which other programs on this machine do not lengthen; one variant takes a few */
const MAX_CPU_MS = 20_000;
/** forged sizes are of 4 GB and more; what the collector has not come to yet is far less */
const MAX_GROWTH_BYTES = 1.5e9;

vi.setConfig({ testTimeout: 600_000 });

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Tally {
  /** variants that were read */
  valid: number;
  readonly codes: Partial<Record<ErrorCode, number>>;
}

/** Reads every variant. Anything but a value or an AppError of a fitting code fails the test. */
async function readAll(
  codes: readonly ErrorCode[],
  read: (seed: number) => unknown,
  runs = RUNS,
): Promise<Tally> {
  const tally: Tally = { valid: 0, codes: {} };
  const peakBefore = process.resourceUsage().maxRSS;
  for (let seed = 1; seed <= runs; seed += 1) {
    const start = cpuMs();
    try {
      await read(seed);
      tally.valid += 1;
    } catch (error) {
      if (!(error instanceof AppError) || !codes.includes(error.code)) {
        throw new Error(`seed ${seed}: no error with a fitting code`, { cause: error });
      }
      expect(error.message.length, `seed ${seed}`).toBeGreaterThan(10);
      tally.codes[error.code] = (tally.codes[error.code] ?? 0) + 1;
    }
    expect(cpuMs() - start, `ms for seed ${seed}`).toBeLessThan(MAX_CPU_MS);
  }
  const growth = (process.resourceUsage().maxRSS - peakBefore) * 1024;
  expect(growth, 'growth of memory').toBeLessThan(MAX_GROWTH_BYTES);
  return tally;
}

const fixture = (...parts: string[]): Buffer => fs.readFileSync(path.join(FIXTURES, ...parts));
const weights = fixture('tiny-checkpoint', 'model.safetensors');
const config = fixture('tiny-checkpoint', 'config.json').toString();

/** What a reader gave must at least lie inside the file. */
function expectInside(
  tensors: Awaited<ReturnType<typeof readSafetensorsHeader>>,
  sizeBytes: number,
): void {
  for (const { offset, sizeBytes: length, shape } of tensors.values()) {
    expect(offset >= 0 && offset + length <= sizeBytes).toBe(true);
    expect(elementCount(shape)).toBeLessThanOrEqual(length);
  }
}

test('safetensors headers', async () => {
  const headerEnd = 8 + Number(weights.readBigUInt64LE(0));
  const tally = await readAll(['CHECKPOINT_INVALID'], async (seed) => {
    const bytes = mutateBytes(weights, seed, [0, headerEnd]);
    const tensors = await readSafetensorsHeader(bytesSource('w.safetensors', bytes));
    expectInside(tensors, bytes.length);
    readModelDims(config, tensors);
  });
  expect(tally.codes.CHECKPOINT_INVALID).toBeGreaterThan(RUNS / 2);
});

test('safetensors headers with odd values', async () => {
  const headerBytes = Number(weights.readBigUInt64LE(0));
  const header = weights.subarray(8, 8 + headerBytes).toString();
  await readAll(['CHECKPOINT_INVALID'], async (seed) => {
    const text = Buffer.from(mutateJson(header, seed));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const bytes = Buffer.concat([length, text, weights.subarray(8 + headerBytes)]);
    const tensors = await readSafetensorsHeader(bytesSource('w.safetensors', bytes));
    expectInside(tensors, bytes.length);
    readModelDims(config, tensors);
  });
});

test('pickles of PyTorch files', async () => {
  const shard = fixture('tiny-torch', 'pytorch_model-00003-of-00003.bin');
  const end = shard.indexOf(Buffer.from('_metadata')) < 0 ? shard.indexOf('.format_version') : 0;
  // the pickle follows the first local header, whose name ends in data.pkl
  const start = shard.indexOf('data.pkl') + 'data.pkl'.length;
  expect(start).toBeLessThan(end);
  const tally = await readAll(['CHECKPOINT_INVALID'], async (seed) => {
    const bytes = keepLength(mutateBytes(shard, seed, [start, end]), shard, start, end);
    expectInside(await readTorchFile(bytesSource('w.bin', bytes)), bytes.length);
  });
  expect(tally.codes.CHECKPOINT_INVALID).toBeGreaterThan(RUNS / 2);
});

/** The pickle cut or filled up to its old length, so that the archive around it stays whole. */
function keepLength(bytes: Buffer, original: Buffer, start: number, end: number): Buffer {
  const changed = bytes.subarray(start, bytes.length - (original.length - end));
  const room = Buffer.alloc(end - start);
  changed.copy(room);
  return Buffer.concat([original.subarray(0, start), room, original.subarray(end)]);
}

test('archives of PyTorch files', async () => {
  for (const name of ['views.bin', 'types.bin']) {
    const file = fixture('torch', name);
    const tally = await readAll(['CHECKPOINT_INVALID'], async (seed) => {
      const bytes = mutateBytes(file, seed);
      expectInside(await readTorchFile(bytesSource('w.bin', bytes)), bytes.length);
    });
    expect(tally.codes.CHECKPOINT_INVALID).toBeGreaterThan(RUNS / 4);
  }
});

test('tokenizer.model', async () => {
  const file = fixture('tiny-checkpoint', 'tokenizer.model');
  const text = 'A kettle 12 on the stove.</s> [UNUSED_TOKEN_145]\n🙂';
  await readAll(['TOKENIZER_INVALID'], (seed) => {
    const tokenizer = new InternLm2Tokenizer(mutateBytes(file, seed));
    const { ids, size } = tokenizer;
    const used = [...Object.values<number>({ ...ids }), ...tokenizer.encode(text, 'parse')];
    used.push(...tokenizer.encode(text, 'plain'));
    expect(used.every((id) => Number.isInteger(id) && id >= 0 && id < size)).toBe(true);
  });
});

test('config.json', async () => {
  const tensors = await readSafetensorsHeader(bytesSource('w.safetensors', weights));
  for (const mutate of [
    mutateJson,
    (text: string, seed: number) => mutateBytes(Buffer.from(text), seed).toString(),
  ]) {
    await readAll(['CHECKPOINT_INVALID'], (seed) => {
      const dims = readModelDims(mutate(config, seed), tensors);
      const numbers = [dims, dims.vision].flatMap((one) =>
        Object.values<unknown>({ ...one }).filter((value) => typeof value !== 'object'),
      );
      expect(numbers.every((value) => Number.isFinite(value) && Number(value) > 0)).toBe(true);
    });
  }
});

/** As a forger who knows how would leave it; a text that is too damaged for that stays as it is. */
function withOwnFingerprint(manifest: string): string {
  try {
    const forged = JSON.parse(manifest) as Manifest;
    return JSON.stringify({ ...forged, fingerprint: fingerprintOf(forged) });
  } catch {
    return manifest;
  }
}

/** A model folder whose manifest can be changed, and what comes of scoring with it. */
function manifestTrial(): (manifest: string) => Promise<void> {
  const folder = path.join(tempFolder(), 'model');
  fs.cpSync(TINY_MODEL, folder, { recursive: true });
  return async (manifest) => {
    fs.writeFileSync(path.join(folder, MANIFEST_NAME), withOwnFingerprint(manifest));
    const model = await RewardModel.load(folder, { threads: 1 });
    try {
      const request = { sample: sampleOf(), mediaRoot: folder, options: SAFE };
      const { rewards, error, errors } = await localScorer(model).score(request);
      if (error !== undefined) {
        throw new AppError(error.code, error.message);
      }
      expect(errors).toEqual([]);
      expect(rewards.every(Number.isFinite)).toBe(true);
    } finally {
      await model.release();
    }
  };
}

const original = fs.readFileSync(path.join(TINY_MODEL, MANIFEST_NAME), 'utf8');
// a lie that only the graph can notice is a failure of the runtime
const MANIFEST_CODES: readonly ErrorCode[] = ['MODEL_INVALID', 'FILE_NOT_FOUND', 'RUNTIME_FAILED'];

test('rewardlens-model.json, up to a reward', async () => {
  const trial = manifestTrial();
  await readAll(MANIFEST_CODES, (seed) => trial(mutateJson(original, seed)));
});

test('dimensions in a manifest that are out of all proportion', async () => {
  const trial = manifestTrial();
  const { dims } = JSON.parse(original) as { dims: Record<string, unknown> };
  const keys = Object.keys(dims).filter((key) => key !== 'vision');
  const values = [-5, 0, 1, 3, 0.001, 96, 1e7, 9e15, 1e300];
  const cases = keys.flatMap((key) => values.map((value) => ({ ...dims, [key]: value })));
  const vision = dims.vision as Record<string, number>;
  for (const key of Object.keys(vision)) {
    cases.push(...values.map((value) => ({ ...dims, vision: { ...vision, [key]: value } })));
  }
  const tally = await readAll(
    MANIFEST_CODES,
    (n) => trial(JSON.stringify({ ...(JSON.parse(original) as object), dims: cases[n - 1] })),
    cases.length,
  );
  expect(tally.codes.MODEL_INVALID).toBeGreaterThan(cases.length / 2);
});

test('a type in a safetensors header that cannot become a text', async () => {
  const headerBytes = Number(weights.readBigUInt64LE(0));
  const header = weights.subarray(8, 8 + headerBytes).toString();
  const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
  for (const odd of [deep, '{"toString":1}', 'null', `"${'x'.repeat(1e6)}"`]) {
    const text = Buffer.from(header.replace('"BF16"', () => odd));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const source = bytesSource('w', Buffer.concat([length, text, weights]));
    await expect(readSafetensorsHeader(source)).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringMatching(
        /^w: tensor .{1,80}: type .{1,60} is not supported$/,
      ) as string,
    });
  }
});

test('a weight index with values nested without end', async () => {
  const folder = tempFolder();
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  fs.writeFileSync(path.join(folder, 'i.bin.index.json'), `{"weight_map":{"a":${deep}}}`);
  await expect(readWeightIndex(folder, 'i.bin.index.json', '.bin')).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
});

test('a tokenizer whose special ids point nowhere', () => {
  const file = fixture('tiny-checkpoint', 'tokenizer.model');
  // trainer_spec.bos_id is field 41, a varint: the default 1 may be left out, so it is added
  for (const bos of [
    [0xff, 0x7f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ]) {
    const field = Buffer.from([0xc8, 0x02, ...bos]);
    const trainer = Buffer.concat([Buffer.from([0x12, field.length]), field]);
    // a second trainer_spec is merged with the first or replaces it: both must be refused
    expect(() => new InternLm2Tokenizer(Buffer.concat([file, trainer]))).toThrow(AppError);
  }
});

test('a tokenizer of a hundred thousand pieces that begin alike', () => {
  const pieces: Buffer[] = [];
  for (let n = 0; n < 100_000; n += 1) {
    const text = Buffer.from(`a${n}`);
    const body = Buffer.concat([Buffer.from([0x0a, text.length]), text, Buffer.from([0x18, 4])]);
    pieces.push(Buffer.from([0x0a, body.length]), body);
  }
  const file = Buffer.concat([fixture('tiny-checkpoint', 'tokenizer.model'), ...pieces]);
  const start = cpuMs();
  expect(new InternLm2Tokenizer(file).encode('a5', 'plain')).toHaveLength(1);
  expect(cpuMs() - start).toBeLessThan(MAX_CPU_MS);
});

test('a checkpoint of damaged files writes nothing outside its target', async () => {
  const root = tempFolder();
  const checkpointFolder = path.join(root, 'checkpoint');
  fs.cpSync(TINY_CHECKPOINT, checkpointFolder, { recursive: true });
  const files = ['config.json', 'model.safetensors', 'tokenizer.model'];
  const headerEnd = 8 + Number(weights.readBigUInt64LE(0));
  const codes: ErrorCode[] = ['CHECKPOINT_INVALID', 'TOKENIZER_INVALID'];
  const before = fs.readdirSync(process.cwd()).sort();
  await readAll(
    codes,
    async (seed) => {
      const name = files[seed % files.length] ?? '';
      const original = fixture('tiny-checkpoint', name);
      const window = [0, name === 'model.safetensors' ? headerEnd : original.length] as const;
      const damaged =
        name === 'config.json' ? mutateJson(config, seed) : mutateBytes(original, seed, window);
      fs.writeFileSync(path.join(checkpointFolder, name), damaged);
      try {
        const checkpoint = await openCheckpoint(checkpointFolder);
        await checkpoint.close();
        await convertCheckpoint(
          {
            checkpointFolder,
            outFolder: path.join(root, 'out'),
            precision: 'fp32',
            converter: 'test',
            quantiser: LOCAL_QUANTISER,
          },
          () => undefined,
        );
      } finally {
        fs.writeFileSync(path.join(checkpointFolder, name), original);
      }
    },
    60,
  );
  expect(fs.readdirSync(root).filter((name) => name !== 'out')).toEqual(['checkpoint']);
  expect(fs.readdirSync(checkpointFolder).sort()).toEqual(fs.readdirSync(TINY_CHECKPOINT).sort());
  expect(fs.readdirSync(process.cwd()).sort()).toEqual(before);
});
