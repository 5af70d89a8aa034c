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
 * @returns [elements] float16 bit patterns
 * @throws RangeError for a value beyond float16's range (65504): it would become infinite
 */
export function toFloat16(bytes: Uint8Array, dtype: 'F32' | 'BF16'): Uint16Array {
  // a copy where the bytes do not lie as numbers must
  const width = DTYPE_BYTES[dtype];
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.byteLength / width;
  const out =
    dtype === 'BF16'
      ? brainsToHalves(new Uint16Array(buffer, byteOffset, count))
      : floatsToHalves(new Uint32Array(buffer, byteOffset, count));
  if (out === undefined) {
    throw new RangeError('a weight does not fit into float16');
  }
  return out;
}

// Every weight of a checkpoint goes through one of these loops: what is rare is found by a sum that
// reaches bit 15 for an exponent of ones.

function brainsToHalves(brains: Uint16Array): Uint16Array | undefined {
  const out = new Uint16Array(brains.length);
  let unfit = 0;
  for (let i = 0; i < brains.length; i += 1) {
    const brain = brains[i] as number;
    const magnitude = brain & 0x7fff;
    // between 2^-14 and 2^16 it is a float16 as it is: the exponent's bias changes from 127 to 15
    const half =
      magnitude >= 0x3880 && magnitude < 0x4780
        ? (brain & 0x8000) | ((magnitude << 3) - 0x1c000)
        : (BRAIN_TO_HALF[brain] as number);
    out[i] = half;
    unfit |= (half & 0x7c00) + 0x400;
  }
  return (unfit & 0x8000) === 0 ? out : undefined;
}

function floatsToHalves(bits: Uint32Array): Uint16Array | undefined {
  const out = new Uint16Array(bits.length);
  let unfit = 0;
  for (let i = 0; i < bits.length; i += 1) {
    const half = roundToHalf(bits[i] as number);
    out[i] = half;
    unfit |= (half & 0x7c00) + 0x400;
  }
  return (unfit & 0x8000) === 0 ? out : undefined;
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

const BRAIN_TO_HALF = Uint16Array.from({ length: 65_536 }, (_, brain) =>
  roundToHalf((brain << 16) >>> 0),
);
