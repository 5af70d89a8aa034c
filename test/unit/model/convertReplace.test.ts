// Converting over another model: it stays usable until the new one is complete, and nothing of it or
// of a failed attempt is left behind.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { LogLevel } from '../../../src/base/logger';
import { readManifest } from '../../../src/model/manifest';
import { PartialFile } from '../../../src/node/atomicFile';
import { freeBytes } from '../../../src/node/fileChanges';
import { changeTensor, convertTo, convertUntil, tinyCopy } from '../../support/conversions';
import { tempFolder, TINY_CHECKPOINT } from '../../support/paths';

vi.mock(import('../../../src/node/fileChanges'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, freeBytes: vi.fn(original.freeBytes) };
});

afterEach(() => {
  vi.mocked(freeBytes).mockReset();
});

const WEIGHTS = 'weights.safetensors';
const GRAPHS = ['decoder.onnx', 'projector.onnx', 'vision.onnx'];
const SMALL = [...GRAPHS, 'rewardlens-model.json', 'tokenizer.model'];
const tiny = { checkpointFolder: TINY_CHECKPOINT };

const outFolder = (): string => path.join(tempFolder(), 'model');
const list = (folder: string): string[] => fs.readdirSync(folder).sort();

/** A larger checkpoint than this disk. */
function freeIs(bytes: number): void {
  vi.mocked(freeBytes).mockResolvedValue(bytes);
}

test.each(['fp32', 'int8'] as const)('a full disk: the %s model there stays', async (precision) => {
  const out = outFolder();
  const { manifest } = await convertTo(out, { ...tiny, precision });
  const before = list(out);
  freeIs(1000);
  await expect(convertTo(out, { ...tiny, precision: 'int4' })).rejects.toMatchObject({
    code: 'DISK_FULL',
  });
  expect(list(out)).toEqual(before);
  expect((await readManifest(out)).fingerprint).toBe(manifest.fingerprint);
});

test('a stop and bad weights: the model there stays', async () => {
  const out = outFolder();
  const { manifest } = await convertTo(out, { ...tiny, precision: 'int8' });
  await convertUntil(20, out, { ...tiny, precision: 'int4' });
  expect((await readManifest(out)).fingerprint).toBe(manifest.fingerprint);

  const checkpointFolder = tinyCopy();
  const file = path.join(checkpointFolder, 'model.safetensors');
  await changeTensor(file, 'vision_proj.2.weight', (bytes) => bytes.fill(0xff));
  await expect(convertTo(out, { checkpointFolder, precision: 'int4' })).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
  expect((await readManifest(out)).fingerprint).toBe(manifest.fingerprint);
});

test('a stop while files that stay as they are are hashed: the model there stays', async () => {
  const out = outFolder();
  const { manifest } = await convertTo(out, { ...tiny, precision: 'int8' });
  const before = list(out);
  const controller = new AbortController();
  controller.abort();
  await expect(
    convertTo(out, { ...tiny, precision: 'fp32' }, controller.signal),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(list(out)).toEqual(before);
  expect((await readManifest(out)).fingerprint).toBe(manifest.fingerprint);
});

test('what an earlier model and broken-off attempts left goes', async () => {
  const out = outFolder();
  await convertTo(out, { ...tiny, precision: 'int8' });
  await convertUntil(20, out, { ...tiny, precision: 'int4' });
  expect(list(out)).toContain(path.basename(PartialFile.partialPathOf(WEIGHTS)));
  await convertTo(out, { ...tiny, precision: 'fp32' });
  expect(list(out)).toEqual([...SMALL, 'model.safetensors'].sort());
  await convertTo(out, { ...tiny, precision: 'int4' });
  // the link: the checkpoint has the same bytes
  expect(list(out)).toEqual([...SMALL, WEIGHTS].sort());
  await readManifest(out);
});

test('the last copy of a checkpoint is never removed', async () => {
  const checkpointFolder = tinyCopy();
  const out = outFolder();
  await convertTo(out, { checkpointFolder, precision: 'fp32' });
  fs.rmSync(checkpointFolder, { recursive: true });
  await convertTo(out, { ...tiny, precision: 'int8' });
  expect(list(out)).toEqual([...SMALL, 'model.safetensors', WEIGHTS].sort());
});

test('a checkpoint converted in its own folder keeps its weights, whatever comes after', async () => {
  const folder = tinyCopy();
  await convertTo(folder, { checkpointFolder: folder, precision: 'fp32' });
  await convertTo(folder, { checkpointFolder: folder, precision: 'int8' });
  await convertTo(folder, { ...tiny, precision: 'int4' });
  const weights = fs.readFileSync(path.join(TINY_CHECKPOINT, 'model.safetensors'));
  expect(fs.readFileSync(path.join(folder, 'model.safetensors')).equals(weights)).toBe(true);
});

test('a checkpoint is not replaced by its own conversion', async () => {
  const folder = tinyCopy(WEIGHTS);
  const before = fs.readFileSync(path.join(folder, WEIGHTS));
  await expect(
    convertTo(folder, { checkpointFolder: folder, precision: 'int8' }),
  ).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(WEIGHTS) as string,
  });
  expect(fs.readFileSync(path.join(folder, WEIGHTS)).equals(before)).toBe(true);
  expect(list(folder)).toEqual(['config.json', 'tokenizer.model', WEIGHTS].sort());
});

