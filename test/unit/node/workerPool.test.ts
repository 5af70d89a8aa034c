import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WorkerPool } from '../../../src/node/workerPool';
import { tempFolder } from '../../support/paths';

/** A thread that doubles numbers, throws at negative ones, ends at zero and knows not 404. */
function script(): string {
  const file = path.join(tempFolder(), 'thread.cjs');
  fs.writeFileSync(
    file,
    `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ id, task }) => {
      if (task === 0) process.exit(3);
      if (task < 0) throw new Error('negative');
      if (task === 0.5) parentPort.postMessage({ id, progress: 7 });
      const error = { code: 'FILE_NOT_FOUND', message: 'gone' };
      parentPort.postMessage(task === 404 ? { id, error } : { id, answer: 2 * task });
    });`,
  );
  return file;
}

test('answers come back to who asked', async () => {
  const pool = new WorkerPool<number, number>(script(), 2);
  expect(await Promise.all([1, 2, 3, 4].map((n) => pool.run(n)))).toEqual([2, 4, 6, 8]);
  await pool.end();
});

test.each([
  [0, /exit code 3/],
  [-1, /negative/],
])('a thread that ends takes its tasks with it, and those that come later (%i)', async (n, why) => {
  const pool = new WorkerPool<number, number>(script(), 1);
  const [first, waiting] = [pool.run(n), pool.run(1)];
  const ended = { code: 'INTERNAL', message: expect.stringMatching(why) as string };
  await expect(first).rejects.toMatchObject(ended);
  await expect(waiting).rejects.toMatchObject(ended);
  await expect(pool.run(2)).rejects.toMatchObject(ended);
  await pool.end();
});

test('a pool that has ended, or a script that is not there', async () => {
  const pool = new WorkerPool<number, number>(script(), 1);
  await pool.run(1);
  await pool.end();
  await expect(pool.run(1)).rejects.toMatchObject({ code: 'INTERNAL' });
  const none = new WorkerPool<number, number>(path.join(tempFolder(), 'none.cjs'), 1);
  await expect(none.run(1)).rejects.toMatchObject({ code: 'INTERNAL' });
  await none.end();
});

test('a task that cannot be sent fails alone', async () => {
  const pool = new WorkerPool<unknown, number>(script(), 1);
  await expect(pool.run(() => undefined)).rejects.toThrow(/could not be cloned/);
  expect(await pool.run(4)).toBe(8);
  await pool.end();
});

test('progress comes before the answer, and errors keep their code', async () => {
  const pool = new WorkerPool<number, number>(script(), 1);
  const told: number[] = [];
  expect(await pool.run(0.5, (amount) => told.push(amount))).toBe(1);
  expect(told).toEqual([7]);
  await expect(pool.run(404)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await pool.end();
});
