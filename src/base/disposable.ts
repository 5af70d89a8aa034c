// Lifetimes: who creates a thing puts it into a store, and the store ends it.

export interface Disposable {
  dispose(): void;
}

/** Wraps a function so that it runs at most once. */
export function toDisposable(end: () => void): Disposable {
  let ended = false;
  return {
    dispose: () => {
      if (!ended) {
        ended = true;
        end();
      }
    },
  };
}

/** Owns disposables. Adding to a store that is already disposed disposes the newcomer at once. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.add(item);
    }
    return item;
  }

  /** Ends everything, last added first, even when one of them throws. @throws AggregateError */
  dispose(): void {
    if (this.#disposed) {
      return;
    }
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const item of [...this.#items].reverse()) {
      try {
        item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#items.clear();
    if (failures.length > 0) {
      throw new AggregateError(failures, 'some disposables failed');
    }
  }
}
