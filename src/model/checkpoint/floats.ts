// Number formats of checkpoints, widened to float32.

import type { Dtype } from './safetensors';

/**
 * Reads little-endian floats of a checkpoint as float32. Exact: every bfloat16 and
 * every float16 is a float32.
 * @param bytes length a multiple of the element size
 */
export function toFloat32(
  bytes: Uint8Array,
  dtype: Extract<Dtype, 'F32' | 'BF16' | 'F16'>,
): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.slice().buffer);
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
