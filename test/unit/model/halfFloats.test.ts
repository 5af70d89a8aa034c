import { expect, test } from 'vitest';
import { toFloat16 } from '../../../src/model/checkpoint/floats';

function halfOf(bits: Uint16Array | Uint32Array, dtype: 'BF16' | 'F32'): number | undefined {
  try {
    return toFloat16(new Uint8Array(bits.buffer), dtype)[0];
  } catch {
    return undefined;
  }
}

test('every bfloat16 becomes the float16 that its float32 becomes', () => {
  const wrong: number[] = [];
  let refused = 0;
  for (let brain = 0; brain < 0x10000; brain += 1) {
    const half = halfOf(Uint16Array.of(brain), 'BF16');
    if (half !== halfOf(Uint32Array.of((brain << 16) >>> 0), 'F32')) {
      wrong.push(brain);
    }
    refused += half === undefined ? 1 : 0;
  }
  expect(wrong).toEqual([]);
  // both signs of 2^16 and more, infinities and NaN
  expect(refused).toBe(2 * (0x8000 - 0x4780));
});

test('bytes that begin anywhere', () => {
  const bytes = Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0xc0);
  for (const start of [0, 1, 2, 3]) {
    const shifted = new Uint8Array(start + bytes.length);
    shifted.set(bytes, start);
    expect([...toFloat16(shifted.subarray(start), 'BF16')]).toEqual([0, 0x3c00, 0xc000]);
  }
});
