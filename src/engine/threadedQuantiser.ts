// Quantises on two threads: more would only wait for the disk and for memory.

import type { QuantisedBlocks, QuantiseTask } from '../model/convert/quantise';
import type { Quantiser } from '../model/convert/quantiser';
import { WorkerPool } from '../node/workerPool';

const THREADS = 2;

/** Lends a quantiser for the time of one piece of work. @param script quantiserThread.ts, bundled */
export async function withThreadedQuantiser<T>(
  script: string,
  work: (quantiser: Quantiser) => Promise<T>,
): Promise<T> {
  let pool: WorkerPool<QuantiseTask, QuantisedBlocks> | undefined;
  try {
    return await work({
      // one slice on each thread, and one ready for each
      parallel: 2 * THREADS,
      quantise: (task) => {
        pool ??= new WorkerPool(script, THREADS);
        return pool.run(task, [task.bytes.buffer as ArrayBuffer]);
      },
    });
  } finally {
    await pool?.end();
  }
}
