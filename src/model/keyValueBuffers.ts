// Keys and values of a prefix in memory of our own.

import type { ModelDims } from './checkpoint/modelConfig';
import { DECODER_IO } from './onnx/decoderGraph';
import { floatTensor, type Feeds } from './ortRuntime';
import type { KeyValues } from './tailScorer';

/**
 * Past and present of a run are the same memory: fused attention on the CPU then writes new keys and
 * values behind the old ones instead of copying all of them (onnxruntime:
 * contrib_ops/cpu/bert/group_query_attention.cc, past_present_share_buffer).
 */
export class KeyValueBuffers implements KeyValues {
  /** positions that are filled */
  length = 0;
  /** per layer: keys, values; each [kv heads, capacity, head width] */
  readonly #buffers: readonly Float32Array[];

  /** @param capacity positions that there is room for */
  constructor(
    readonly dims: ModelDims,
    readonly capacity: number,
  ) {
    const { layers, kvHeads, headDim } = dims;
    this.#buffers = Array.from(
      { length: 2 * layers },
      () => new Float32Array(kvHeads * capacity * headDim),
    );
  }

  get past(): Feeds {
    return this.#tensors((layer) => [DECODER_IO.pastKey(layer), DECODER_IO.pastValue(layer)]);
  }

  get present(): Feeds {
    return this.#tensors((layer) => [DECODER_IO.presentKey(layer), DECODER_IO.presentValue(layer)]);
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
        feeds[name] = floatTensor(data, [1, kvHeads, this.capacity, headDim]);
      }
    }
    return feeds;
  }
}
