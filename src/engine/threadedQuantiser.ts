// Quantises, rounds and hashes on two threads: more would only wait for the disk and for memory.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { Quantiser } from '../model/convert/quantiser';
import { WorkerPool } from '../node/workerPool';
import type { ThreadAnswer, ThreadTask } from './quantiserThread';

const THREADS = 2;

/** Lends a quantiser for the time of one piece of work. @param script quantiserThread.ts, bundled */
export async function withThreadedQuantiser<T>(
  script: string,
  work: (quantiser: Quantiser) => Promise<T>,
): Promise<T> {
  let pool: WorkerPool<ThreadTask, ThreadAnswer> | undefined;
  const threads = (): WorkerPool<ThreadTask, ThreadAnswer> => {
    pool ??= new WorkerPool(script, THREADS);
    return pool;
  };
  // the answer is of the task's kind
  const run = async <A extends ThreadAnswer>(
    task: ThreadTask,
    onProgress?: (amount: number) => void,
  ): Promise<A> => (await threads().run(task, onProgress)) as A;
  try {
    return await work({
      // one slice on each thread, and one ready for each
      parallel: 2 * THREADS,
      quantise: (task) => run({ kind: 'quantise', task }),
      round: (task) => run({ kind: 'round', task }),
      hashFile: async (path, { onBytes, signal }) => {
        throwIfAborted(signal);
        // the thread can't be told to stop, but it ends with this work
        return untilAborted(run<string>({ kind: 'hash', path }, onBytes), signal);
      },
    });
  } finally {
    await pool?.end();
  }
}

/** @throws AppError `CANCELLED` as soon as the signal fires */
async function untilAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return result;
  }
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new AppError('CANCELLED', 'cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
