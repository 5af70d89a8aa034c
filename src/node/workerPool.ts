// Threads for pure computation. (Never for ONNX Runtime: ending a thread inside it aborts the process.)

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, errorText } from '../base/errors';

interface Waiting<Answer> {
  readonly id: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** What a thread answers. */
export type WorkerAnswer<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: string };

/** Gives tasks to threads in turn. End it when done. */
export class WorkerPool<Task, Answer> {
  readonly #workers: { readonly worker: Worker; readonly waiting: Map<number, Waiting<Answer>> }[];
  #next = 0;

  /** @param script what a thread runs: takes `{id, task}`, answers with a {@link WorkerAnswer} */
  constructor(script: string, limit: number) {
    const size = Math.max(1, Math.min(limit, availableParallelism()));
    this.#workers = Array.from({ length: size }, () => {
      const worker = new Worker(script);
      const waiting = new Map<number, Waiting<Answer>>();
      worker.on('message', (message: WorkerAnswer<Answer>) => {
        const entry = waiting.get(message.id);
        waiting.delete(message.id);
        if ('answer' in message) {
          entry?.resolve(message.answer);
        } else {
          // only bad values can fail here
          entry?.reject(new RangeError(message.error));
        }
      });
      const fail = (error: unknown): void => {
        for (const entry of waiting.values()) {
          entry.reject(new AppError('INTERNAL', `a thread ended: ${errorText(error)}`));
        }
        waiting.clear();
      };
      worker.on('error', fail);
      worker.on('exit', (code) => fail(`exit code ${code}`));
      return { worker, waiting };
    });
  }

  /** @param transfer buffers that move to the thread instead of being copied */
  run(task: Task, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const at = this.#workers[id % this.#workers.length];
      at?.waiting.set(id, { id, resolve, reject });
      at?.worker.postMessage({ id, task }, [...transfer]);
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }
}
