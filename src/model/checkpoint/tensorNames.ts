// The tensors an IXC-2.5-Reward checkpoint must have, with their shapes (reference: InternLM/InternLM-XComposer).

import type { ModelDims } from './modelConfig';

/** Linear layers of a decoder block that carry a partial LoRA. */
export const LORA_LINEARS = [
  'attention.wqkv',
  'attention.wo',
  'feed_forward.w1',
  'feed_forward.w3',
  'feed_forward.w2',
] as const;
export type LoraLinear = (typeof LORA_LINEARS)[number];

export const EMBEDDINGS = 'model.tok_embeddings.weight';
export const SCORE = 'score.weight';
export const FINAL_NORM = 'model.norm.weight';
/** separates overview and tiles */
export const GLOBAL_SEPARATOR = 'plora_glb_GN';
/** ends every row of image tokens */
export const ROW_END = 'plora_sub_GN';
export const VISION = 'vit.vision_tower.vision_model.';

export type TensorGroup = 'embeddings' | 'vision' | 'projector' | 'decoder';

export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** the graph or table that reads it */
  readonly group: TensorGroup;
}

/** [output, input] of a linear layer of the decoder. */
export function linearShape(dims: ModelDims, linear: LoraLinear): readonly [number, number] {
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
    ...visionTensors(dims),
    ...projectorTensors(dims),
    ...decoderTensors(dims),
  ];
}

function visionTensors({ vision }: ModelDims): ExpectedTensor[] {
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
    tensor(`${name}.weight`, out, input),
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

function projectorTensors(dims: ModelDims): ExpectedTensor[] {
  const merged = 4 * dims.vision.hidden;
  const tensor = (name: string, ...shape: number[]): ExpectedTensor => ({
    name,
    shape,
    group: 'projector',
  });
  return [
    tensor(GLOBAL_SEPARATOR, 1, 1, merged),
    tensor(ROW_END, 1, 1, 1, merged),
    tensor('vision_proj.0.weight', dims.hidden, merged),
    tensor('vision_proj.0.bias', dims.hidden),
    tensor('vision_proj.2.weight', dims.hidden, dims.hidden),
    tensor('vision_proj.2.bias', dims.hidden),
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
      ...LORA_LINEARS.flatMap((linear) => {
        const [out, input] = linearShape(dims, linear);
        return [
          tensor(`${at}${linear}.weight`, out, input),
          tensor(`${at}${linear}.Plora_A.weight`, dims.loraRank, input),
          tensor(`${at}${linear}.Plora_B.weight`, out, dims.loraRank),
        ];
      }),
    ];
  };
  return [
    ...Array.from({ length: dims.layers }, (_, n) => layer(n)).flat(),
    tensor(FINAL_NORM, dims.hidden),
    tensor(SCORE, 1, dims.hidden),
  ];
}
