// Runs the decoder graph on the CPU: a prefix's keys and values stay in one place while it runs.

import type { ModelDims } from './checkpoint/modelConfig';
import { Decoder, decoderFeeds } from './decoder';
import { sliceRows, type DecoderRows } from './decoderRows';
import { KeyValueBuffers } from './keyValueBuffers';
import { DECODER_IO } from './onnx/decoderGraph';
import { floatData, type Fetches, type OrtTensor, type Session } from './ortRuntime';
import { RopeCache } from './rope';
import { scoreInTurn, type OnTail, type PrefixState, type TailScorer } from './tailScorer';

/** Prefixes up to this many rows run at once. */
const WHOLE_ROWS = 2048;
/**
 * Longer ones run in pieces: the matrix products gain nothing from more, and what lies between them (100
 * numbers per row and unit of width, up to twice that in the arena) stays bounded. Measured at the 7B
 * width, 4 layers, 4500 rows: pieces of 2048 take 2.04 GB and 22.7 s, of 512 0.92 GB and 19.7 s
 * (test/bench/memory). Each piece costs a copy of all keys and values in the binding.
 */
const PIECE_ROWS = 512;

/** For fused attention on the CPU. Runs come one after the other. */
export class InPlaceDecoder implements TailScorer {
  readonly keepsPrefix = true;
  readonly #rope: RopeCache;

  /** @param pieceRows rows of a prefix that are run together, by its length */
  constructor(
    readonly session: Session,
    readonly dims: ModelDims,
    readonly pieceRows = (length: number) => (length <= WHOLE_ROWS ? length : PIECE_ROWS),
  ) {
    this.#rope = new RopeCache(dims);
  }

  withDims(dims: ModelDims): InPlaceDecoder {
    return new InPlaceDecoder(this.session, dims, this.pieceRows);
  }

  get maxDivided(): number {
    return this.dims.maxPositions;
  }

  async runPrefix(rows: DecoderRows): Promise<KeyValueBuffers> {
    const buffers = new KeyValueBuffers(this.dims, rows.length);
    const size = this.pieceRows(rows.length);
    for (let start = 0; start < rows.length; start += size) {
      const end = Math.min(start + size, rows.length);
      await this.#run(buffers, sliceRows(rows, start, end), [], buffers.present);
      buffers.length = end;
    }
    return buffers;
  }

  async scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<number> {
    if (!(prefix instanceof KeyValueBuffers)) {
      throw new RangeError('this prefix has no buffers');
    }
    // nobody asks for the tail's keys and values: one layer's at a time are there
    const fetches = { [DECODER_IO.rewards]: null };
    const outputs = await this.#run(prefix, rows, [rows.length - 1], fetches);
    return floatData(outputs, DECODER_IO.rewards)[0] ?? Number.NaN;
  }

  scoreTails(
    prefix: PrefixState,
    tails: readonly DecoderRows[],
    onReward?: OnTail,
    signal?: AbortSignal,
  ): Promise<number[]> {
    return scoreInTurn(this, prefix, tails, onReward, signal);
  }

  scoreWhole(rows: DecoderRows): Promise<number> {
    return new Decoder(this.session, this.dims).scoreWhole(rows);
  }

  #run(
    buffers: KeyValueBuffers,
    rows: DecoderRows,
    scoredRows: readonly number[],
    fetches: Fetches,
  ): Promise<Readonly<Record<string, OrtTensor>>> {
    const rope = this.#rope.upTo(buffers.length + rows.length);
    return this.session.run(decoderFeeds(this.dims, rows, buffers, scoredRows, rope), fetches);
  }
}
