// The two passes of the bilinear resize in WebAssembly SIMD (AssemblyScript, not TypeScript).
//
// python-pillow/Pillow: src/libImaging/Resample.c, ImagingResampleHorizontal_8bpc and
// ImagingResampleVertical_8bpc: sums of byte · 22-bit weight, rounded to 8 bits.
//
// A weight is split as `high · 2^15 + low`, so that both parts are 16-bit numbers, and the weights of
// two neighbouring source pixels (a pair) lie in one 32-bit lane: one `dot` multiplies and adds both.
// 32-bit sums may wrap on the way; their final combination does not, and is exact.
// Weights of a pair, 8 bytes: high of the first, high of the second, low of the first, of the second.
// Weights behind the last are 0; the pixels they stand for must be readable, no more.

const LOW_BITS = 15;
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
const PAIR_BYTES = 8;
const PIXEL_BYTES = 3;
/** bytes of two pixels r g b r g b -> four 16-bit pairs r r, g g, b b, 0 0 */
const PAIRS_OF_COLOURS = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);

function round(high: v128, low: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, LOW_BITS), low), PRECISION_BITS);
}

function storePixel(to: usize, high: v128, low: v128): void {
  const words = i16x8.narrow_i32x4_s(round(high, low), round(high, low));
  v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
}

/**
 * Four rows of RGB to four rows of `width` RGB pixels.
 * @param from the first row; the others follow at `fromStride` bytes
 * @param to likewise; four bytes are written for every pixel of three
 * @param starts i32 per output pixel: offset in bytes of the first source pixel within its row
 * @param weights `pairs` pairs per output pixel
 */
export function resizeAcross(
  from: usize,
  fromStride: usize,
  to: usize,
  toStride: usize,
  starts: usize,
  weights: usize,
  pairs: i32,
  width: i32,
): void {
  for (let x = 0; x < width; x += 1) {
    let at0 = from + load<u32>(starts);
    let at1 = at0 + fromStride;
    let at2 = at1 + fromStride;
    let at3 = at2 + fromStride;
    let high0 = i32x4.splat(0);
    let high1 = high0;
    let high2 = high0;
    let high3 = high0;
    let low0 = i32x4.splat(HALF);
    let low1 = low0;
    let low2 = low0;
    let low3 = low0;
    const end = weights + PAIR_BYTES * pairs;
    while (weights < end) {
      const high = v128.load32_splat(weights);
      const low = v128.load32_splat(weights, 4);
      const pixels0 = i8x16.swizzle(v128.load64_zero(at0), PAIRS_OF_COLOURS);
      const pixels1 = i8x16.swizzle(v128.load64_zero(at1), PAIRS_OF_COLOURS);
      const pixels2 = i8x16.swizzle(v128.load64_zero(at2), PAIRS_OF_COLOURS);
      const pixels3 = i8x16.swizzle(v128.load64_zero(at3), PAIRS_OF_COLOURS);
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(pixels0, high));
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(pixels0, low));
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(pixels1, high));
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(pixels1, low));
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(pixels2, high));
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(pixels2, low));
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(pixels3, high));
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(pixels3, low));
      at0 += 2 * PIXEL_BYTES;
      at1 += 2 * PIXEL_BYTES;
      at2 += 2 * PIXEL_BYTES;
      at3 += 2 * PIXEL_BYTES;
      weights += PAIR_BYTES;
    }
    storePixel(to, high0, low0);
    storePixel(to + toStride, high1, low1);
    storePixel(to + 2 * toStride, high2, low2);
    storePixel(to + 3 * toStride, high3, low3);
    to += PIXEL_BYTES;
    starts += 4;
  }
}

/**
 * Rows of bytes to one row.
 * @param from the first row, 16-byte aligned; the others follow at `stride` bytes
 * @param stride a multiple of 16; as much is written
 * @param weights `pairs` pairs
 */
export function resizeDown(
  from: usize,
  stride: usize,
  to: usize,
  weights: usize,
  pairs: i32,
): void {
  const zero = i8x16.splat(0);
  const half = i32x4.splat(HALF);
  const endOfRow = from + stride;
  const end = weights + PAIR_BYTES * pairs;
  for (; from < endOfRow; from += 16, to += 16) {
    let high0 = i32x4.splat(0);
    let high1 = high0;
    let high2 = high0;
    let high3 = high0;
    let low0 = half;
    let low1 = half;
    let low2 = half;
    let low3 = half;
    let at = from;
    for (let weight = weights; weight < end; weight += PAIR_BYTES) {
      const high = v128.load32_splat(weight);
      const low = v128.load32_splat(weight, 4);
      const first = v128.load(at);
      const second = v128.load(at + stride);
      const left = i8x16.shuffle(
        first,
        second,
        0,
        16,
        1,
        17,
        2,
        18,
        3,
        19,
        4,
        20,
        5,
        21,
        6,
        22,
        7,
        23,
      );
      const right = i8x16.shuffle(
        first,
        second,
        8,
        24,
        9,
        25,
        10,
        26,
        11,
        27,
        12,
        28,
        13,
        29,
        14,
        30,
        15,
        31,
      );
      const bytes0 = i16x8.extend_low_i8x16_u(left);
      const bytes1 = i16x8.extend_high_i8x16_u(left);
      const bytes2 = i16x8.extend_low_i8x16_u(right);
      const bytes3 = i16x8.extend_high_i8x16_u(right);
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(bytes0, high));
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(bytes0, low));
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(bytes1, high));
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(bytes1, low));
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(bytes2, high));
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(bytes2, low));
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(bytes3, high));
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(bytes3, low));
      at += 2 * stride;
    }
    const words0 = i16x8.narrow_i32x4_s(round(high0, low0), round(high1, low1));
    const words1 = i16x8.narrow_i32x4_s(round(high2, low2), round(high3, low3));
    v128.store(to, i8x16.narrow_i16x8_u(words0, words1));
  }
}
