// Number formats of checkpoints: widened to float32, or rounded to float16.

import { DTYPE_BYTES, type Dtype } from './safetensors';

/** Float types of checkpoints, by their safetensors names. */
export type FloatDtype = Extract<Dtype, 'F32' | 'BF16' | 'F16'>;

/**
 * Reads little-endian floats of a checkpoint as float32. Exact: every bfloat16 and
 * every float16 is a float32.
 * @param bytes length a multiple of the element size
 */
export function toFloat32(bytes: Uint8Array, dtype: FloatDtype): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(new Uint8Array(bytes).buffer);
    case 'BF16':
      return fromBfloat16(bytes);
    case 'F16':
      return fromFloat16(bytes);
  }
}

function fromBfloat16(bytes: Uint8Array): Float32Array {
  const count = bytes.byteLength / 2;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    // bfloat16 is the upper half of a float32
    bits[i] = ((bytes[2 * i] ?? 0) << 16) | ((bytes[2 * i + 1] ?? 0) << 24);
  }
  return new Float32Array(bits.buffer);
}

function fromFloat16(bytes: Uint8Array): Float32Array {
  const count = bytes.byteLength / 2;
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    out[i] = HALF_TO_FLOAT[(bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8)] ?? 0;
  }
  return out;
}

const HALF_TO_FLOAT = Float32Array.from({ length: 65_536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/**
 * Rounds little-endian floats of a checkpoint to float16, to nearest, ties to even.
 * @param bytes are given up: the result takes their place where they lie as numbers must
 * @returns [elements] float16 bit patterns
 * @throws RangeError for a value beyond float16's range (65504): it would become infinite
 */
export function toFloat16(bytes: Uint8Array, dtype: 'F32' | 'BF16'): Uint16Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.byteLength / DTYPE_BYTES[dtype];
  const halves = new Uint16Array(buffer, byteOffset, count);
  const fits =
    dtype === 'BF16'
      ? roundBrains(halves, new Uint32Array(buffer, byteOffset, count >> 1))
      : roundFloats(halves, new Uint32Array(buffer, byteOffset, count));
  if (!fits) {
    throw new RangeError('a weight does not fit into float16');
  }
  return halves;
}

// Every weight of a checkpoint goes through one of these loops: what does not fit is only collected.

/** @param pairs the same bfloat16 numbers, but for an odd last one: two at a time take half as long */
function roundBrains(numbers: Uint16Array, pairs: Uint32Array): boolean {
  let flags = 0;
  for (let i = 0; i < pairs.length; i += 1) {
    const pair = pairs[i] as number;
    const first = BRAIN_TO_HALF[pair & 0xffff] as number;
    const second = BRAIN_TO_HALF[pair >>> 16] as number;
    flags |= first | second;
    pairs[i] = (first & 0xffff) | (second << 16);
  }
  for (let i = 2 * pairs.length; i < numbers.length; i += 1) {
    const half = BRAIN_TO_HALF[numbers[i] as number] as number;
    flags |= half;
    numbers[i] = half;
  }
  return (flags & UNFIT) === 0;
}

/** @param halves may lie where the floats begin: they never overtake what is still to be read */
function roundFloats(halves: Uint16Array, floats: Uint32Array): boolean {
  let flags = 0;
  for (let i = 0; i < floats.length; i += 1) {
    const half = flagged(roundToHalf(floats[i] as number));
    flags |= half;
    halves[i] = half;
  }
  return (flags & UNFIT) === 0;
}

/** Above the 16 bits of a float16 that is infinite or not a number. */
const UNFIT = 0x10000;

function flagged(half: number): number {
  return (half & 0x7c00) === 0x7c00 ? half | UNFIT : half;
}

/** Float32 bits to float16 bits. */
function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) {
    return sign | 0x7c00; // 65536 and more, infinities, NaN
  }
  if (magnitude < 0x38800000) {
    // below 2^-14: a multiple of 2^-24; below half of that nothing is left
    if (magnitude <= 0x33000000) {
      return sign;
    }
    const exponent = magnitude >>> 23;
    const fraction = (magnitude & 0x7fffff) | 0x800000;
    const shift = 126 - exponent;
    const kept = fraction >>> shift;
    const rest = fraction - kept * 2 ** shift;
    const half = 2 ** (shift - 1);
    const up = rest > half || (rest === half && (kept & 1) === 1);
    return sign | (up ? kept + 1 : kept);
  }
  // the exponent's bias changes from 127 to 15; a carry out of the fraction is meant to reach it
  const rebased = magnitude - 0x38000000;
  const kept = rebased >>> 13;
  const rest = rebased & 0x1fff;
  const up = rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1);
  return sign | (up ? kept + 1 : kept);
}

const BRAIN_TO_HALF = Uint32Array.from({ length: 65_536 }, (_, brain) =>
  flagged(roundToHalf((brain << 16) >>> 0)),
);
