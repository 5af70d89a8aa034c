// Threads for pure computation. (Never for ONNX Runtime: ending a thread inside it aborts the process.)

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, decodeError, errorText, type EncodedError } from '../base/errors';

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  onProgress(amount: number): void;
}

/** What a thread answers. */
export type WorkerAnswer<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: EncodedError }
  /** that much more is done; the task goes on */
  | { readonly id: number; readonly progress: number };

/** Gives each task to the thread that has the fewest. End it when done. */
export class WorkerPool<Task, Answer> {
  readonly #threads: readonly Thread<Task, Answer>[];
  #next = 0;

  /** @param script what a thread runs: takes `{id, task}`, answers with a {@link WorkerAnswer} */
  constructor(script: string, limit: number) {
    const size = Math.max(1, Math.min(limit, availableParallelism()));
    this.#threads = Array.from({ length: size }, () => new Thread<Task, Answer>(script));
  }

  /**
   * @param task is copied, but for shared memory
   * @throws AppError what the task throws, RangeError for anything else that it throws; AppError
   *   `INTERNAL` when the thread has ended
   */
  async run(task: Task, onProgress: (amount: number) => void = () => undefined): Promise<Answer> {
    const id = this.#next;
    this.#next += 1;
    // tasks differ in length: in turn, one thread could get all the long ones
    const thread = this.#threads.reduce((a, b) => (b.tasks < a.tasks ? b : a));
    return thread.run(id, task, onProgress);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

class Thread<Task, Answer> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  /** why it takes no more tasks: a message to a thread that has ended is lost without a word */
  #ended: AppError | undefined;

  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.on('message', (message: WorkerAnswer<Answer>) => {
      const entry = this.#waiting.get(message.id);
      if ('progress' in message) {
        entry?.onProgress(message.progress);
        return;
      }
      this.#waiting.delete(message.id);
      if ('answer' in message) {
        entry?.resolve(message.answer);
      } else {
        entry?.reject(toError(message.error));
      }
    });
    this.#worker.on('error', (error) => this.#fail(errorText(error)));
    this.#worker.on('exit', (code) => this.#fail(`exit code ${code}`));
  }

  run(id: number, task: Task, onProgress: (amount: number) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      // throws for what can't be sent; then nothing waits
      this.#worker.postMessage({ id, task });
      this.#waiting.set(id, { resolve, reject, onProgress });
    });
  }

  /** How many it has not answered yet. */
  get tasks(): number {
    return this.#waiting.size;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** An error comes before the exit that it causes, and says more. */
  #fail(why: string): void {
    this.#ended ??= new AppError('INTERNAL', `a thread ended: ${why}`);
    for (const entry of this.#waiting.values()) {
      entry.reject(this.#ended);
    }
    this.#waiting.clear();
  }
}

/** Only bad values fail in a computation; what has a code of its own keeps it. */
function toError(error: EncodedError): Error {
  return error.code === 'INTERNAL' ? new RangeError(error.message) : decodeError(error);
}