/** A folder into which no second name of `blocked` fits. */
function unlinkable(out: string, blocked: string): string {
  fs.mkdirSync(path.join(out, `${blocked}.rewardlens-link`, 'full'), { recursive: true });
  return out;
}

test('weights that cannot be linked are copied, and it is said why', async () => {
  const out = unlinkable(outFolder(), 'model.safetensors');
  const lines: [LogLevel, string][] = [];
  const { copied, manifest } = await convertTo(out, {
    ...tiny,
    precision: 'fp32',
    logger: { log: (level, message) => void lines.push([level, message]) },
  });
  expect(copied).toMatch(/model\.safetensors/);
  expect(lines).toContainEqual(['warn', expect.stringContaining('copied')]);
  expect(manifest.files.map(({ name }) => name)).toContain(WEIGHTS);
  await readManifest(out);
  const linked = await convertTo(outFolder(), { ...tiny, precision: 'fp32' });
  expect(linked.copied).toBeUndefined();
});

test('when one of several files cannot be linked, the links of the others go', async () => {
  const checkpointFolder = path.join(tempFolder(), 'checkpoint');
  fs.cpSync(TINY_CHECKPOINT, checkpointFolder, { recursive: true });
  splitWeights(checkpointFolder);
  const out = unlinkable(outFolder(), 'model-00002-of-00002.safetensors');
  const { copied } = await convertTo(out, { checkpointFolder, precision: 'fp32' });
  expect(copied).toMatch(/00002-of-00002/);
  const blocked = 'model-00002-of-00002.safetensors.rewardlens-link';
  expect(list(out)).toEqual([...SMALL, WEIGHTS, blocked].sort());
});

/** Two files instead of one: the score head apart. */
function splitWeights(folder: string): void {
  const whole = path.join(folder, 'model.safetensors');
  const bytes = fs.readFileSync(whole);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Header;
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  for (const [n, keep] of [
    names.filter((name) => name !== 'score.weight'),
    ['score.weight'],
  ].entries()) {
    const own: Header = {};
    const data: Buffer[] = [];
    let end = 0;
    for (const name of keep) {
      const entry = header[name];
      const [from = 0, to = 0] = entry?.data_offsets ?? [];
      own[name] = {
        dtype: entry?.dtype ?? '',
        shape: entry?.shape ?? [],
        data_offsets: [end, end + to - from],
      };
      data.push(bytes.subarray(headerEnd + from, headerEnd + to));
      end += to - from;
    }
    const json = Buffer.from(JSON.stringify(own));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const file = path.join(folder, `model-0000${n + 1}-of-00002.safetensors`);
    fs.writeFileSync(file, Buffer.concat([length, json, ...data]));
  }
  fs.rmSync(whole);
}
