// The overview: the whole padded picture squeezed into one tile by torch's bicubic resize.

import { NORMALISED } from './normalise';
import type { RgbImage } from './rgbImage';

// pytorch/pytorch: aten/src/ATen/native/UpSample.h, cubic_convolution1/2 with this constant
const A = -0.75;
const TAPS = 4;

/** Four source positions and weights for every output position. */
interface CubicTable {
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/**
 * `interpolate(mode='bicubic', align_corners=False)` without antialiasing, on the *normalised*
 * picture, in float32. The aspect ratio is not kept.
 * @returns [3, tile, tile] float32
 */
export function overviewPixels(image: RgbImage, tile: number): Float32Array {
  const across = cubicTable(image.width, tile);
  const down = cubicTable(image.height, tile);
  const out = new Float32Array(3 * tile * tile);
  const rows = new Float32Array(TAPS * tile);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let y = 0; y < tile; y += 1) {
      for (let tap = 0; tap < TAPS; tap += 1) {
        const sourceRow = down.index[TAPS * y + tap] as number;
        interpolateRow(image, sourceRow, channel, across, rows, tap * tile, tile);
      }
      const to = (channel * tile + y) * tile;
      for (let x = 0; x < tile; x += 1) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap += 1) {
          const product =
            (rows[tap * tile + x] as number) * (down.weight[TAPS * y + tap] as number);
          sum = Math.fround(sum + Math.fround(product));
        }
        out[to + x] = sum;
      }
    }
  }
  return out;
}

function interpolateRow(
  image: RgbImage,
  row: number,
  channel: number,
  table: CubicTable,
  out: Float32Array,
  to: number,
  width: number,
): void {
  const values = NORMALISED[channel] as Float32Array;
  const from = 3 * row * image.width + channel;
  for (let x = 0; x < width; x += 1) {
    let sum = 0;
    for (let tap = TAPS * x; tap < TAPS * x + TAPS; tap += 1) {
      const byte = image.data[from + 3 * (table.index[tap] as number)] as number;
      sum = Math.fround(
        sum + Math.fround((values[byte] as number) * (table.weight[tap] as number)),
      );
    }
    out[to + x] = sum;
  }
}

function cubicTable(inputSize: number, outputSize: number): CubicTable {
  const index = new Int32Array(TAPS * outputSize);
  const weight = new Float32Array(TAPS * outputSize);
  const scale = Math.fround(inputSize / outputSize);
  for (let out = 0; out < outputSize; out += 1) {
    const position = Math.fround(Math.fround(scale * Math.fround(out + 0.5)) - 0.5);
    const base = Math.floor(position);
    const t = Math.fround(position - base);
    const weights = [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)];
    for (let tap = 0; tap < TAPS; tap += 1) {
      index[TAPS * out + tap] = Math.min(inputSize - 1, Math.max(0, base - 1 + tap));
      weight[TAPS * out + tap] = weights[tap] ?? 0;
    }
  }
  return { index, weight };
}

/** Weight at distance 1 to 2. */
function outer(x: number): number {
  return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
}

/** Weight at distance 0 to 1. */
function inner(x: number): number {
  return ((A + 2) * x - (A + 3)) * x * x + 1;
}
