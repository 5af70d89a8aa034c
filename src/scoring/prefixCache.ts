// Keys and values of the prefixes scored last, in memory: an edited candidate costs one tail.

import { LRUCache } from 'lru-cache';
import { releasePrefix, type PrefixState } from '../model/tailScorer';
import type { SequenceItem } from '../model/tokenSequence';
import { sha256 } from '../node/hash';

/** A prefix that is larger than this by itself is kept alone. */
export const PREFIX_BUDGET_BYTES = 1024 ** 3;

/** Holds states and releases them when they have to go. */
export class PrefixCache {
  readonly #states: LRUCache<string, PrefixState>;
  #oversized: { readonly key: string; readonly state: PrefixState } | undefined;

  /** @param bytesPerPosition of keys and values of all layers */
  constructor(
    readonly bytesPerPosition: number,
    readonly budgetBytes = PREFIX_BUDGET_BYTES,
  ) {
    this.#states = new LRUCache({
      maxSize: budgetBytes,
      sizeCalculation: (state: PrefixState) => Math.max(1, this.#bytesOf(state.length)),
      dispose: (state) => releasePrefix(state),
    });
  }

  get(key: string): PrefixState | undefined {
    return this.#oversized?.key === key ? this.#oversized.state : this.#states.get(key);
  }

  /** Call it before a prefix is computed: what is kept and what comes stay within the budget. */
  makeRoom(positions: number): void {
    this.#dropOversized();
    const most = Math.max(0, this.budgetBytes - this.#bytesOf(positions));
    while (this.#states.size > 0 && this.#states.calculatedSize > most) {
      this.#states.pop();
    }
  }

  /** Takes the state over: it stays until another one needs its room. */
  set(key: string, state: PrefixState): void {
    if (this.#bytesOf(state.length) > this.budgetBytes) {
      this.#states.clear();
      this.#dropOversized();
      this.#oversized = { key, state };
    } else {
      this.#states.set(key, state);
    }
  }

  clear(): void {
    this.#states.clear();
    this.#dropOversized();
  }

  #dropOversized(): void {
    if (this.#oversized !== undefined) {
      releasePrefix(this.#oversized.state);
      this.#oversized = undefined;
    }
  }

  #bytesOf(positions: number): number {
    return positions * this.bytesPerPosition;
  }
}

/** Names what a prefix says. @param mediaKeys of the media that its items refer to */
export function prefixKey(items: readonly SequenceItem[], mediaKeys: readonly string[]): string {
  const content = items.map((item) =>
    typeof item === 'number' ? item : [mediaKeys[item.media] ?? '', item.tokens],
  );
  return sha256(JSON.stringify(content));
}
