// In which form each weight is stored, by precision.

import type { Dtype } from '../checkpoint/safetensors';
import type { ExpectedTensor } from '../checkpoint/expectedTensors';
import type { BlockWeight } from '../onnx/weightLocation';
import type { Bits } from './quantise';

export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int4'] as const;
/** Arithmetic is float32 in all of them; they differ in how the matrices of linear layers are stored. */
export type Precision = (typeof PRECISIONS)[number];

export type Storage =
  /** bytes as they are in the checkpoint: float32, float16 or bfloat16 */
  | { readonly kind: 'keep' }
  /** rounded to the nearest float16 */
  | { readonly kind: 'float16' }
  | { readonly kind: 'blocks'; readonly bits: Bits };

export type AccuracyLevels = Readonly<Record<Bits, BlockWeight['accuracyLevel']>>;

/**
 * What ONNX Runtime computes quantised matrices in, by their bits: 0 is float32, the same on every
 * device; 4 quantises the activations, too. Chosen by the loss measured in test/bench/precision.
 */
export const ACCURACY_LEVELS: AccuracyLevels = { 4: 0, 8: 0 };

/**
 * Matrices of linear layers take the precision asked for; norms, biases, embeddings, positions and
 * the score head are kept. With int4 only the decoder's own matrices have 4 bits: LoRA, vision
 * tower and projector, a tenth of the weights, have 8.
 */
export function storageOf(
  { linear, group }: Pick<ExpectedTensor, 'linear' | 'group'>,
  dtype: Dtype,
  precision: Precision,
): Storage {
  if (linear === undefined) {
    return { kind: 'keep' };
  }
  switch (precision) {
    case 'fp32':
      return { kind: 'keep' };
    case 'fp16':
      return dtype === 'F16' ? { kind: 'keep' } : { kind: 'float16' };
    case 'int8':
      return { kind: 'blocks', bits: 8 };
    case 'int4':
      return { kind: 'blocks', bits: group === 'decoder' && linear === 'base' ? 4 : 8 };
  }
}
