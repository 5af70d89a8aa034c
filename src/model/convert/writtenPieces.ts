// What was written where, to see that the disk has it.

import { throwIfAborted } from '../../base/abort';
import { AppError } from '../../base/errors';
import { openFileSource } from '../../node/fileSource';
import { checksum } from '../../node/hash';
import { inOrder } from './inOrder';
import { SliceMemory } from './sliceMemory';

interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

/** Reads that are under way at a time. */
const READS = 4;

/** The pieces of a file that were written one after the other. */
export class WrittenPieces {
  readonly #pieces: Piece[] = [];

  /** @param end bytes of the file that are there already */
  constructor(private end: number) {}

  /** Bytes of the file so far. */
  get sizeBytes(): number {
    return this.end;
  }

  add(bytes: Uint8Array): void {
    const length = bytes.byteLength;
    this.#pieces.push({ offset: this.end, length, checksum: checksum(bytes) });
    this.end += length;
  }

  /**
   * @param onBytes told about bytes that were read
   * @throws AppError `OUTPUT_FAILED` when the file has something else, `FILE_UNREADABLE` or
   *   `CANCELLED`
   */
  async readBack(
    path: string,
    onBytes: (bytes: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const memory = new SliceMemory();
    const source = await openFileSource(path);
    const read = async (piece: Piece) => {
      const bytes = memory.take(piece.length);
      await source.readInto(bytes, piece.offset);
      return { piece, bytes };
    };
    try {
      for await (const { piece, bytes } of inOrder(this.#pieces, read, READS, signal)) {
        throwIfAborted(signal);
        if (checksum(bytes) !== piece.checksum) {
          throw new AppError('OUTPUT_FAILED', `${path}: what was written reads back differently`, {
            file: path,
          });
        }
        memory.giveBack(bytes);
        onBytes(piece.length);
      }
    } finally {
      await source.close();
    }
  }
}
