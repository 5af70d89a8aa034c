// Rotary position tables, with dynamic NTK scaling for conversations beyond the trained length.

import type { ModelDims } from './checkpoint/modelConfig';

export interface RopeTables {
  /** [positions, head width / 2] float32 */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly positions: number;
}

type RopeDims = Pick<ModelDims, 'headDim' | 'ropeTheta' | 'ropeFactor' | 'maxPositions'>;

/**
 * Tables for a conversation of `total` positions. Up to `maxPositions` they do not depend on
 * `total`; beyond, the base grows with it (reference: modeling_internlm2.py,
 * InternLM2DynamicNTKScalingRotaryEmbedding; without its habit of keeping the grown base for
 * later, shorter inputs).
 *
 * Every product is rounded to float32 as torch does it: at position 16,000 the rounding of the
 * angle is larger than the tolerance of the rewards.
 */
export function ropeTables(dims: RopeDims, total: number): RopeTables {
  const half = dims.headDim / 2;
  const base = ropeBase(dims, total);
  const inverse = Float32Array.from({ length: half }, (_, i) =>
    Math.fround(1 / Math.fround(base ** Math.fround((2 * i) / dims.headDim))),
  );
  const cos = new Float32Array(total * half);
  const sin = new Float32Array(total * half);
  for (let position = 0; position < total; position += 1) {
    for (let i = 0; i < half; i += 1) {
      const angle = Math.fround(position * (inverse[i] ?? 0));
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin, positions: total };
}

/** The tables of one model, computed once as far as conversations reach. */
export class RopeCache {
  #tables: RopeTables | undefined;

  constructor(readonly dims: RopeDims) {}

  /**
   * Tables of at least `total` positions. Within the trained length they grow by doubling; beyond,
   * they are of this total alone.
   */
  upTo(total: number): RopeTables {
    const { maxPositions } = this.dims;
    if (total > maxPositions) {
      return ropeTables(this.dims, total);
    }
    if (this.#tables === undefined || this.#tables.positions < total) {
      const grown = Math.max(total, 2 * (this.#tables?.positions ?? 512));
      this.#tables = ropeTables(this.dims, Math.min(grown, maxPositions));
    }
    return this.#tables;
  }
}

function ropeBase(
  { headDim, ropeTheta, ropeFactor, maxPositions }: RopeDims,
  total: number,
): number {
  if (total <= maxPositions) {
    return ropeTheta;
  }
  const growth = (ropeFactor * total) / maxPositions - (ropeFactor - 1);
  return ropeTheta * growth ** (headDim / (headDim - 2));
}
