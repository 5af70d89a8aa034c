// Downloading a checkpoint from a hub: our own, on this machine.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import { downloadCheckpoint, type HubOptions } from '../../../src/model/hub/hubCheckpoint';
import { RECORD_NAME } from '../../../src/model/hub/hubFolder';
import { FAKE_REPO, sha256, startFakeHub, type FakeHub } from '../../support/fakeHub';
import { tempFolder, TINY_CHECKPOINT } from '../../support/paths';

const CONTENT = new Map(
  ['config.json', 'tokenizer.model', 'model.safetensors'].map((name) => [
    name,
    fs.readFileSync(path.join(TINY_CHECKPOINT, name)),
  ]),
);
let hub: FakeHub;

beforeAll(async () => {
  hub = await startFakeHub(new Map(CONTENT), 'refs/pr/1');
});

afterAll(() => hub.close());

beforeEach(() => {
  Object.assign(hub, { breakOff: undefined, token: undefined, spoil: false, requests: [] });
});

function options(outFolder: string, more: Partial<HubOptions> = {}): HubOptions {
  return { repo: FAKE_REPO, revision: 'refs/pr/1', outFolder, hubUrl: hub.url, ...more };
}

test('what a conversion needs comes, and nothing else', async () => {
  const folder = tempFolder();
  const reports: number[] = [];
  const { files, sizeBytes } = await downloadCheckpoint(options(folder), ({ done, total }) =>
    reports.push(done / (total ?? 0)),
  );
  expect([...files].sort()).toEqual([...CONTENT.keys()].sort());
  expect(fs.readdirSync(folder).sort()).toEqual([...CONTENT.keys(), RECORD_NAME].sort());
  expect(sizeBytes).toBe([...CONTENT.values()].reduce((sum, { length }) => sum + length, 0));
  expect(reports.at(-1)).toBe(1);
  await (await openCheckpoint(folder)).close();
  // a second time nothing is fetched
  hub.requests = [];
  await downloadCheckpoint(options(folder), () => undefined);
  expect(hub.requests).toEqual([]);
});

test('a transfer that breaks goes on where it was', async () => {
  const folder = tempFolder();
  hub.breakOff = { folder, afterBytes: 100_000 };
  await expect(downloadCheckpoint(options(folder), () => undefined)).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  expect(fs.existsSync(path.join(folder, 'model.safetensors'))).toBe(false);
  hub.breakOff = undefined;
  hub.requests = [];
  await downloadCheckpoint(options(folder), () => undefined);
  expect(hub.requests).toMatchObject([{ range: 'bytes=100000-' }]);
  const found = fs.readFileSync(path.join(folder, 'model.safetensors'));
  expect(sha256(found)).toBe(sha256(CONTENT.get('model.safetensors') ?? Buffer.of()));
});

test('a file with another hash is not taken', async () => {
  const folder = tempFolder();
  hub.spoil = true;
  await expect(downloadCheckpoint(options(folder), () => undefined)).rejects.toThrow(/SHA-256/);
  expect(fs.existsSync(path.join(folder, 'model.safetensors'))).toBe(false);
  hub.spoil = false;
  await downloadCheckpoint(options(folder), () => undefined);
});

test('a model that asks for an account: refused without a token, fetched with it', async () => {
  hub.token = 'hf_secret';
  await expect(downloadCheckpoint(options(tempFolder()), () => undefined)).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  await downloadCheckpoint(options(tempFolder(), { token: 'hf_secret' }), () => undefined);
});

test('no such model, no weights, no network, cancelled', async () => {
  const none = options(tempFolder(), { repo: 'some/other' });
  await expect(downloadCheckpoint(none, () => undefined)).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  const closed = options(tempFolder(), { hubUrl: 'http://127.0.0.1:59998' });
  await expect(downloadCheckpoint(closed, () => undefined)).rejects.toThrow(/ECONNREFUSED/);
  hub.content.delete('model.safetensors');
  await expect(downloadCheckpoint(options(tempFolder()), () => undefined)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
  hub.content.set('model.safetensors', CONTENT.get('model.safetensors') ?? Buffer.of());
  const controller = new AbortController();
  await expect(
    downloadCheckpoint(options(tempFolder()), () => controller.abort(), controller.signal),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
});
