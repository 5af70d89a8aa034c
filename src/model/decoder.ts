// Runs the decoder graph: a prefix once, tails against it, or a whole conversation undivided.

import type { ModelDims } from './checkpoint/modelConfig';
import { ropeFeeds, rowFeeds, sliceRows, type DecoderRows } from './decoderRows';
import { DECODER_IO } from './onnx/decoderGraph';
import {
  floatData,
  floatTensor,
  int32Tensor,
  type Feeds,
  type OrtTensor,
  type Session,
} from './ortRuntime';
import { RopeCache, type RopeTables } from './rope';
import {
  readAlone,
  releasePrefix,
  scoreInTurn,
  type KeyValues,
  type OnTail,
  type PrefixState,
  type Reading,
  type TailScorer,
} from './tailScorer';

/** Plain attention holds its scores in memory: rows beyond this many bytes of them wait for the next run. */
const MAX_SCORE_BYTES = 128 * 1024 * 1024;

/** The graph with keys and values as inputs and outputs. */
export class Decoder<T = number> implements TailScorer<T> {
  readonly keepsPrefix = true;
  readonly tailRowsAtOnce = 1;
  readonly #rope: RopeCache;

  /** @param variant of the graph in `session`: plain attention takes long rows in several runs */
  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
    readonly reading: Reading<T>,
    readonly variant: 'fused' | 'plain' = 'fused',
  ) {
    this.#rope = new RopeCache(dims);
  }

  withDims(dims: ModelDims): Decoder<T> {
    return new Decoder(this.session, dims, this.reading, this.variant);
  }

  withReading<U>(reading: Reading<U>): Decoder<U> {
    return new Decoder(this.session, this.dims, reading, this.variant);
  }

  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  async runPrefix(rows: DecoderRows): Promise<KeyValues> {
    return this.#extend(this.#emptyPast(), rows, this.#rope.upTo(rows.length));
  }

  async scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<T> {
    if (!('past' in prefix)) {
      throw new RangeError('this prefix has no keys and values');
    }
    return this.#score(rows, prefix, this.#rope.upTo(prefix.length + rows.length));
  }

  scoreTails(
    prefix: PrefixState,
    tails: readonly DecoderRows[],
    onReward?: OnTail<T>,
    signal?: AbortSignal,
  ): Promise<T[]> {
    return scoreInTurn(this, prefix, tails, onReward, signal);
  }

  async scoreWhole(rows: DecoderRows): Promise<T> {
    return this.#score(rows, this.#emptyPast(), this.#rope.upTo(rows.length));
  }

  /**
   * A float output of the graph for all rows after a prefix, and the keys and values with them: for
   * graphs that end early.
   */
  async probe(
    rows: DecoderRows,
    prefix: KeyValues | undefined,
    output: string,
  ): Promise<{ readonly values: Float32Array; readonly state: KeyValues }> {
    const past = prefix ?? this.#emptyPast();
    const scored = Array.from({ length: rows.length }, (_, row) => row);
    const feeds = this.#feeds(rows, past, scored, this.#rope.upTo(past.length + rows.length));
    const outputs = await this.session.run(feeds, [output, ...this.#presentNames()]);
    return { values: floatData(outputs, output), state: this.#toState(past, rows, outputs) };
  }

  async #score(rows: DecoderRows, prefix: KeyValues, rope: RopeTables): Promise<T> {
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
    const { output } = this.reading;
    const outputs = await this.session.run(feeds, [output]);
    return readAlone(this.reading, floatData(outputs, output));
  }

  /** Keys and values of `prefix` and `rows`; `prefix` stays as it is. */
  async #extend(prefix: KeyValues, rows: DecoderRows, rope: RopeTables): Promise<KeyValues> {
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
    before: KeyValues,
    rows: DecoderRows,
    outputs: Readonly<Record<string, OrtTensor>>,
  ): KeyValues {
    const past: Record<string, OrtTensor> = {};
    for (let layer = 0; layer < this.dims.layers; layer += 1) {
      past[DECODER_IO.pastKey(layer)] = required(outputs, DECODER_IO.presentKey(layer));
      past[DECODER_IO.pastValue(layer)] = required(outputs, DECODER_IO.presentValue(layer));
    }
    return { length: before.length + rows.length, past };
  }

  #feeds(
    rows: DecoderRows,
    prefix: KeyValues,
    scoredRows: readonly number[],
    rope: RopeTables,
  ): Feeds {
    return decoderFeeds(this.dims, rows, prefix, scoredRows, rope);
  }

  #presentNames(): string[] {
    return presentNames(this.dims.layers);
  }

  #emptyPast(): KeyValues {
    const { kvHeads, headDim, layers } = this.dims;
    const past: Record<string, OrtTensor> = {};
    for (let layer = 0; layer < layers; layer += 1) {
      const empty = floatTensor(new Float32Array(0), [1, kvHeads, 0, headDim]);
      past[DECODER_IO.pastKey(layer)] = empty;
      past[DECODER_IO.pastValue(layer)] = empty;
    }
    return { length: 0, past };
  }
}

/** What the graph with keys and values reads. @param scoredRows rows with a reward */
export function decoderFeeds(
  dims: ModelDims,
  rows: DecoderRows,
  prefix: KeyValues,
  scoredRows: readonly number[],
  rope: RopeTables,
): Feeds {
  const total = prefix.length + rows.length;
  return {
    ...prefix.past,
    ...rowFeeds(rows, scoredRows, dims.hidden),
    // tails that run together are all at the positions after the prefix: fewer than rows
    ...ropeFeeds(rope, Math.min(total, rope.positions), dims),
    [DECODER_IO.lastPosition]: int32Tensor([total - 1], [1]),
    [DECODER_IO.totalLength]: int32Tensor([total], []),
  };
}

/** Outputs of the graph that only later runs read. */
export function presentNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    DECODER_IO.presentKey(layer),
    DECODER_IO.presentValue(layer),
  ]).flat();
}

function required(outputs: Readonly<Record<string, OrtTensor>>, name: string): OrtTensor {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new RangeError(`no output ${name}`);
  }
  return tensor;
}
