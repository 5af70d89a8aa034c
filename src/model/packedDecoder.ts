// Runs the packed form of the decoder graph: one run carries a prefix and several tails.

import type { ModelDims } from './checkpoint/modelConfig';
import { joinRows, ropeFeeds, rowFeeds, type DecoderRows } from './decoderRows';
import { PACKED_IO } from './onnx/packedAttention';
import { packedScoreBytes } from './onnx/packedTails';
import { floatData, int64Tensor, type Session } from './ortRuntime';
import { planChunks } from './packedChunks';
import { RopeCache } from './rope';
import {
  letCancel,
  readAlone,
  readPositions,
  type OnTail,
  type PendingPrefix,
  type PrefixState,
  type Reading,
  type TailScorer,
} from './tailScorer';

/** What one run may hold beyond its prefix and one tail. */
export interface PackedLimits {
  /** of the largest matrix of scores; about five of that size are held (measured on the CPU) */
  readonly scoreBytes: number;
  /** of all tails of a run, padding counted: every row has activations */
  readonly tailRows: number;
}

const PACKED_LIMITS: PackedLimits = { scoreBytes: 256 * 1024 * 1024, tailRows: 4096 };

/** The rows of one run: a prefix, then tails of equal length. */
interface PackedRows {
  readonly rows: DecoderRows;
  readonly prefixLength: number;
  readonly tailLength: number;
  readonly scored: readonly number[];
}

/**
 * For devices whose tensors can't stay on them between runs (onnxruntime-node: CUDA, DirectML):
 * nothing but rows goes in and rewards come out. Rewards differ by rounding with the tails that run
 * together.
 */
export class PackedDecoder<T = number> implements TailScorer<T> {
  readonly keepsPrefix = false;
  readonly tailRowsAtOnce = Infinity;
  readonly #rope: RopeCache;

  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
    readonly reading: Reading<T>,
    readonly limits: PackedLimits = PACKED_LIMITS,
  ) {
    this.#rope = new RopeCache(dims);
  }

  withDims(dims: ModelDims): PackedDecoder<T> {
    return new PackedDecoder(this.session, dims, this.reading, this.limits);
  }

  withReading<U>(reading: Reading<U>): PackedDecoder<U> {
    return new PackedDecoder(this.session, this.dims, reading, this.limits);
  }

  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  runPrefix(rows: DecoderRows): Promise<PendingPrefix> {
    return Promise.resolve({ length: rows.length, rows });
  }

  async scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<T> {
    const [reward] = (await this.scoreTails(prefix, [rows])) as [T];
    return reward;
  }

  async scoreTails(
    prefix: PrefixState,
    tails: readonly DecoderRows[],
    onReward: OnTail<T> = () => undefined,
    signal?: AbortSignal,
  ): Promise<T[]> {
    if (!('rows' in prefix)) {
      throw new RangeError('this prefix has no rows');
    }
    const rewards = new Array<T>(tails.length);
    const lengths = tails.map(({ length }) => length);
    const chunks = planChunks(prefix.length, lengths, (count, longest) =>
      this.#fits(prefix.length, count, longest),
    );
    for (const chunk of chunks) {
      await letCancel(signal);
      const scored = await this.#scoreTogether(
        prefix.rows,
        chunk.flatMap((tail) => tails[tail] ?? []),
      );
      for (const [n, reward] of scored.entries()) {
        const tail = chunk[n] ?? 0;
        rewards[tail] = reward;
        onReward(tail, reward);
      }
    }
    return rewards;
  }

  /** All rows but the last are the prefix; a single row is one, and a tail of padding follows it. */
  async scoreWhole(rows: DecoderRows): Promise<T> {
    const prefixLength = Math.max(1, rows.length - 1);
    const scored = rows.length - 1;
    const packed = joinRows(this.dims.hidden, [[rows, prefixLength + 1]]);
    const values = await this.#run(
      { rows: packed, prefixLength, tailLength: 1, scored: [scored] },
      this.reading.output,
    );
    return readAlone(this.reading, values);
  }

  /**
   * A float output of the graph for the rows of the prefix, then for those of each tail: for graphs
   * that end early.
   */
  async probe(
    prefix: DecoderRows,
    tails: readonly DecoderRows[],
    output: string,
  ): Promise<Float32Array> {
    const packed = this.#pack(prefix, tails);
    const { length } = packed.rows;
    const scored = Array.from({ length }, (_, row) => row);
    const values = await this.#run({ ...packed, scored }, output);
    const width = values.length / length;
    const isPadding = (row: number): boolean => {
      const tail = Math.floor((row - prefix.length) / packed.tailLength);
      const end = prefix.length + tail * packed.tailLength + (tails[tail]?.length ?? 0);
      return tail >= 0 && row >= end;
    };
    return values.filter((_, n) => !isPadding(Math.floor(n / width)));
  }

  #fits(prefixLength: number, tails: number, longest: number): boolean {
    return (
      tails * longest <= this.limits.tailRows &&
      packedScoreBytes(this.dims, tails, longest, prefixLength) <= this.limits.scoreBytes
    );
  }

  async #scoreTogether(prefix: DecoderRows, tails: readonly DecoderRows[]): Promise<readonly T[]> {
    const [first, ...others] = tails;
    if (first !== undefined && others.length === 0) {
      // the prefix is run anew in any case: undivided, there are no scores to hold
      const whole = [prefix, first].map((rows) => [rows, rows.length] as const);
      return [await this.scoreWhole(joinRows(this.dims.hidden, whole))];
    }
    const values = await this.#run(this.#pack(prefix, tails), this.reading.output);
    return readPositions(this.reading, values, tails.length);
  }

  #pack(prefix: DecoderRows, tails: readonly DecoderRows[]): PackedRows {
    const tailLength = Math.max(...tails.map(({ length }) => length));
    const padded = tails.map((rows) => [rows, tailLength] as const);
    return {
      rows: joinRows(this.dims.hidden, [[prefix, prefix.length], ...padded]),
      prefixLength: prefix.length,
      tailLength,
      scored: tails.map(({ length }, tail) => prefix.length + tail * tailLength + length - 1),
    };
  }

  async #run(
    { rows, prefixLength, tailLength, scored }: PackedRows,
    output: string,
  ): Promise<Float32Array> {
    const total = prefixLength + tailLength;
    const feeds = {
      ...rowFeeds(rows, scored, this.dims.hidden),
      ...ropeFeeds(this.#rope.upTo(total), total, this.dims),
      [PACKED_IO.prefixLength]: int64Tensor([prefixLength], [1]),
      [PACKED_IO.tailLength]: int64Tensor([tailLength], [1]),
    };
    return floatData(await this.session.run(feeds, [output]), output);
  }
}
