// A minimal typed event for rooms that may not know VS Code's.

import { type Disposable, toDisposable } from './disposable';

export type Listener<T> = (value: T) => void;

/** Calls its listeners in the order in which they came. A listener that throws does not stop the others. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>();

  /** Subscribes; dispose the result to unsubscribe. */
  on(listener: Listener<T>): Disposable {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  }

  /** @throws AggregateError after all listeners have been called, when some of them threw. */
  fire(value: T): void {
    const failures: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'some listeners failed');
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
