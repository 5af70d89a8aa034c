// A candidate file for random access: where its rows are, and rows on demand.

import { parseCandidateLine } from '../formats/candidateFile';
import type { RowResult } from '../formats/candidateRow';
import { requireCandidateFile } from '../formats/readCandidateFile';
import { openFileSource, type FileSource } from '../node/fileSource';
import { MAX_LINE_BYTES, readLines } from '../node/lineReader';

/** Parsed rows kept; a screen of the queue and the samples around the current one. */
const MAX_CACHED_ROWS = 512;

/** Byte position of a row. */
interface RowPosition {
  readonly line: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** An indexed dataset. Rows are numbered from 0, blank lines left out. Close it when done. */
export class Dataset {
  readonly #cache = new Map<number, RowResult>();

  private constructor(
    readonly path: string,
    readonly source: FileSource,
    readonly positions: readonly RowPosition[],
  ) {}

  /** Scans the file once. @throws AppError as reading a candidate file does */
  static async open(path: string, signal?: AbortSignal): Promise<Dataset> {
    await requireCandidateFile(path);
    const positions: RowPosition[] = [];
    for await (const { line, offset, sizeBytes, bytes } of readLines(path, { signal })) {
      if (bytes === undefined || bytes.some(isInk)) {
        positions.push({ line, offset, sizeBytes });
      }
    }
    return new Dataset(path, await openFileSource(path), positions);
  }

  get rowCount(): number {
    return this.positions.length;
  }

  /** Line of a row in the file, from 1. */
  lineOf(row: number): number | undefined {
    return this.positions[row]?.line;
  }

  /** Row that stands on a line of the file. */
  rowAt(line: number): number | undefined {
    let low = 0;
    let high = this.positions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.positions[middle]?.line ?? 0;
      if (found === line) {
        return middle;
      }
      if (found < line) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return undefined;
  }

  /** @returns `undefined` outside the dataset */
  async row(row: number): Promise<RowResult | undefined> {
    const cached = this.#cache.get(row);
    if (cached !== undefined) {
      return cached;
    }
    const position = this.positions[row];
    if (position === undefined) {
      return undefined;
    }
    const { line, offset, sizeBytes } = position;
    const bytes =
      sizeBytes > MAX_LINE_BYTES ? undefined : await this.source.read(offset, sizeBytes);
    const parsed = parseCandidateLine(
      { line, offset, sizeBytes, bytes: bytes && withoutMark(bytes, row), ended: true },
      'safe',
    );
    if (parsed !== undefined) {
      if (this.#cache.size >= MAX_CACHED_ROWS) {
        this.#cache.delete(this.#cache.keys().next().value ?? row);
      }
      this.#cache.set(row, parsed);
    }
    return parsed;
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** False for white space and control characters. */
function isInk(byte: number): boolean {
  return byte > 32;
}

/** Drops the byte order mark, which only the first row can have. */
function withoutMark(bytes: Uint8Array, row: number): Uint8Array {
  return row === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    ? bytes.subarray(3)
    : bytes;
}
