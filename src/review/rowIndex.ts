// Where the rows of a dataset are: grows while the file is scanned, and is kept on disk.

import { lowerBound, NumberColumn } from '../base/numberColumn';

/** Byte position of a row. */
export interface RowPosition {
  /** from 1 */
  readonly line: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

const BYTES_PER_ROW = 24;

/** Rows in the order of their lines, in 24 bytes each. */
export class RowIndex {
  #lines = new NumberColumn();
  #offsets = new NumberColumn();
  #sizes = new NumberColumn();

  get count(): number {
    return this.#lines.count;
  }

  push(line: number, offset: number, sizeBytes: number): void {
    this.#lines.push(line);
    this.#offsets.push(offset);
    this.#sizes.push(sizeBytes);
  }

  /** @returns `undefined` outside the index */
  at(row: number): RowPosition | undefined {
    return row >= 0 && row < this.count
      ? { line: this.#lines.at(row), offset: this.#offsets.at(row), sizeBytes: this.#sizes.at(row) }
      : undefined;
  }

  /** The row on a line, by bisection. */
  rowAt(line: number): number | undefined {
    const row = lowerBound(this.count, (place) => this.#lines.at(place), line);
    return row < this.count && this.#lines.at(row) === line ? row : undefined;
  }

  /** Its bytes, for {@link RowIndex.restore} on the same kind of machine. */
  parts(): readonly Uint8Array[] {
    return [this.#lines, this.#offsets, this.#sizes].map((column) => bytesOf(column.values()));
  }

  /** @returns `undefined` when these are not the bytes of an index */
  static restore(bytes: Uint8Array): RowIndex | undefined {
    const count = bytes.length / BYTES_PER_ROW;
    if (!Number.isInteger(count)) {
      return undefined;
    }
    // a copy begins where numbers may begin
    const numbers = new Float64Array(bytes.slice().buffer);
    const index = new RowIndex();
    index.#lines = new NumberColumn(numbers.slice(0, count));
    index.#offsets = new NumberColumn(numbers.slice(count, 2 * count));
    index.#sizes = new NumberColumn(numbers.slice(2 * count));
    return index;
  }
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
