// Runs one async task at a time, in the order of priority and then of arrival.

import { throwIfAborted } from './abort';

interface Entry {
  readonly priority: number;
  readonly run: () => Promise<void>;
}

/** Serialises tasks that must not overlap, such as runs on one device. */
export class TaskQueue {
  readonly #waiting: Entry[] = [];
  #running = false;

  get length(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  /**
   * Runs `task` when all earlier tasks of the same or a higher priority are done.
   * A task whose signal fires while it waits is never started.
   * @param priority higher runs first; equal priorities keep their order
   */
  enqueue<T>(task: () => Promise<T>, priority = 0, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = async (): Promise<void> => {
        try {
          throwIfAborted(signal);
          resolve(await task());
        } catch (error) {
          reject(error);
        }
      };
      const after = this.#waiting.findIndex((entry) => entry.priority < priority);
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, { priority, run });
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await next.run();
    }
    this.#running = false;
  }
}
