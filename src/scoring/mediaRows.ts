// The decoder rows of media: computed when a run asks for them, kept for the samples that follow.

import { LRUCache } from 'lru-cache';
import type { RewardModel } from '../model/rewardModel';
import type { FeatureCache } from './featureCache';
import { encodePixels, type PreparedMedium } from './sampleMedia';

/** Samples that follow each other often share their media. */
const KEPT_BYTES = 256 * 1024 ** 2;

/** Rows by key of their medium, over the samples of one model. */
export class RowStore {
  readonly #kept = new LRUCache<string, Float32Array>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (rows) => Math.max(1, rows.byteLength),
  });

  /** @param features where rows are kept for later runs */
  constructor(
    readonly model: RewardModel,
    readonly features: FeatureCache | undefined,
  ) {}

  known({ key, content }: PreparedMedium): Float32Array | undefined {
    return this.#kept.get(key) ?? (content.kind === 'rows' ? content.rows : undefined);
  }

  /** Resolves when the rows are stored, or can't be. */
  async keep(
    { key, facts, isPassing }: PreparedMedium,
    rows: Float32Array,
    isNew: boolean,
  ): Promise<void> {
    this.#kept.set(key, rows);
    if (isNew && isPassing !== true) {
      await this.features?.put(key, { facts, rows });
    }
  }
}

/** Rows of one sample's media. */
export class SampleRows {
  #all: Promise<readonly Float32Array[]> | undefined;
  #computed = 0;
  readonly #stored: Promise<void>[] = [];

  constructor(
    readonly store: RowStore,
    readonly media: readonly PreparedMedium[],
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Media that the vision tower had to run for. */
  get computed(): number {
    return this.#computed;
  }

  /** [tokens, hidden] of each medium. */
  all(): Promise<readonly Float32Array[]> {
    this.#all ??= this.#compute();
    return this.#all;
  }

  /** Resolves when everything new is stored for later runs. */
  async stored(): Promise<void> {
    await Promise.all(this.#stored);
  }

  async #compute(): Promise<readonly Float32Array[]> {
    const all: Float32Array[] = [];
    for (const medium of this.media) {
      const known = this.store.known(medium);
      const rows = known ?? (await this.#encode(medium));
      this.#stored.push(this.store.keep(medium, rows, known === undefined));
      all.push(rows);
    }
    return all;
  }

  async #encode({ content }: PreparedMedium): Promise<Float32Array> {
    if (content.kind === 'rows') {
      return content.rows;
    }
    this.#computed += 1;
    return encodePixels(this.store.model, content.prepared, this.signal);
  }
}
