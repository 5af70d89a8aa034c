import { expect, test } from 'vitest';
import { TaskQueue } from '../../../src/base/taskQueue';

test('runs one task at a time, higher priorities first, equal ones in order', async () => {
  const queue = new TaskQueue();
  const log: string[] = [];
  let running = 0;
  const task = (name: string) => async (): Promise<void> => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(name);
    running -= 1;
  };
  await Promise.all([
    queue.enqueue(task('first')),
    queue.enqueue(task('batch 1')),
    queue.enqueue(task('batch 2')),
    queue.enqueue(task('person 1'), 1),
    queue.enqueue(task('person 2'), 1),
  ]);
  expect(log).toEqual(['first', 'person 1', 'person 2', 'batch 1', 'batch 2']);
  expect(queue.length).toBe(0);
});

test('a task whose signal fires while it waits is never started', async () => {
  const queue = new TaskQueue();
  const controller = new AbortController();
  let started = false;
  const first = queue.enqueue(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const second = queue.enqueue(
    async () => {
      started = true;
    },
    0,
    controller.signal,
  );
  controller.abort();
  await first;
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(started).toBe(false);
});

test('a task that fails does not stop the next one', async () => {
  const queue = new TaskQueue();
  const failing = queue.enqueue(async () => {
    throw new Error('no');
  });
  const next = queue.enqueue(async () => 7);
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe(7);
});
