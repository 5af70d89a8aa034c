// A folder of a download holds one commit: what was there before is checked, replaced or removed.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import {
  downloadCheckpoint,
  type HubOptions,
  type HubResult,
} from '../../../src/model/hub/hubCheckpoint';
import { freeBytes } from '../../../src/node/fileChanges';
import { PartialFile } from '../../../src/node/atomicFile';
import { FAKE_REPO, sha256, startFakeHub, type FakeHub } from '../../support/fakeHub';
import { FIXTURES, tempFolder, TINY_CHECKPOINT } from '../../support/paths';

vi.mock(import('../../../src/node/fileChanges'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, freeBytes: vi.fn(original.freeBytes) };
});

const TINY_TORCH = path.join(FIXTURES, 'tiny-torch');
const read = (folder: string, name: string): Buffer => fs.readFileSync(path.join(folder, name));
const contentOf = (folder: string, names: readonly string[]): [string, Buffer][] =>
  names.map((name) => [name, read(folder, name)]);
const FIXED = contentOf(TINY_CHECKPOINT, ['config.json', 'tokenizer.model']);
const SAFETENSORS = contentOf(TINY_CHECKPOINT, ['model.safetensors']);
const TORCH = contentOf(TINY_TORCH, fs.readdirSync(TINY_TORCH));

let hub: FakeHub;
let folder: string;

beforeEach(async () => {
  folder = path.join(tempFolder(), 'checkpoint');
  hub = await startFakeHub(new Map([...FIXED, ...SAFETENSORS]), 'main');
});

afterEach(() => {
  vi.mocked(freeBytes).mockReset();
  hub.close();
});

function download(more: Partial<HubOptions> = {}): Promise<HubResult> {
  const options = { repo: FAKE_REPO, revision: 'main', outFolder: folder, hubUrl: hub.url };
  return downloadCheckpoint({ ...options, ...more }, () => undefined);
}

/** The same length with other content. */
function changed(bytes: Buffer | undefined): Buffer {
  const other = Buffer.from(bytes ?? '');
  const at = other.length - 2;
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}

const fetched = (): string[] => hub.requests.map(({ url }) => path.basename(url));

/** Weights that a conversion would find there. */
async function weightsFound(): Promise<string[]> {
  const checkpoint = await openCheckpoint(folder);
  await checkpoint.close();
  return checkpoint.weightFiles.map((file) => path.basename(file));
}

test('a branch that has moved on: files of the same size are replaced', async () => {
  await download();
  const config = Buffer.from(
    (hub.content.get('config.json') ?? '').toString().replace('"untrained"', '"untrainee"'),
  );
  const weights = changed(hub.content.get('model.safetensors'));
  hub.content.set('config.json', config).set('model.safetensors', weights);
  hub.requests = [];
  const { commit } = await download();
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(fetched().sort()).toEqual(['config.json', 'model.safetensors']);
  expect(read(folder, 'config.json').equals(config)).toBe(true);
  expect(read(folder, 'model.safetensors').equals(weights)).toBe(true);
});

test('another revision in the same folder: only its own files are offered to a conversion', async () => {
  hub.revisions.set('refs/pr/1', new Map([...FIXED, ...SAFETENSORS]));
  hub.revisions.set('main', new Map([...FIXED, ...TORCH]));
  await download({ revision: 'refs/pr/1' });
  expect(await weightsFound()).toEqual(['model.safetensors']);
  hub.requests = [];
  const { files } = await download();
  expect(fs.existsSync(path.join(folder, 'model.safetensors'))).toBe(false);
  expect(await weightsFound()).toEqual(
    TORCH.map(([name]) => name).filter((n) => n.endsWith('.bin')),
  );
  // what both have is not fetched again
  expect(fetched().sort()).toEqual(TORCH.map(([name]) => name).sort());
  expect([...files].sort()).toEqual([...FIXED, ...TORCH].map(([name]) => name).sort());
});

test('a kept file is checked, not believed', async () => {
  await download();
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.model']) {
    fs.writeFileSync(path.join(folder, name), changed(hub.content.get(name)));
    hub.requests = [];
    await download();
    expect(fetched(), name).toEqual([name]);
    expect(read(folder, name).equals(hub.content.get(name) ?? Buffer.of()), name).toBe(true);
  }
});

test('files that the hub keeps in git are checked, too', async () => {
  Object.assign(hub, { spoil: true, spoilEnding: 'config.json' });
  await expect(download()).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringMatching(/config\.json.*git/) as string,
  });
  expect(fs.existsSync(path.join(folder, 'config.json'))).toBe(false);
});

test('what is left of another commit is not gone on with', async () => {
  hub.breakOff = { folder, afterBytes: 100_000 };
  await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  const partial = PartialFile.partialPathOf(path.join(folder, 'model.safetensors'));
  expect(fs.statSync(partial).size).toBe(100_000);
  const weights = changed(hub.content.get('model.safetensors'));
  weights[10] = (weights[10] ?? 0) ^ 1;
  hub.content.set('model.safetensors', weights);
  hub.breakOff = undefined;
  hub.requests = [];
  await download();
  expect(hub.requests.map(({ range }) => range)).toEqual([undefined]);
  expect(sha256(read(folder, 'model.safetensors'))).toBe(sha256(weights));
});

test('weights that the download did not bring are neither used nor removed', async () => {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'mine.safetensors'), 'mine');
  await expect(download()).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringContaining('mine.safetensors') as string,
  });
  expect(fs.readdirSync(folder)).toEqual(['mine.safetensors']);
});

test('only what is still missing has to fit on the disk', async () => {
  const small = FIXED.reduce((sum, [, { length }]) => sum + length, 0);
  const { length: large } = SAFETENSORS[0]?.[1] ?? Buffer.of();
  hub.breakOff = { folder, afterBytes: 100_000 };
  await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  hub.breakOff = undefined;
  vi.mocked(freeBytes).mockResolvedValue(large - 100_001);
  await expect(download()).rejects.toMatchObject({
    code: 'DISK_FULL',
    data: { neededBytes: large - 100_000, freeBytes: large - 100_001 },
  });
  vi.mocked(freeBytes).mockResolvedValue(large - 100_000);
  await download();
  vi.mocked(freeBytes).mockResolvedValue(0);
  expect((await download()).sizeBytes).toBe(small + large);
});

test('a disk that is too full for the new commit: the old one stays', async () => {
  await download();
  const old = read(folder, 'model.safetensors');
  hub.content.set('model.safetensors', Buffer.alloc(2 * old.length));
  vi.mocked(freeBytes).mockResolvedValue(old.length - 1);
  await expect(download()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(read(folder, 'model.safetensors').equals(old)).toBe(true);
  // its own room will be free then
  vi.mocked(freeBytes).mockResolvedValue(old.length);
  await download();
  expect(fs.statSync(path.join(folder, 'model.safetensors')).size).toBe(2 * old.length);
});

test('a revision that does not exist', async () => {
  await expect(download({ revision: 'none' })).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
});
