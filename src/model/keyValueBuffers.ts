// Keys and values of a prefix in memory of our own, with room for what follows it.

import type { ModelDims } from './checkpoint/modelConfig';
import { DECODER_IO } from './onnx/decoderGraph';
import { floatTensor, type Feeds } from './ortRuntime';
import type { KeyValues } from './tailScorer';

/** Positions that buffers hold beyond those asked for, so that longer tails seldom need new ones. */
const SPARE_POSITIONS = 512;

/**
 * Past and present of a run are the same memory: fused attention on the CPU then writes new keys and
 * values behind the old ones instead of copying all of them (onnxruntime:
 * contrib_ops/cpu/bert/group_query_attention.cc, past_present_share_buffer).
 */
export class KeyValueBuffers implements KeyValues {
  /** positions that are filled; what lies behind them is free to be written over */
  length = 0;
  #capacity = 0;
  /** per layer: keys, values; each [kv heads, capacity, head width] */
  readonly #buffers: Float32Array[];

  constructor(readonly dims: ModelDims) {
    this.#buffers = Array.from({ length: 2 * dims.layers }, () => new Float32Array(0));
  }

  get past(): Feeds {
    return this.#tensors((layer) => [DECODER_IO.pastKey(layer), DECODER_IO.pastValue(layer)]);
  }

  get present(): Feeds {
    return this.#tensors((layer) => [DECODER_IO.presentKey(layer), DECODER_IO.presentValue(layer)]);
  }

  /** Makes room for `total` positions; those that are filled stay. */
  reserve(total: number): void {
    if (total <= this.#capacity) {
      return;
    }
    const capacity = total + SPARE_POSITIONS;
    for (const [n, old] of this.#buffers.entries()) {
      // one after the other: old and new ones never lie in memory all at once
      this.#buffers[n] = this.#grown(old, capacity);
    }
    this.#capacity = capacity;
  }

  #grown(old: Float32Array, capacity: number): Float32Array {
    const { kvHeads, headDim } = this.dims;
    const grown = new Float32Array(kvHeads * capacity * headDim);
    for (let head = 0; head < kvHeads; head += 1) {
      const from = head * this.#capacity * headDim;
      grown.set(old.subarray(from, from + this.length * headDim), head * capacity * headDim);
    }
    return grown;
  }

  #tensors(namesOf: (layer: number) => readonly [key: string, value: string]): Feeds {
    const { layers, kvHeads, headDim } = this.dims;
    const feeds: Record<string, Feeds[string]> = {};
    for (let layer = 0; layer < layers; layer += 1) {
      for (const [part, name] of namesOf(layer).entries()) {
        const data = this.#buffers[2 * layer + part];
        if (data === undefined) {
          throw new RangeError(`no buffer for ${name}`);
        }
        feeds[name] = floatTensor(data, [1, kvHeads, this.#capacity, headDim]);
      }
    }
    return feeds;
  }
}
