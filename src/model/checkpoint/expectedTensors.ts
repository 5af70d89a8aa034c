// The tensors a checkpoint must have, with their shapes (reference: InternLM/InternLM-XComposer for
// IXC-2.5-Reward; InternLM2-Reward is its language model with another head).

import type { ModelDims, VisionDims } from './modelConfig';
import {
  DECODER_LINEARS,
  EMBEDDINGS,
  FINAL_NORM,
  GLOBAL_SEPARATOR,
  ROW_END,
  SCORE,
  VALUE_HEAD,
  VISION,
  type DecoderLinear,
} from './tensorNames';

export type TensorGroup = 'embeddings' | 'vision' | 'projector' | 'decoder';

export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** the graph or table that reads it */
  readonly group: TensorGroup;
  /** set for matrices of linear layers, which may be quantised: the layer's own, or its LoRA's */
  readonly linear?: 'base' | 'lora';
}

/** Name of the score head [1, hidden]. */
export function scoreHead(dims: ModelDims): string {
  return dims.vision === undefined ? VALUE_HEAD : SCORE;
}

/** [output, input] of a linear layer of the decoder. */
export function linearShape(dims: ModelDims, linear: DecoderLinear): readonly [number, number] {
  const { hidden, mlp } = dims;
  switch (linear) {
    case 'attention.wqkv':
      return [(dims.heads + 2 * dims.kvHeads) * dims.headDim, hidden];
    case 'attention.wo':
      return [hidden, hidden];
    case 'feed_forward.w1':
    case 'feed_forward.w3':
      return [mlp, hidden];
    case 'feed_forward.w2':
      return [hidden, mlp];
  }
}

/** Every tensor the model needs, in the order of the forward pass. Others are ignored. */
export function expectedTensors(dims: ModelDims): ExpectedTensor[] {
  return [
    { name: EMBEDDINGS, shape: [dims.vocab, dims.hidden], group: 'embeddings' },
    ...(dims.vision === undefined
      ? []
      : [...visionTensors(dims.vision), ...projectorTensors(dims.hidden, dims.vision)]),
    ...decoderTensors(dims),
  ];
}

function visionTensors(vision: VisionDims): ExpectedTensor[] {
  const { hidden, mlp, patch, patchesPerSide } = vision;
  const tensor = (name: string, ...shape: number[]): ExpectedTensor => ({
    name: VISION + name,
    shape,
    group: 'vision',
  });
  const norm = (name: string): ExpectedTensor[] => [
    tensor(`${name}.weight`, hidden),
    tensor(`${name}.bias`, hidden),
  ];
  const linear = (name: string, out: number, input: number): ExpectedTensor[] => [
    { ...tensor(`${name}.weight`, out, input), linear: 'base' },
    tensor(`${name}.bias`, out),
  ];
  const layer = (n: number): ExpectedTensor[] => {
    const at = `encoder.layers.${n}.`;
    return [
      ...norm(`${at}layer_norm1`),
      ...['q', 'k', 'v', 'out'].flatMap((p) => linear(`${at}self_attn.${p}_proj`, hidden, hidden)),
      ...norm(`${at}layer_norm2`),
      ...linear(`${at}mlp.fc1`, mlp, hidden),
      ...linear(`${at}mlp.fc2`, hidden, mlp),
    ];
  };
  return [
    tensor('embeddings.class_embedding', hidden),
    tensor('embeddings.patch_embedding.weight', hidden, 3, patch, patch),
    tensor('embeddings.position_embedding.weight', patchesPerSide ** 2 + 1, hidden),
    ...norm('pre_layrnorm'),
    ...Array.from({ length: vision.layers }, (_, n) => layer(n)).flat(),
  ];
}

function projectorTensors(hidden: number, vision: VisionDims): ExpectedTensor[] {
  const merged = 4 * vision.hidden;
  const tensor = (name: string, ...shape: number[]): ExpectedTensor => ({
    name,
    shape,
    group: 'projector',
  });
  return [
    tensor(GLOBAL_SEPARATOR, 1, 1, merged),
    tensor(ROW_END, 1, 1, 1, merged),
    { ...tensor('vision_proj.0.weight', hidden, merged), linear: 'base' },
    tensor('vision_proj.0.bias', hidden),
    { ...tensor('vision_proj.2.weight', hidden, hidden), linear: 'base' },
    tensor('vision_proj.2.bias', hidden),
  ];
}

function decoderTensors(dims: ModelDims): ExpectedTensor[] {
  const tensor = (name: string, ...shape: number[]): ExpectedTensor => ({
    name,
    shape,
    group: 'decoder',
  });
  const layer = (n: number): ExpectedTensor[] => {
    const at = `model.layers.${n}.`;
    return [
      tensor(`${at}attention_norm.weight`, dims.hidden),
      tensor(`${at}ffn_norm.weight`, dims.hidden),
      ...DECODER_LINEARS.flatMap((linear) => {
        const [out, input] = linearShape(dims, linear);
        const base: ExpectedTensor = {
          ...tensor(`${at}${linear}.weight`, out, input),
          linear: 'base',
        };
        const lora: ExpectedTensor[] = [
          { ...tensor(`${at}${linear}.Plora_A.weight`, dims.loraRank, input), linear: 'lora' },
          { ...tensor(`${at}${linear}.Plora_B.weight`, out, dims.loraRank), linear: 'lora' },
        ];
        return dims.loraRank === 0 ? [base] : [base, ...lora];
      }),
    ];
  };
  return [
    ...Array.from({ length: dims.layers }, (_, n) => layer(n)).flat(),
    tensor(FINAL_NORM, dims.hidden),
    tensor(scoreHead(dims), 1, dims.hidden),
  ];
}
