// The CUDA libraries from a package feed: a server here stands in for it.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  CUDA_PACKAGE,
  findCudaPackage,
  installCudaPackage,
  type CudaTarget,
} from '../../../src/model/cudaPackage';
import { CUDA_LIBRARIES } from '../../../src/model/cudaProvider';
import { sendAndBreakOff } from '../../support/breakOff';
import { tempFolder } from '../../support/paths';
import { zipOf } from '../../support/zip';

const VERSION = '1.30.0';
const LIBRARIES = CUDA_LIBRARIES.map((name, n) => ({
  name: `runtimes/linux-x64/native/${name}`,
  data: Buffer.alloc(300_000, name.slice(n, n + 40)),
}));

/** How the feed behaves. */
interface Feed {
  nupkg: Buffer;
  sha512: string;
  /** the first answer breaks off after this many bytes */
  breakAfter?: number;
  ranges: boolean;
  readonly requests: string[];
}

let feed: Feed;
let server: http.Server;
let index: string;
let target: CudaTarget;

const hashOf = (data: Buffer): string => createHash('sha512').update(data).digest('base64');

function offer(nupkg: Buffer): void {
  Object.assign(feed, { nupkg, sha512: hashOf(nupkg) });
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const base = new URL('.', index).href;
  const json = (value: unknown): void => void response.end(JSON.stringify(value));
  const { range } = request.headers;
  feed.requests.push(`${request.url ?? ''}${range === undefined ? '' : ` ${range}`}`);
  switch (request.url) {
    case '/index.json':
      json({
        resources: [
          { '@id': `${base}old/`, '@type': 'RegistrationsBaseUrl' },
          { '@id': `${base}reg/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
        ],
      });
      return;
    case `/reg/${CUDA_PACKAGE.toLowerCase()}/${VERSION}.json`:
      json({ catalogEntry: `${base}entry.json`, packageContent: `${base}package.nupkg` });
      return;
    case '/entry.json':
      json({
        version: VERSION,
        packageHash: feed.sha512,
        packageHashAlgorithm: 'SHA512',
        packageSize: feed.nupkg.length,
      });
      return;
    case '/package.nupkg': {
      const start = feed.ranges ? Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
      const rest = feed.nupkg.subarray(start);
      if (start > 0) {
        const { length } = feed.nupkg;
        response.writeHead(206, { 'content-range': `bytes ${start}-${length - 1}/${length}` });
      } else {
        response.writeHead(200, { 'content-length': rest.length });
      }
      if (feed.breakAfter === undefined) {
        response.end(rest);
      } else {
        const breakOff = { afterBytes: feed.breakAfter, folder: target.downloadFolder };
        sendAndBreakOff(response, rest, start, breakOff);
        delete feed.breakAfter;
      }
      return;
    }
    default:
      response.writeHead(404).end();
  }
}

beforeEach(async () => {
  feed = { nupkg: Buffer.alloc(0), sha512: '', ranges: true, requests: [] };
  offer(zipOf([{ name: 'README.md', data: Buffer.from('x') }, ...LIBRARIES]));
  server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`;
  const folder = tempFolder();
  target = {
    downloadFolder: path.join(folder, 'storage'),
    runtimeFolder: path.join(folder, 'runtime'),
  };
  fs.mkdirSync(target.runtimeFolder);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const install = async (signal?: AbortSignal, onDone: (done: number) => void = () => undefined) =>
  installCudaPackage(
    await findCudaPackage(index, VERSION),
    target,
    ({ done }) => onDone(done),
    signal,
  );
const placed = (): string[] => fs.readdirSync(target.runtimeFolder).sort();
const stored = (): string[] => fs.readdirSync(target.downloadFolder);

test('the two libraries of the published package are put beside the runtime', async () => {
  const seen: number[] = [];
  await install(undefined, (done) => seen.push(done));
  expect(placed()).toEqual([...CUDA_LIBRARIES].sort());
  for (const [n, name] of CUDA_LIBRARIES.entries()) {
    expect(fs.readFileSync(path.join(target.runtimeFolder, name))).toEqual(LIBRARIES[n]?.data);
  }
  expect(seen.at(-1)).toBe(feed.nupkg.length);
  expect(stored()).toEqual([]);
});

test.each([true, false])('a broken download goes on (server with ranges: %s)', async (ranges) => {
  feed.ranges = ranges;
  feed.breakAfter = 100_000;
  await expect(install()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(placed()).toEqual([]);
  const [partial = ''] = stored();
  const left = fs.statSync(path.join(target.downloadFolder, partial)).size;
  expect(left).toBe(100_000);
  await install();
  expect(feed.requests).toContain('/package.nupkg bytes=100000-');
  expect(placed()).toHaveLength(2);
});

test('cancelling leaves what was downloaded, and nothing beside the runtime', async () => {
  const controller = new AbortController();
  feed.breakAfter = 200_000;
  await expect(install(controller.signal, () => controller.abort())).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(placed()).toEqual([]);
  expect(stored()).toHaveLength(1);
  await install();
  expect(placed()).toHaveLength(2);
});

test('a package with another hash is deleted, not unpacked', async () => {
  const changed = Buffer.from(feed.nupkg);
  changed[1000] = (changed[1000] ?? 0) ^ 1;
  feed.nupkg = changed;
  await expect(install()).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringContaining('SHA-512') as string,
  });
  expect([placed(), stored()]).toEqual([[], []]);
});

const [first, second] = LIBRARIES;

test.each([
  ['lacks a library', [first]],
  ['climbs out of its folder', [first, { name: '../../evil.so', data: Buffer.from('x') }, second]],
  ['lies about a size', [{ ...first, claimedSize: 10 }, second]],
])('an archive that %s is refused', async (_, contents) => {
  offer(zipOf(contents.map((entry) => ({ name: '', data: Buffer.alloc(0), ...entry }))));
  await expect(install()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(fs.existsSync(path.join(path.dirname(target.runtimeFolder), 'evil.so'))).toBe(false);
  expect(placed()).not.toContain('evil.so');
});

test('what is no archive is refused', async () => {
  offer(Buffer.from('no archive at all'));
  await expect(install()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
});

test('a folder that can’t be written is named before anything is downloaded', async () => {
  const nowhere = { ...target, runtimeFolder: path.join(target.runtimeFolder, 'none') };
  const found = await findCudaPackage(index, VERSION);
  await expect(installCudaPackage(found, nowhere, () => undefined)).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringContaining(nowhere.runtimeFolder) as string,
  });
  expect(feed.requests).not.toContain('/package.nupkg');
});

test('a version the feed lacks, a feed that is none, and no network', async () => {
  const code = 'DOWNLOAD_FAILED';
  await expect(findCudaPackage(index, '9.9.9')).rejects.toMatchObject({
    code,
    message: expect.stringContaining('404') as string,
  });
  await expect(findCudaPackage(`${index}x`, VERSION)).rejects.toMatchObject({ code });
  await expect(findCudaPackage('http://127.0.0.1:1/index.json', VERSION)).rejects.toMatchObject({
    code,
  });
});
