// Where the rows of a dataset are: grows while the file is scanned, and is kept on disk.

/** Byte position of a row. */
export interface RowPosition {
  /** from 1 */
  readonly line: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

const BYTES_PER_ROW = 24;
const FIRST_CAPACITY = 1024;

/** Rows in the order of their lines, in 24 bytes each. */
export class RowIndex {
  #lines = new Float64Array(FIRST_CAPACITY);
  #offsets = new Float64Array(FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(line: number, offset: number, sizeBytes: number): void {
    const row = this.#count;
    if (row === this.#lines.length) {
      this.#lines = grown(this.#lines);
      this.#offsets = grown(this.#offsets);
      this.#sizes = grown(this.#sizes);
    }
    this.#lines[row] = line;
    this.#offsets[row] = offset;
    this.#sizes[row] = sizeBytes;
    this.#count = row + 1;
  }

  /** @returns `undefined` outside the index */
  at(row: number): RowPosition | undefined {
    const line = row < this.#count ? this.#lines[row] : undefined;
    return line === undefined
      ? undefined
      : { line, offset: this.#offsets[row] ?? 0, sizeBytes: this.#sizes[row] ?? 0 };
  }

  /** The row on a line, by bisection. */
  rowAt(line: number): number | undefined {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#lines[middle] ?? 0;
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

  /** Its bytes, for {@link RowIndex.restore} on the same kind of machine. */
  parts(): readonly Uint8Array[] {
    return [this.#lines, this.#offsets, this.#sizes].map((column) =>
      bytesOf(column.subarray(0, this.#count)),
    );
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
    index.#lines = numbers.subarray(0, count);
    index.#offsets = numbers.subarray(count, 2 * count);
    index.#sizes = numbers.subarray(2 * count);
    index.#count = count;
    return index;
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
