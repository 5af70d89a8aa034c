// Work on several things at a time whose results come in order.

import { throwIfAborted } from '../../base/abort';

/**
 * @param parallel results that may wait for their turn, or for being done
 * @throws AppError `CANCELLED`, or what the work throws; by then nothing of it is under way any more
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  parallel: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Result> {
  const waiting: Promise<Result>[] = [];
  const due = (allowed: number): Promise<Result> | undefined =>
    waiting.length > allowed ? waiting.shift() : undefined;
  try {
    for (const item of items) {
      throwIfAborted(signal);
      const result = work(item);
      // it may fail before its turn comes; until then nobody listens, which would end the process
      result.catch(() => undefined);
      waiting.push(result);
      const first = due(parallel);
      if (first !== undefined) {
        yield await first;
      }
    }
    for (let first = due(0); first !== undefined; first = due(0)) {
      yield await first;
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}
