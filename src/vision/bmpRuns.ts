// Run-length compressed bitmaps (BI_RLE8, BI_RLE4).

import type { PixelSize } from './mediaFaults';

const END_OF_LINE = 0;
const END_OF_BITMAP = 1;
const DELTA = 2;

/**
 * What runs, skips and short lines leave open is colour 0. As in PIL, the pixels are one long row:
 * a skip to the right may go on in the next line.
 * @returns palette indices, rows in the order of the file
 * @throws Error when the data ends before the last pixel
 */
export function unpackBmpRuns(
  packed: Uint8Array,
  { width, height }: PixelSize,
  bits: 4 | 8,
): Uint8Array {
  const count = width * height;
  const out = new Uint8Array(count);
  let filled = 0;
  let x = 0;
  let at = 0;
  while (filled < count && at + 1 < packed.length) {
    const run = packed[at] as number;
    const value = packed[at + 1] as number;
    at += 2;
    if (run > 0) {
      const length = Math.min(run, Math.max(0, width - x));
      for (let n = 0; n < length && filled + n < count; n += 1) {
        out[filled + n] = bits === 8 ? value : n % 2 === 0 ? value >> 4 : value & 15;
      }
      filled += length;
      x += length;
    } else if (value === END_OF_LINE) {
      filled = Math.ceil(filled / width) * width;
      x = 0;
    } else if (value === END_OF_BITMAP) {
      break;
    } else if (value === DELTA) {
      if (at + 1 >= packed.length) {
        break;
      }
      filled += (packed[at] as number) + (packed[at + 1] as number) * width;
      x = filled % width;
      at += 2;
    } else {
      const bytes = bits === 8 ? value : value >> 1;
      const literal = packed.subarray(at, at + bytes);
      for (const [n, byte] of literal.entries()) {
        if (bits === 8) {
          put(out, filled + n, byte);
        } else {
          put(out, filled + 2 * n, byte >> 4);
          put(out, filled + 2 * n + 1, byte & 15);
        }
      }
      filled += literal.length * (bits === 8 ? 1 : 2);
      if (literal.length < bytes) {
        break;
      }
      x += value;
      at += bytes + (bytes % 2);
    }
  }
  if (filled < count) {
    throw new Error(`the runs of the bitmap end after ${filled} of ${count} pixels`);
  }
  return out;
}

function put(out: Uint8Array, at: number, value: number): void {
  if (at < out.length) {
    out[at] = value;
  }
}
