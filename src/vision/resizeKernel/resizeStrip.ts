// Resizes a strip of columns: rows go into the kernel's memory in groups, and come out one by one.

import type { Kernel } from './kernel';
import type { PairWeights } from './pairWeights';
import { GROUP_ROWS, type Resize, sourceColumns, type StripLayout } from './stripLayout';

/** Makes the columns of the target from `left` on, as many as the layout says. */
export function resizeStrip(
  resize: Resize,
  layout: StripLayout,
  kernel: Kernel,
  left: number,
): void {
  const strip = new Strip(resize, layout, kernel, left);
  if (resize.down === undefined) {
    strip.takeRowsAsTheyAre();
  } else {
    strip.resizeDown(resize.down);
  }
}

class Strip {
  /** the kernel's memory */
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #columns: number;
  /** columns of the source: the first, and the one behind the last */
  readonly #sourceLeft: number;
  readonly #sourceRight: number;

  constructor(
    readonly resize: Resize,
    readonly layout: StripLayout,
    readonly kernel: Kernel,
    readonly left: number,
  ) {
    this.#bytes = new Uint8Array(kernel.memory.buffer);
    this.#words = new Int32Array(kernel.memory.buffer);
    const { target, across } = resize;
    const right = Math.min(target.width, left + layout.columns);
    this.#columns = right - left;
    [this.#sourceLeft, this.#sourceRight] = sourceColumns(across, left, right);
    if (across !== undefined) {
      this.#takeColumnWeights(across, right);
    }
  }

  #takeColumnWeights({ first, packed, pairs }: PairWeights, right: number): void {
    const { starts, columnWeights } = this.layout;
    for (let x = 0; x < this.#columns; x += 1) {
      const start = 3 * ((first[this.left + x] as number) - this.#sourceLeft);
      this.#words[starts / 4 + x] = start;
    }
    const weights = packed.subarray(2 * pairs * this.left, 2 * pairs * right);
    this.#words.set(weights, columnWeights / 4);
  }

  /** Without a vertical pass. */
  takeRowsAsTheyAre(): void {
    const { window, stride } = this.layout;
    const { height } = this.resize.target;
    for (let y = 0; y < height; y += GROUP_ROWS) {
      this.#resizeGroup(y, window);
      for (let n = 0; n < GROUP_ROWS && y + n < height; n += 1) {
        this.#giveRow(y + n, window + n * stride);
      }
    }
  }

  /** The vertical pass. Of the rows between the passes a window is held, which moves down. */
  resizeDown({ first, count, packed, pairs }: PairWeights): void {
    const { window, windowRows, stride, rowWeights, row } = this.layout;
    let top = 0;
    let bottom = 0;
    for (let y = 0; y < this.resize.target.height; y += 1) {
      const from = first[y] as number;
      const size = count[y] as number;
      while (bottom < from + size) {
        if (bottom + GROUP_ROWS > top + windowRows) {
          const kept = window + (from - top) * stride;
          this.#bytes.copyWithin(window, kept, window + (bottom - top) * stride);
          top = from;
        }
        this.#resizeGroup(bottom, window + (bottom - top) * stride);
        bottom += GROUP_ROWS;
      }
      const usedPairs = (size + 1) >> 1;
      const begin = 2 * pairs * y;
      this.#words.set(packed.subarray(begin, begin + 2 * usedPairs), rowWeights / 4);
      this.kernel.resizeDown(window + (from - top) * stride, stride, row, rowWeights, usedPairs);
      this.#giveRow(y, row);
    }
  }

  /** Rows of the source from `y` on, after the horizontal pass. Rows behind its end are anything. */
  #resizeGroup(y: number, to: number): void {
    const { source, across } = this.resize;
    const { group, groupStride, stride, starts, columnWeights } = this.layout;
    const [into, intoStride] = across === undefined ? [to, stride] : [group, groupStride];
    for (let n = 0; n < GROUP_ROWS && y + n < source.height; n += 1) {
      const begin = 3 * ((y + n) * source.width + this.#sourceLeft);
      const end = begin + 3 * (this.#sourceRight - this.#sourceLeft);
      this.#bytes.set(source.data.subarray(begin, end), into + n * intoStride);
    }
    if (across !== undefined) {
      const { pairs } = across;
      const columns = this.#columns;
      this.kernel.resizeAcross(
        group,
        groupStride,
        to,
        stride,
        starts,
        columnWeights,
        pairs,
        columns,
      );
    }
  }

  #giveRow(y: number, address: number): void {
    const { target } = this.resize;
    const row = this.#bytes.subarray(address, address + 3 * this.#columns);
    target.data.set(row, 3 * (y * target.width + this.left));
  }
}
