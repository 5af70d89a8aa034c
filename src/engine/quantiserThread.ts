// Entry of a thread that does the heavy parts of a conversion: quantising, rounding, hashing.

import { parentPort } from 'node:worker_threads';
import { encodeError } from '../base/errors';
import { toFloat16 } from '../model/checkpoint/floats';
import { quantiseBlocks, type QuantisedBlocks, type QuantiseTask } from '../model/convert/quantise';
import type { RoundTask } from '../model/convert/quantiser';
import { sha256OfFile } from '../node/hash';
import type { WorkerAnswer } from '../node/workerPool';

/** What the thread can do. */
export type ThreadTask =
  | { readonly kind: 'quantise'; readonly task: QuantiseTask }
  | { readonly kind: 'round'; readonly task: RoundTask }
  | { readonly kind: 'hash'; readonly path: string };

export type ThreadAnswer = QuantisedBlocks | Uint16Array | string;

interface Job {
  readonly id: number;
  readonly task: ThreadTask;
}

/** Progress is told in pieces of at least so many bytes. */
const PROGRESS_BYTES = 16 * 1024 * 1024;

function post(message: WorkerAnswer<ThreadAnswer>, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer]);
}

async function answer({ id, task }: Job): Promise<void> {
  switch (task.kind) {
    case 'quantise': {
      const blocks = quantiseBlocks(task.task);
      const { codes, scales } = blocks;
      post({ id, answer: blocks }, [codes.buffer as ArrayBuffer, scales.buffer as ArrayBuffer]);
      return;
    }
    case 'round': {
      // in the slice's own memory, which is shared
      post({ id, answer: toFloat16(task.task.bytes, task.task.dtype) });
      return;
    }
    case 'hash': {
      let untold = 0;
      const tell = (): void => {
        post({ id, progress: untold });
        untold = 0;
      };
      const onBytes = (bytes: number): void => {
        untold += bytes;
        if (untold >= PROGRESS_BYTES) {
          tell();
        }
      };
      const digest = await sha256OfFile(task.path, { onBytes });
      tell();
      post({ id, answer: digest });
    }
  }
}

parentPort?.on('message', (job: Job) => {
  answer(job).catch((error: unknown) => post({ id: job.id, error: encodeError(error) }));
});
