import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { expect, test } from 'vitest';
import { BlobCache } from '../../../src/node/blobCache';
import { ROOT, tempFolder } from '../../support/paths';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

function cacheOf(folder: string, limitBytes: number): BlobCache {
  return new BlobCache(folder, limitBytes, (error) => {
    throw error;
  });
}

/** Makes a blob look as if it was used at a time in the past. */
function age(folder: string, name: string, minutes: number): void {
  const time = new Date(Date.now() - minutes * 60_000);
  fs.utimesSync(path.join(folder, `${name}.blob`), time, time);
}

test('a blob comes back as it was, parts joined', async () => {
  const cache = cacheOf(path.join(tempFolder(), 'new'), 1000);
  expect(await cache.read('aa')).toBeUndefined();
  await cache.write('aa', [bytes(3, 1), bytes(2, 2)]);
  expect(await cache.read('aa')).toEqual(Uint8Array.of(1, 1, 1, 2, 2));
});

test('what was not used for longest goes first, and the folder keeps its limit', async () => {
  const folder = tempFolder();
  const cache = cacheOf(folder, 1000);
  for (const [n, name] of ['a1', 'a2', 'a3', 'a4'].entries()) {
    await cache.write(name, [bytes(200, n)]);
    age(folder, name, 10 - n);
  }
  // reading counts as use
  expect(await cache.read('a1')).toHaveLength(200);
  await cache.write('a5', [bytes(200, 5)]);
  const there = ['a1', 'a2', 'a3', 'a4', 'a5'].filter((name) =>
    fs.existsSync(path.join(folder, `${name}.blob`)),
  );
  expect(there).toEqual(['a1', 'a4', 'a5']);
  await cache.write('b1', [bytes(2000, 1)]);
  expect(await cache.read('b1')).toBeUndefined();
  expect(await cache.read('a5')).toHaveLength(200);
});

test('a damaged blob is none, and goes', async () => {
  const folder = tempFolder();
  const faults: unknown[] = [];
  const cache = new BlobCache(folder, 1000, (error) => faults.push(error));
  await cache.write('aa', [bytes(100, 1)]);
  const file = path.join(folder, 'aa.blob');
  const content = fs.readFileSync(file);
  content[60] = 9;
  fs.writeFileSync(file, content);
  expect(await cache.read('aa')).toBeUndefined();
  expect(fs.existsSync(file)).toBe(false);
  expect(String(faults[0])).toContain('damaged');
  fs.writeFileSync(file, content.subarray(0, 10));
  expect(await cache.read('aa')).toBeUndefined();
});

test('a folder that can’t be written is told, and nothing fails', async () => {
  const file = path.join(tempFolder(), 'file');
  fs.writeFileSync(file, '');
  const faults: unknown[] = [];
  const cache = new BlobCache(path.join(file, 'inside'), 1000, (error) => faults.push(error));
  await cache.write('aa', [bytes(1, 1)]);
  expect(await cache.read('aa')).toBeUndefined();
  expect(faults).toHaveLength(1);
});

test('what a process left behind that ended while it wrote is cleared later', async () => {
  const folder = tempFolder();
  const [old, fresh] = ['old', 'fresh'].map((name) => path.join(folder, `${name}.tmp`));
  for (const file of [old, fresh]) {
    fs.writeFileSync(file ?? '', 'half');
  }
  const time = new Date(Date.now() - 2 * 60 * 60 * 1000);
  fs.utimesSync(old ?? '', time, time);
  await cacheOf(folder, 1000).write('aa', [bytes(1, 1)]);
  expect(fs.readdirSync(folder).sort()).toEqual(['aa.blob', 'fresh.tmp']);
});

test('two processes that write, clear and read the same blobs never see a wrong one', async () => {
  const folder = tempFolder();
  const script = path.join(tempFolder(), 'writer.mjs');
  await esbuild.build({
    stdin: {
      contents: `
        import { BlobCache } from ${JSON.stringify(path.join(ROOT, 'src/node/blobCache.ts'))};
        const faults = [];
        const cache = new BlobCache(${JSON.stringify(folder)}, 5000, (error) => faults.push(String(error)));
        const wrong = [];
        for (let round = 0; round < 300; round += 1) {
          const value = round % 20;
          const name = value.toString(16).padStart(2, '0');
          await cache.write(name, [new Uint8Array(400).fill(value)]);
          const other = (round * 7) % 20;
          const read = await cache.read(other.toString(16).padStart(2, '0'));
          if (read !== undefined && !(read.length === 400 && read.every((b) => b === other))) {
            wrong.push(other);
          }
        }
        process.send({ wrong, faults });
        process.disconnect();`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  const results = await Promise.all(
    [1, 2].map(async () => {
      const child = fork(script);
      const [message] = (await once(child, 'message')) as [unknown];
      return message;
    }),
  );
  expect(results).toEqual([
    { wrong: [], faults: [] },
    { wrong: [], faults: [] },
  ]);
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  // each process counts without the other's last blob
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(5000 + 432);
});
