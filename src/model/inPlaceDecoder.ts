// Runs the decoder graph on the CPU: a prefix's keys and values stay in one place while it runs.

import type { ModelDims } from './checkpoint/modelConfig';
import { decoderFeeds } from './decoder';
import { joinRows, sliceRows, type DecoderRows } from './decoderRows';
import { KeyValueBuffers } from './keyValueBuffers';
import { TAIL_BOUNDS } from './onnx/groupedTails';
import { floatData, int64Tensor, type Fetches, type OrtTensor, type Session } from './ortRuntime';
import { RopeCache } from './rope';
import {
  letCancel,
  readPositions,
  type OnTail,
  type PrefixState,
  type Reading,
  type TailScorer,
} from './tailScorer';

/** Prefixes up to this many rows run at once. */
const WHOLE_ROWS = 2048;
/**
 * Longer ones run in pieces: the matrix products gain nothing from more, and what lies between them (100
 * numbers per row and unit of width, up to twice that in the arena) stays bounded. Measured at the 7B
 * width, 4 layers, 4500 rows: pieces of 2048 take 2.04 GB and 22.7 s, of 512 0.92 GB and 19.7 s
 * (test/bench/memory). Each piece costs a copy of all keys and values in the binding.
 */
const PIECE_ROWS = 512;
/**
 * Short tails run together: alone each of them has all weights read from memory for a few rows, and
 * quantised ones widened (test/bench/sharing).
 */
const TAIL_ROWS = 256;
/**
 * The runtime multiplies quantised weights with this many rows at a time, and with a single row that
 * is left over in another order, as it does attention of a single row: a tail's reward would depend
 * on the tails beside it. A row of padding that stands as a tail of its own (attention too depends on
 * the number of rows), and the scored row twice where there is one, keep that way out.
 */
const PRODUCT_ROWS = 128;

const NO_ROWS: DecoderRows = { embeds: new Float32Array(0), length: 0, imageRuns: [] };

/** For fused attention on the CPU. Runs come one after the other. */
export class InPlaceDecoder<T = number> implements TailScorer<T> {
  readonly keepsPrefix = true;
  readonly tailRowsAtOnce = TAIL_ROWS;
  readonly #rope: RopeCache;

  /** @param pieceRows rows of a prefix that are run together, by its length */
  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
    readonly reading: Reading<T>,
    readonly pieceRows = (length: number) => (length <= WHOLE_ROWS ? length : PIECE_ROWS),
  ) {
    this.#rope = new RopeCache(dims);
  }

  withDims(dims: ModelDims): InPlaceDecoder<T> {
    return new InPlaceDecoder(this.session, dims, this.reading, this.pieceRows);
  }

  withReading<U>(reading: Reading<U>): InPlaceDecoder<U> {
    return new InPlaceDecoder(this.session, this.dims, reading, this.pieceRows);
  }

  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  async runPrefix(rows: DecoderRows): Promise<KeyValueBuffers> {
    const buffers = new KeyValueBuffers(this.dims, rows.length);
    const size = this.pieceRows(rows.length);
    for (let start = 0; start < rows.length; start += size) {
      const end = Math.min(start + size, rows.length);
      const piece = sliceRows(rows, start, end);
      const positions = start + piece.length;
      await this.#run(buffers, piece, positions, [0, piece.length], [], buffers.present);
      buffers.length = end;
    }
    return buffers;
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
    if (!(prefix instanceof KeyValueBuffers)) {
      throw new RangeError('this prefix has no buffers');
    }
    const rewards: T[] = [];
    for (const group of groupTails(tails, this.tailRowsAtOnce)) {
      await letCancel(signal);
      for (const reward of await this.#scoreGroup(prefix, group)) {
        onReward(rewards.length, reward);
        rewards.push(reward);
      }
    }
    return rewards;
  }

  async scoreWhole(rows: DecoderRows): Promise<T> {
    const buffers = new KeyValueBuffers(this.dims, 0);
    const [reward] = (await this.#scoreGroup(buffers, [rows])) as [T];
    return reward;
  }

  async #scoreGroup(prefix: KeyValueBuffers, tails: readonly DecoderRows[]): Promise<readonly T[]> {
    // a row behind the scored one changes nothing before it
    const lengths = tails.map(({ length }) => Math.max(2, length));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const bounds = [0];
    for (const length of total % PRODUCT_ROWS === 1 ? [...lengths, 1] : lengths) {
      bounds.push((bounds.at(-1) ?? 0) + length);
    }
    const scored = tails.map(({ length }, n) => (bounds[n] ?? 0) + length - 1);
    const [first, ...others] = tails;
    const rows =
      first !== undefined && others.length === 0 && first.length === bounds.at(-1)
        ? first
        : this.#join(tails, bounds);
    // nobody asks for the keys and values of tails: one layer's at a time are there
    const { output } = this.reading;
    const fetches = { [output]: null };
    const twice = scored.length === 1 ? [...scored, ...scored] : scored;
    // the rotary base depends on it: neither padding nor the tails beside it count
    const positions = prefix.length + Math.max(...tails.map(({ length }) => length));
    const outputs = await this.#run(prefix, rows, positions, bounds, twice, fetches);
    const values = floatData(outputs, output);
    return readPositions(this.reading, values, twice.length, tails.length);
  }

  /** Tails where `bounds` says that they begin, zeros between. */
  #join(tails: readonly DecoderRows[], bounds: readonly number[]): DecoderRows {
    const parts = tails.map((tail, n) => [tail, (bounds[n + 1] ?? 0) - (bounds[n] ?? 0)] as const);
    const padding = (bounds.at(-1) ?? 0) - (bounds[tails.length] ?? 0);
    const { hidden } = this.dims;
    return joinRows(hidden, [...parts, [NO_ROWS, padding]]);
  }

  /** @param positions of the longest conversation among the rows */
  #run(
    buffers: KeyValueBuffers,
    rows: DecoderRows,
    positions: number,
    bounds: readonly number[],
    scoredRows: readonly number[],
    fetches: Fetches,
  ): Promise<Readonly<Record<string, OrtTensor>>> {
    const rope = this.#rope.upTo(positions);
    const feeds = decoderFeeds(this.dims, rows, buffers, scoredRows, rope);
    return this.session.run(
      { ...feeds, [TAIL_BOUNDS]: int64Tensor(bounds, [bounds.length]) },
      fetches,
    );
  }
}

/** Tails in their order, as many together as have `mostRows` rows; one always may. */
function groupTails(tails: readonly DecoderRows[], mostRows: number): DecoderRows[][] {
  const groups: DecoderRows[][] = [];
  let rows = 0;
  for (const tail of tails) {
    const group = groups.at(-1);
    rows += tail.length;
    if (group === undefined || rows > mostRows) {
      groups.push([tail]);
      rows = tail.length;
    } else {
      group.push(tail);
    }
  }
  return groups;
}
