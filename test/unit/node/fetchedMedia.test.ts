// Media that datasets name by addresses: fetched only where that is on, once, and checked.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchedFolder, knownFile, permitFetching } from '../../../src/node/fetchedMedia';
import { resolveMedia } from '../../../src/node/folder';
import { rowsOf } from '../../support/cli';
import { CLI, FIXTURES, tempFolder } from '../../support/paths';

const PNG = fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'));
let server: http.Server;
let base: string;
let asked: string[];

beforeEach(async () => {
  vi.stubEnv('REWARDLENS_CACHE', tempFolder());
  vi.stubEnv('REWARDLENS_FETCH_MEDIA', '');
  permitFetching(false);
  asked = [];
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    switch (request.url) {
      case '/a.png':
        response.end(PNG);
        break;
      case '/moved':
        response.writeHead(302, { location: '/a.png' }).end();
        break;
      case '/page':
        response.setHeader('content-type', 'image/png').end('<html>not a picture</html>');
        break;
      case '/huge':
        response.setHeader('content-length', 1e12).write(PNG);
        break;
      case '/cut':
        response.setHeader('content-length', PNG.length);
        response.write(PNG.subarray(0, 20), () => response.destroy());
        break;
      default:
        response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const find = (url: string): Promise<string> => resolveMedia('/nowhere', url);
const codeOf = (url: string): Promise<unknown> =>
  find(url).then(
    () => 'found',
    (error: unknown) => (error as { code: string }).code,
  );

test('nothing is fetched unless it is turned on, and only from the web', async () => {
  expect(await codeOf(`${base}/a.png`)).toBe('MEDIA_URL_DISABLED');
  permitFetching(true);
  expect(await codeOf('file:///etc/passwd')).toBe('MEDIA_URL_DISABLED');
  expect(await codeOf('ftp://127.0.0.1/a.png')).toBe('MEDIA_URL_DISABLED');
  expect(asked).toEqual([]);
});

test('a picture is fetched once, also for many at a time, and is there when fetching is off again', async () => {
  permitFetching(true);
  const files = await Promise.all([1, 2, 3].map(() => find(`${base}/a.png`)));
  expect(new Set(files).size).toBe(1);
  expect(fs.readFileSync(files[0] ?? '')).toEqual(PNG);
  expect(path.dirname(files[0] ?? '')).toBe(fetchedFolder());
  expect(files[0]).toMatch(/\.png$/);
  permitFetching(false);
  // whoever knows the file by its time of change must not take it for another one
  const before = fs.statSync(files[0] ?? '').mtimeMs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await find(`${base}/a.png`)).toBe(files[0]);
  expect(fs.statSync(files[0] ?? '').mtimeMs).toBe(before);
  expect(fs.statSync(files[0] ?? '').atimeMs).toBeGreaterThan(before + 10);
  expect(await knownFile(`${base}/a.png`)).toBe(files[0]);
  expect(asked).toEqual(['/a.png']);
  vi.stubEnv('REWARDLENS_FETCH_MEDIA', '1');
  expect(fs.readFileSync(await find(`${base}/moved`))).toEqual(PNG);
});

test('what is no picture, too large, cut off or not there is said, and leaves nothing', async () => {
  permitFetching(true);
  expect(await codeOf(`${base}/page`)).toBe('MEDIA_UNSUPPORTED');
  expect(await codeOf(`${base}/huge`)).toBe('MEDIA_TOO_LARGE');
  expect(await codeOf(`${base}/cut`)).toBe('MEDIA_NOT_FETCHED');
  expect(await codeOf(`${base}/none.png`)).toBe('MEDIA_NOT_FETCHED');
  expect(await codeOf('http://127.0.0.1:1/a.png')).toBe('MEDIA_NOT_FETCHED');
  expect(fs.readdirSync(fetchedFolder())).toEqual([]);
  // it is tried again the next time
  expect(await codeOf(`${base}/none.png`)).toBe('MEDIA_NOT_FETCHED');
  expect(asked.filter((url) => url === '/none.png')).toHaveLength(2);
});

test('score and export --fetch-media: rewards of the file itself; off, the row says so', async () => {
  const folder = tempFolder();
  fs.writeFileSync(path.join(folder, 'a.png'), PNG);
  const asks = { prompt: 'Which shape?', candidates: ['A circle.', 'A square, I think.'] };
  const file = path.join(folder, 'd.candidates.jsonl');
  const rows = [`${base}/a.png`, 'a.png'].map((image) => ({ ...asks, images: [image] }));
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const off = await run('score', file);
  expect(off.code).toBe(3);
  expect(off.rows[0]?.error).toMatchObject({ code: 'MEDIA_URL_DISABLED' });
  expect(off.err).toContain('--fetch-media');
  expect(asked).toEqual([]);

  const scored = path.join(folder, 'scored.jsonl');
  const on = await run('score', file, '--fetch-media', '--out', scored);
  expect(on.code).toBe(0);
  const [fetched, own] = rowsOf(fs.readFileSync(scored, 'utf8'));
  expect(fetched?.rewards).toEqual(own?.rewards);
  expect(asked).toEqual(['/a.png']);

  const out = path.join(folder, 'pairs.jsonl');
  const from = ['--from', 'rewards', '--rewards', scored, '--format', 'trl', '--out', out];
  expect((await run('export', file, ...from, '--media', 'copy', '--fetch-media')).code).toBe(0);
  const [first] = rowsOf(fs.readFileSync(out, 'utf8'));
  const [copy = ''] = first?.images as string[];
  expect(fs.readFileSync(path.join(folder, copy))).toEqual(PNG);
}, 120_000);

/** Beside this process, which answers. */
function run(...args: readonly string[]) {
  const env = { ...process.env, REWARDLENS_MODEL: '' };
  const child = spawn(process.execPath, [CLI, ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise<{ code: number | null; err: string; rows: Record<string, unknown>[] }>(
    (resolve) =>
      child.on('close', (code) =>
        resolve({ code, err, rows: out.startsWith('{') ? rowsOf(out) : [] }),
      ),
  );
}
