// Runs the decoder graph: a prefix once, tails against it, or a whole conversation undivided.

import type { ModelDims } from './checkpoint/modelConfig';
import { DECODER_IO } from './onnx/decoderGraph';
import {
  floatData,
  floatTensor,
  int32Tensor,
  int64Tensor,
  type Feeds,
  type OrtTensor,
  type Session,
} from './ortRuntime';
import { ropeTables, type RopeTables } from './rope';

/** Rows for the decoder. */
export interface DecoderRows {
  /** [length, hidden] float32 */
  readonly embeds: Float32Array;
  readonly length: number;
  /** [start, end) runs of image tokens among the rows */
  readonly imageRuns: readonly (readonly [number, number])[];
}

/** Keys and values of every layer for the positions of a prefix. */
export interface PrefixState {
  readonly length: number;
  readonly past: Feeds;
}

export class Decoder {
  #rope: RopeTables | undefined;

  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
  ) {}

  /** Longest conversation that may be divided: beyond, the rotary base depends on its length. */
  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  /** Computes keys and values of a prefix. */
  async runPrefix(rows: DecoderRows): Promise<PrefixState> {
    const outputs = await this.session.run(
      this.#feeds(rows, this.#emptyPast(), [], this.#ropeFor(rows.length)),
      this.#presentNames(),
    );
    const past: Record<string, OrtTensor> = {};
    for (let layer = 0; layer < this.dims.layers; layer += 1) {
      past[DECODER_IO.pastKey(layer)] = required(outputs, DECODER_IO.presentKey(layer));
      past[DECODER_IO.pastValue(layer)] = required(outputs, DECODER_IO.presentValue(layer));
    }
    return { length: rows.length, past: { ...past } };
  }

  /** The reward at the last position of a tail that follows a prefix. */
  async scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<number> {
    return this.#score(rows, prefix, this.#ropeFor(prefix.length + rows.length));
  }

  /** The reward at the last position of a conversation in one pass. Any length. */
  async scoreWhole(rows: DecoderRows): Promise<number> {
    const rope =
      rows.length > this.maxDivided
        ? ropeTables(this.dims, rows.length)
        : this.#ropeFor(rows.length);
    return this.#score(rows, this.#emptyPast(), rope);
  }

  async #score(rows: DecoderRows, prefix: PrefixState, rope: RopeTables): Promise<number> {
    const feeds = this.#feeds(rows, prefix, [rows.length - 1], rope);
    const outputs = await this.session.run(feeds, [DECODER_IO.rewards]);
    return floatData(outputs, DECODER_IO.rewards)[0] ?? Number.NaN;
  }

  #feeds(
    rows: DecoderRows,
    prefix: PrefixState,
    scoredRows: readonly number[],
    rope: RopeTables,
  ): Feeds {
    const { headDim, hidden } = this.dims;
    const total = prefix.length + rows.length;
    const imageRows = rows.imageRuns.flatMap(([start, end]) =>
      Array.from({ length: end - start }, (_, n) => start + n),
    );
    const isImage = (row: number): boolean =>
      rows.imageRuns.some(([start, end]) => row >= start && row < end);
    const scoredImageRows = scoredRows.flatMap((row, n) => (isImage(row) ? [n] : []));
    const half = headDim / 2;
    const table = (values: Float32Array): OrtTensor =>
      floatTensor(values.subarray(0, total * half), [total, half]);
    return {
      ...prefix.past,
      [DECODER_IO.embeds]: floatTensor(rows.embeds, [rows.length, hidden]),
      [DECODER_IO.imageRows]: int64Tensor(imageRows, [imageRows.length, 1]),
      [DECODER_IO.scoredRows]: int64Tensor(scoredRows, [scoredRows.length]),
      [DECODER_IO.scoredImageRows]: int64Tensor(scoredImageRows, [scoredImageRows.length, 1]),
      [DECODER_IO.lastPosition]: int32Tensor([total - 1], [1]),
      [DECODER_IO.totalLength]: int32Tensor([total], []),
      [DECODER_IO.cos]: table(rope.cos),
      [DECODER_IO.sin]: table(rope.sin),
    };
  }

  #presentNames(): string[] {
    return Array.from({ length: this.dims.layers }, (_, layer) => [
      DECODER_IO.presentKey(layer),
      DECODER_IO.presentValue(layer),
    ]).flat();
  }

  #emptyPast(): PrefixState {
    const { kvHeads, headDim, layers } = this.dims;
    const past: Record<string, OrtTensor> = {};
    for (let layer = 0; layer < layers; layer += 1) {
      const empty = floatTensor(new Float32Array(0), [1, kvHeads, 0, headDim]);
      past[DECODER_IO.pastKey(layer)] = empty;
      past[DECODER_IO.pastValue(layer)] = empty;
    }
    return { length: 0, past };
  }

  /** Tables of at least `total` positions; they grow by doubling, within the trained length. */
  #ropeFor(total: number): RopeTables {
    if (this.#rope === undefined || this.#rope.positions < total) {
      const grown = Math.max(total, 2 * (this.#rope?.positions ?? 512));
      this.#rope = ropeTables(this.dims, Math.min(grown, this.dims.maxPositions));
    }
    return this.#rope;
  }
}

function required(outputs: Readonly<Record<string, OrtTensor>>, name: string): OrtTensor {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new RangeError(`no output ${name}`);
  }
  return tensor;
}
