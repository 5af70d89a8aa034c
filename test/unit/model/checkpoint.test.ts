import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { bytesSource } from '../../../src/base/byteSource';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import { toFloat32 } from '../../../src/model/checkpoint/floats';
import { readModelDims } from '../../../src/model/checkpoint/modelConfig';
import { readSafetensorsHeader } from '../../../src/model/checkpoint/safetensors';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import { readManifest } from '../../../src/model/manifest';
import { tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';

const weights = fs.readFileSync(path.join(TINY_CHECKPOINT, 'model.safetensors'));
const config = fs.readFileSync(path.join(TINY_CHECKPOINT, 'config.json'), 'utf8');

test('dimensions come from the tensors', async () => {
  const checkpoint = await openCheckpoint(TINY_CHECKPOINT);
  expect(checkpoint.dims).toMatchObject({
    hidden: 64,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    mlp: 128,
    vocab: 1024,
    loraRank: 8,
    vision: { hidden: 32, layers: 2, heads: 4, patch: 14, patchesPerSide: 40, tile: 560 },
  });
  expect(checkpoint.ignoredTensors).toBe(2);
  expect(checkpoint.label).toBe('untrained');
  await checkpoint.close();
});

test('converting gives the bundled model, byte for byte', async () => {
  const out = path.join(tempFolder(), 'model');
  const reports: number[] = [];
  await convertCheckpoint(
    {
      checkpointFolder: TINY_CHECKPOINT,
      outFolder: out,
      precision: 'fp32',
      converter: '0.1.0',
      quantiser: LOCAL_QUANTISER,
    },
    ({ done, total }) => reports.push(done / (total ?? 1)),
  );
  // when the linked file was changed last is said of a checkpoint, not of a model that is shipped
  const manifest = path.join(out, 'rewardlens-model.json');
  const stamp = /,\n +"modifiedMs": [\d.]+/;
  fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8').replace(stamp, ''));
  for (const name of fs.readdirSync(TINY_MODEL)) {
    expect(
      fs.readFileSync(path.join(out, name)).equals(fs.readFileSync(path.join(TINY_MODEL, name))),
      name,
    ).toBe(true);
  }
  expect(fs.readdirSync(out).sort()).toEqual(fs.readdirSync(TINY_MODEL).sort());
  expect(reports.at(-1)).toBe(1);
});

test('a conversion that is stopped leaves no model', async () => {
  const out = path.join(tempFolder(), 'model');
  const controller = new AbortController();
  const options = {
    checkpointFolder: TINY_CHECKPOINT,
    outFolder: out,
    precision: 'fp32',
    converter: '0',
    quantiser: LOCAL_QUANTISER,
  } as const;
  await expect(
    convertCheckpoint(options, () => controller.abort(), controller.signal),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(readManifest(out)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
});

test('missing and misshaped tensors are named', async () => {
  const folder = tempFolder();
  for (const name of ['config.json', 'tokenizer.model', 'model.safetensors']) {
    fs.copyFileSync(path.join(TINY_CHECKPOINT, name), path.join(folder, name));
  }
  const renamed = Buffer.from(weights);
  renamed.write('scorX.weight', renamed.indexOf('score.weight'));
  fs.writeFileSync(path.join(folder, 'model.safetensors'), renamed);
  await expect(openCheckpoint(folder)).rejects.toThrow(/score\.weight is missing/);
  fs.rmSync(path.join(folder, 'tokenizer.model'));
  await expect(openCheckpoint(folder)).rejects.toThrow(/tokenizer\.model is missing/);
  await expect(openCheckpoint(path.join(folder, 'none'))).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});

test('a config that does not fit the tensors is refused', async () => {
  const tensors = await readSafetensorsHeader(bytesSource('w', weights));
  const lies = { ...(JSON.parse(config) as object), num_attention_heads: 8 };
  expect(() => readModelDims(JSON.stringify(lies), tensors)).toThrow(/8 heads/);
  expect(() => readModelDims('{}', tensors)).toThrow(/num_attention_heads/);
  expect(() => readModelDims('nonsense', tensors)).toThrow(/not JSON/);
});

test('a config whose model could not be loaded is refused before converting', async () => {
  const folder = tempFolder();
  fs.cpSync(TINY_CHECKPOINT, folder, { recursive: true });
  const lies = { ...(JSON.parse(config) as object), max_position_embeddings: 1e15 };
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(lies));
  await expect(openCheckpoint(folder)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(/maxPositions is 1000000000000000, at most/) as string,
  });
});

test('a manifest that somebody changed is refused', async () => {
  const folder = path.join(tempFolder(), 'model');
  fs.cpSync(TINY_MODEL, folder, { recursive: true });
  const file = path.join(folder, 'rewardlens-model.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { dims: object };
  const changed = { ...manifest, dims: { ...manifest.dims, ropeTheta: 10_000 } };
  fs.writeFileSync(file, JSON.stringify(changed));
  await expect(readManifest(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('fingerprint') as string,
  });
});

test('a model folder is checked before it is loaded', async () => {
  const folder = path.join(tempFolder(), 'model');
  fs.cpSync(TINY_MODEL, folder, { recursive: true });
  fs.truncateSync(path.join(folder, 'model.safetensors'), 1000);
  await expect(readManifest(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    data: { file: 'model.safetensors' },
  });
  fs.rmSync(path.join(folder, 'model.safetensors'));
  await expect(readManifest(folder)).rejects.toThrow(/is missing/);
  fs.writeFileSync(path.join(folder, 'rewardlens-model.json'), '{"format":2}');
  await expect(readManifest(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
});

test('200 damaged safetensors headers: an error with a code, or a header', async () => {
  const headerEnd = 8 + Number(weights.readBigUInt64LE(0));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), { minLength: 1, maxLength: 30 }),
      fc.nat(weights.length),
      async (changes, length) => {
        const damaged = Uint8Array.from(weights.subarray(0, length));
        for (const [at, value] of changes) {
          if (at < damaged.length) {
            damaged[at] = value;
          }
        }
        try {
          const tensors = await readSafetensorsHeader(bytesSource('damaged', damaged));
          readModelDims(config, tensors);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: 'CHECKPOINT_INVALID' });
        }
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

test('number formats widen exactly', () => {
  expect([...toFloat32(Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), 'BF16')]).toEqual([1, -2]);
  const halves = Uint8Array.of(0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc, 0xff, 0x7b);
  expect([...toFloat32(halves, 'F16')]).toEqual([1, 2 ** -24, -Infinity, 65504]);
  const raw = new Uint8Array(new Float32Array([0.1, -3]).buffer);
  expect([...toFloat32(raw, 'F32')]).toEqual([Math.fround(0.1), -3]);
});
