// Quantises a matrix into blocks of small integers that share a scale.

import { toFloat32, type FloatDtype } from '../checkpoint/floats';

/** Weights along a row that share a scale; ONNX Runtime's smallest common size. */
export const BLOCK_SIZE = 32;

export type Bits = 4 | 8;

/** A quantised matrix [rows, columns]; value = scale · (code − 2^(bits − 1)). */
export interface QuantisedBlocks {
  /** [rows, blocks, BLOCK_SIZE · bits / 8]; with 4 bits the lower half of a byte comes first */
  readonly codes: Uint8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
}

export interface QuantiseTask {
  /** [rows, columns] little-endian floats, row by row; finite */
  readonly bytes: Uint8Array;
  readonly dtype: FloatDtype;
  readonly columns: number;
  readonly bits: Bits;
}

// Where the largest weight of a block may land on the integer axis, of which −8 or −128 is the end.
// Beyond the end it is clipped, which pays when it stands far out: all others get finer steps.
const LANDINGS: Readonly<Record<Bits, readonly number[]>> = {
  4: [7, 7.25, 7.5, 7.75, 8, 8.25, 8.5, 8.75, 9, 9.25, 9.5, 10, 10.5],
  8: [127.5, 128],
};

// adding and taking away 1.5 · 2^52 rounds a double to the nearest integer, ties to even
const ROUND = 6_755_399_441_055_744;

/**
 * Quantises symmetrically around zero. For each block, every landing of its largest weight gives
 * codes q; the best scale for them is Σwq / Σq² (least squares), which leaves an error of
 * Σw² − (Σwq)² / Σq². The codes with the least error win.
 * @throws RangeError for a weight that is not finite
 */
export function quantiseBlocks({ bytes, dtype, columns, bits }: QuantiseTask): QuantisedBlocks {
  const values = toFloat32(bytes, dtype);
  const rows = values.length / columns;
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  const bytesPerBlock = (BLOCK_SIZE * bits) / 8;
  const codes = new Uint8Array(rows * blocks * bytesPerBlock);
  const scales = new Float32Array(rows * blocks);
  const block = new Float64Array(BLOCK_SIZE);
  const integers = new Int32Array(BLOCK_SIZE);
  for (let row = 0; row < rows; row += 1) {
    for (let n = 0; n < blocks; n += 1) {
      const from = row * columns + n * BLOCK_SIZE;
      const size = Math.min(BLOCK_SIZE, columns - n * BLOCK_SIZE);
      block.fill(0);
      block.set(values.subarray(from, from + size));
      const at = row * blocks + n;
      scales[at] = quantiseBlock(block, bits, integers);
      pack(integers, bits, codes, at * bytesPerBlock);
    }
  }
  return { codes, scales };
}

/** Fills `integers` with codes around zero. @returns the scale */
function quantiseBlock(block: Float64Array, bits: Bits, integers: Int32Array): number {
  const extreme = largest(block);
  if (!Number.isFinite(extreme)) {
    throw new RangeError('a weight is not finite');
  }
  if (extreme === 0) {
    integers.fill(0);
    return 0;
  }
  const low = -(2 ** (bits - 1));
  const high = -low - 1;
  let bestGain = -1;
  let bestInverse = 0;
  let bestScale = 0;
  for (const landing of LANDINGS[bits]) {
    const inverse = -landing / extreme;
    let wq = 0;
    let qq = 0;
    for (let i = 0; i < BLOCK_SIZE; i += 1) {
      const weight = block[i] as number;
      let q = weight * inverse + ROUND - ROUND;
      q = q < low ? low : q > high ? high : q;
      wq += weight * q;
      qq += q * q;
    }
    const gain = (wq * wq) / qq;
    if (gain > bestGain) {
      bestGain = gain;
      bestInverse = inverse;
      bestScale = wq / qq;
    }
  }
  for (let i = 0; i < BLOCK_SIZE; i += 1) {
    const q = (block[i] as number) * bestInverse + ROUND - ROUND;
    integers[i] = q < low ? low : q > high ? high : q;
  }
  return bestScale;
}

/** The value farthest from zero, with its sign; NaN if there is one. */
function largest(block: Float64Array): number {
  let extreme = 0;
  for (let i = 0; i < BLOCK_SIZE; i += 1) {
    const value = block[i] as number;
    if (!(Math.abs(value) <= Math.abs(extreme))) {
      extreme = value;
    }
    if (value !== value) {
      return value;
    }
  }
  return extreme;
}

function pack(integers: Int32Array, bits: Bits, codes: Uint8Array, at: number): void {
  if (bits === 8) {
    for (let i = 0; i < BLOCK_SIZE; i += 1) {
      codes[at + i] = (integers[i] as number) + 128;
    }
    return;
  }
  for (let i = 0; i < BLOCK_SIZE; i += 2) {
    const lower = (integers[i] as number) + 8;
    codes[at + i / 2] = lower | (((integers[i + 1] as number) + 8) << 4);
  }
}
