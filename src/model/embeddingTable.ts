// Token embeddings, read row by row from the weights file: the table of the 7B model has 1.5 GB.

import type { FileSource } from '../node/fileSource';
import { toFloat32, type FloatDtype } from './checkpoint/floats';
import { DTYPE_BYTES } from './checkpoint/safetensors';

/** Rows are kept once read, up to this many. */
const MAX_CACHED_ROWS = 20_000;

export class EmbeddingTable {
  readonly #rows = new Map<number, Float32Array>();

  /** @param offset of the table's first byte in `source` */
  constructor(
    readonly source: FileSource,
    readonly dtype: FloatDtype,
    readonly offset: number,
    readonly vocab: number,
    readonly hidden: number,
  ) {}

  /** @returns [hidden] @throws RangeError for an id outside the table */
  async row(id: number): Promise<Float32Array> {
    const cached = this.#rows.get(id);
    if (cached !== undefined) {
      return cached;
    }
    if (id < 0 || id >= this.vocab) {
      throw new RangeError(`token ${id} is outside the ${this.vocab} embeddings`);
    }
    const rowBytes = DTYPE_BYTES[this.dtype] * this.hidden;
    const bytes = await this.source.read(this.offset + rowBytes * id, rowBytes);
    const row = toFloat32(bytes, this.dtype);
    if (this.#rows.size >= MAX_CACHED_ROWS) {
      this.#rows.clear();
    }
    this.#rows.set(id, row);
    return row;
  }
}
