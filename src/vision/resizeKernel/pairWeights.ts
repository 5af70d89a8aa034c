// The weights of PIL's triangle filter, as the kernel reads them.

// python-pillow/Pillow: src/libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc.
// Weights are integers with this many binary digits after the point.
const PRECISION_BITS = 32 - 8 - 2;
/** assembly/index.ts has the reason for the split */
const LOW_BITS = 15;
const LOW_MASK = (1 << LOW_BITS) - 1;

/** Which source pixels make one output pixel, in one direction. */
export interface PairWeights {
  /** first source pixel per output pixel; never decreases */
  readonly first: Int32Array;
  /** number of source pixels per output pixel */
  readonly count: Int32Array;
  /** pairs of weights reserved per output pixel: enough for the largest count */
  readonly pairs: number;
  /** two numbers per pair, 16 bits for each of its pixels: the high parts, the low parts */
  readonly packed: Int32Array;
}

/** The triangle filter, widened by the scale when shrinking (this is the antialiasing). */
export function triangleWeights(inputSize: number, outputSize: number): PairWeights {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1);
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  for (let out = 0; out < outputSize; out += 1) {
    const centre = (out + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    first[out] = from;
    count[out] = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - from;
  }
  const pairs = (count.reduce((most, size) => Math.max(most, size), 0) + 1) >> 1;
  const packed = new Int32Array(2 * pairs * outputSize);
  const exact = new Float64Array(2 * pairs);
  for (let out = 0; out < outputSize; out += 1) {
    const centre = (out + 0.5) * scale;
    const size = count[out] as number;
    let sum = 0;
    for (let i = 0; i < size; i += 1) {
      const distance = Math.abs(((first[out] as number) + i - centre + 0.5) * (1 / support));
      exact[i] = Math.max(0, 1 - distance);
      sum += exact[i] as number;
    }
    for (let i = 0; i < size; i += 1) {
      const share = (exact[i] as number) / (sum === 0 ? 1 : sum);
      pack(packed, 2 * pairs * out, i, Math.trunc(0.5 + share * (1 << PRECISION_BITS)));
    }
  }
  return { first, count, pairs, packed };
}

/** Stores the weight of source pixel `i` of the output pixel whose pairs begin at `begin`. */
function pack(packed: Int32Array, begin: number, i: number, weight: number): void {
  const at = begin + (i & ~1);
  const shift = 16 * (i & 1);
  packed[at] = (packed[at] as number) | ((weight >> LOW_BITS) << shift);
  packed[at + 1] = (packed[at + 1] as number) | ((weight & LOW_MASK) << shift);
}
