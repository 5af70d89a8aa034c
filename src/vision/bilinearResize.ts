// PIL's antialiased bilinear resize for 8-bit images, byte for byte.

import type { RgbImage } from './rgbImage';

// python-pillow/Pillow: src/libImaging/Resample.c. Weights are integers with this many binary
// digits after the point; both passes round to 8 bits.
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** Which source pixels make one output pixel: `size` weights per output from `first` on. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  /** weights reserved per output pixel */
  readonly stride: number;
}

/** Resizes with the triangle filter, horizontally first. */
export function bilinearResize(image: RgbImage, width: number, height: number): RgbImage {
  const across =
    width === image.width ? image : resizeRows(image, width, triangleWeights(image.width, width));
  return height === image.height
    ? across
    : resizeColumns(across, height, triangleWeights(image.height, height));
}

/** The triangle filter, widened by the scale when shrinking (this is the antialiasing). */
function triangleWeights(inputSize: number, outputSize: number): Weights {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const exact = new Float64Array(stride);
  for (let out = 0; out < outputSize; out += 1) {
    const centre = (out + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const size = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - from;
    let sum = 0;
    for (let i = 0; i < size; i += 1) {
      const weight = Math.max(0, 1 - Math.abs((from + i - centre + 0.5) / support));
      exact[i] = weight;
      sum += weight;
    }
    first[out] = from;
    count[out] = size;
    for (let i = 0; i < size; i += 1) {
      const share = (exact[i] ?? 0) / (sum === 0 ? 1 : sum);
      weights[out * stride + i] = Math.trunc(0.5 + share * (1 << PRECISION_BITS));
    }
  }
  return { first, count, weights, stride };
}

function resizeRows(image: RgbImage, width: number, table: Weights): RgbImage {
  const { height } = image;
  const source = image.data;
  const rowBytes = 3 * image.width;
  const data = new Uint8Array(3 * width * height);
  const { first, count, weights, stride } = table;
  for (let y = 0; y < height; y += 1) {
    let to = 3 * y * width;
    for (let x = 0; x < width; x += 1) {
      let from = y * rowBytes + 3 * (first[x] as number);
      const begin = x * stride;
      const end = begin + (count[x] as number);
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (let i = begin; i < end; i += 1) {
        const weight = weights[i] as number;
        r += (source[from] as number) * weight;
        g += (source[from + 1] as number) * weight;
        b += (source[from + 2] as number) * weight;
        from += 3;
      }
      data[to] = clip(r);
      data[to + 1] = clip(g);
      data[to + 2] = clip(b);
      to += 3;
    }
  }
  return { width, height, data };
}

function resizeColumns(image: RgbImage, height: number, table: Weights): RgbImage {
  const { width, data: source } = image;
  const rowBytes = 3 * width;
  const data = new Uint8Array(rowBytes * height);
  const sums = new Int32Array(rowBytes);
  const { first, count, weights, stride } = table;
  for (let y = 0; y < height; y += 1) {
    sums.fill(HALF);
    for (let i = 0; i < (count[y] as number); i += 1) {
      const weight = weights[y * stride + i] as number;
      const from = ((first[y] as number) + i) * rowBytes;
      for (let x = 0; x < rowBytes; x += 1) {
        sums[x] = (sums[x] as number) + (source[from + x] as number) * weight;
      }
    }
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x += 1) {
      data[to + x] = clip(sums[x] as number);
    }
  }
  return { width, height, data };
}

function clip(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
