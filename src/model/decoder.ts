// Runs the decoder graph: a prefix once, tails against it, or a whole conversation undivided.

import type { ModelDims } from './checkpoint/modelConfig';
import type { GraphVariant } from './graphVariant';
import { DECODER_IO } from './onnx/decoderGraph';
import {
  disposeTensors,
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

/** Plain attention holds its scores in memory: rows beyond this many bytes of them wait for the next run. */
const MAX_SCORE_BYTES = 128 * 1024 * 1024;

export class Decoder {
  #rope: RopeTables | undefined;

  /** @param variant of the graph in `session`: plain attention takes long rows in several runs */
  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
    readonly variant: GraphVariant = 'fused',
  ) {}

  /** The same graph with other position limits or rotary settings. */
  withDims(dims: ModelDims): Decoder {
    return new Decoder(this.session, dims, this.variant);
  }

  /** Longest conversation that may be divided: beyond, the rotary base depends on its length. */
  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  /** Computes keys and values of a prefix. Release it with {@link releasePrefix}. */
  async runPrefix(rows: DecoderRows): Promise<PrefixState> {
    return this.#extend(this.#emptyPast(), rows, this.#ropeFor(rows.length));
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

  /**
   * A float output of the graph for all rows after a prefix, and the keys and values with them: for
   * graphs that end early.
   */
  async probe(
    rows: DecoderRows,
    prefix: PrefixState | undefined,
    output: string,
  ): Promise<{ readonly values: Float32Array; readonly state: PrefixState }> {
    const past = prefix ?? this.#emptyPast();
    const scored = Array.from({ length: rows.length }, (_, row) => row);
    const feeds = this.#feeds(rows, past, scored, this.#ropeFor(past.length + rows.length));
    const outputs = await this.session.run(feeds, [output, ...this.#presentNames()]);
    return { values: floatData(outputs, output), state: this.#toState(past, rows, outputs) };
  }

  async #score(rows: DecoderRows, prefix: PrefixState, rope: RopeTables): Promise<number> {
    const last = this.#chunks(rows, prefix.length).at(-1) ?? rows;
    const before = rows.length - last.length;
    if (before > 0) {
      const longer = await this.#extend(prefix, sliceRows(rows, 0, before), rope);
      try {
        return await this.#score(last, longer, rope);
      } finally {
        releasePrefix(longer);
      }
    }
    const feeds = this.#feeds(rows, prefix, [rows.length - 1], rope);
    const outputs = await this.session.run(feeds, [DECODER_IO.rewards]);
    return floatData(outputs, DECODER_IO.rewards)[0] ?? Number.NaN;
  }

  /** Keys and values of `prefix` and `rows`; `prefix` stays as it is. */
  async #extend(prefix: PrefixState, rows: DecoderRows, rope: RopeTables): Promise<PrefixState> {
    let state = prefix;
    for (const chunk of this.#chunks(rows, prefix.length)) {
      const before = state;
      try {
        const outputs = await this.session.run(
          this.#feeds(chunk, before, [], rope),
          this.#presentNames(),
        );
        state = this.#toState(before, chunk, outputs);
      } finally {
        if (before !== prefix) {
          releasePrefix(before);
        }
      }
    }
    return state;
  }

  /** Rows that are run together. Fused attention takes any number. */
  #chunks(rows: DecoderRows, past: number): readonly DecoderRows[] {
    if (this.variant === 'fused') {
      return [rows];
    }
    const chunks: DecoderRows[] = [];
    const perRow = 4 * this.dims.heads * (past + rows.length);
    const size = Math.max(1, Math.floor(MAX_SCORE_BYTES / perRow));
    for (let start = 0; start < rows.length; start += size) {
      chunks.push(sliceRows(rows, start, Math.min(start + size, rows.length)));
    }
    return chunks;
  }

  #toState(
    before: PrefixState,
    rows: DecoderRows,
    outputs: Readonly<Record<string, OrtTensor>>,
  ): PrefixState {
    const past: Record<string, OrtTensor> = {};
    for (let layer = 0; layer < this.dims.layers; layer += 1) {
      past[DECODER_IO.pastKey(layer)] = required(outputs, DECODER_IO.presentKey(layer));
      past[DECODER_IO.pastValue(layer)] = required(outputs, DECODER_IO.presentValue(layer));
    }
    return { length: before.length + rows.length, past };
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
    return presentNames(this.dims.layers);
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

/** Gives back the device memory that a prefix holds. It can't be used afterwards. */
export function releasePrefix(prefix: PrefixState): void {
  disposeTensors(prefix.past);
}

/** Outputs of the graph that only later runs read. */
export function presentNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    DECODER_IO.presentKey(layer),
    DECODER_IO.presentValue(layer),
  ]).flat();
}

function sliceRows(rows: DecoderRows, start: number, end: number): DecoderRows {
  const hidden = rows.embeds.length / rows.length;
  return {
    embeds: rows.embeds.subarray(start * hidden, end * hidden),
    length: end - start,
    imageRuns: rows.imageRuns
      .map(([from, to]) => [Math.max(from, start) - start, Math.min(to, end) - start] as const)
      .filter(([from, to]) => from < to),
  };
}

function required(outputs: Readonly<Record<string, OrtTensor>>, name: string): OrtTensor {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new RangeError(`no output ${name}`);
  }
  return tensor;
}
