// The dimensions of a reward model: `config.json` for what it alone knows, tensor shapes for the rest.

import * as z from 'zod';
import { AppError } from '../../base/errors';
import type { TensorInfo } from './safetensors';
import { VALUE_HEAD, SCORE, VISION } from './tensorNames';

/**
 * Everything the graphs need to know about a model. InternLM2-Reward has no vision tower and no
 * partial LoRA.
 */
export interface ModelDims {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** width of the gated MLP */
  readonly mlp: number;
  readonly vocab: number;
  /** rank of the partial LoRA on image rows; 0 for none */
  readonly loraRank: number;
  readonly rmsEps: number;
  readonly ropeTheta: number;
  /** dynamic NTK factor beyond `maxPositions`; 1 for none */
  readonly ropeFactor: number;
  readonly maxPositions: number;
  /** absent in models that read text only */
  readonly vision?: VisionDims;
}

/** The CLIP tower. */
export interface VisionDims {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlp: number;
  readonly patch: number;
  /** patches along a tile's side; even, because 2×2 patches become one token */
  readonly patchesPerSide: number;
  /** side of a tile in pixels: patch · patchesPerSide (560 in the published model) */
  readonly tile: number;
  readonly layerNormEps: number;
}

// The keys the published config.json has, and the two that small test checkpoints add
// (the vision tower's own config is not part of the published file).
const configSchema = z.looseObject({
  num_attention_heads: z.int().positive(),
  num_key_value_heads: z.int().positive(),
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive(),
  rope_scaling: z
    .looseObject({ type: z.literal('dynamic'), factor: z.number().positive() })
    .nullish(),
  max_position_embeddings: z.int().positive(),
  vision_config: z
    .looseObject({
      num_attention_heads: z.int().positive(),
      layer_norm_eps: z.number().positive().optional(),
    })
    .optional(),
});

/** Head width of CLIP ViT-L/14, for checkpoints whose config does not describe the tower. */
const CLIP_HEAD_DIM = 64;

// A forged tensor name must not make us build a graph of a billion layers.
const MAX_LAYERS = 512;

/**
 * Reads dimensions off `config.json` and the tensor shapes, so that a config that lies is noticed.
 * @throws AppError `CHECKPOINT_INVALID` naming the key or the tensor
 */
export function readModelDims(
  configJson: string,
  tensors: ReadonlyMap<string, TensorInfo>,
): ModelDims {
  const config = parseConfig(configJson);
  const shape = shapeReader(tensors);
  const [vocab, hidden] = shape('model.tok_embeddings.weight', 2);
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads;
  const headDim = hidden / heads;
  const [qkvRows] = shape('model.layers.0.attention.wqkv.weight', 2);
  if (
    !Number.isInteger(headDim) ||
    qkvRows !== (heads + 2 * kvHeads) * headDim ||
    heads % kvHeads !== 0
  ) {
    throw invalid(
      `config.json says ${heads} heads and ${kvHeads} key/value heads, ` +
        `but wqkv has ${qkvRows} rows for a hidden size of ${hidden}`,
    );
  }
  const textOnly = tensors.has(VALUE_HEAD) && !tensors.has(SCORE);
  return {
    hidden,
    layers: countLayers(tensors, 'model.layers.'),
    heads,
    kvHeads,
    headDim,
    mlp: shape('model.layers.0.feed_forward.w1.weight', 2)[0],
    vocab,
    loraRank: textOnly ? 0 : shape('model.layers.0.attention.wqkv.Plora_A.weight', 2)[0],
    rmsEps: config.rms_norm_eps,
    ropeTheta: config.rope_theta,
    ropeFactor: config.rope_scaling?.factor ?? 1,
    maxPositions: config.max_position_embeddings,
    ...(textOnly ? {} : { vision: readVisionDims(config.vision_config, tensors, shape) }),
  };
}

type Config = z.infer<typeof configSchema>;
type ShapeReader = (name: string, dimensions: number) => [number, number];

function parseConfig(json: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw invalid('config.json is not JSON');
  }
  const result = configSchema.safeParse(value);
  if (!result.success) {
    throw invalid(`config.json: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}

function readVisionDims(
  config: Config['vision_config'],
  tensors: ReadonlyMap<string, TensorInfo>,
  shape: ShapeReader,
): VisionDims {
  const [hidden] = shape(`${VISION}embeddings.patch_embedding.weight`, 4);
  const patch = tensors.get(`${VISION}embeddings.patch_embedding.weight`)?.shape[3] ?? 0;
  const [positions] = shape(`${VISION}embeddings.position_embedding.weight`, 2);
  const patchesPerSide = Math.sqrt(positions - 1);
  if (!Number.isInteger(patchesPerSide) || patchesPerSide % 2 !== 0) {
    throw invalid(`position_embedding has ${positions} rows: not 1 + an even number squared`);
  }
  const heads = config?.num_attention_heads ?? hidden / CLIP_HEAD_DIM;
  if (!Number.isInteger(hidden / heads)) {
    throw invalid(`the vision tower is ${hidden} wide, which ${heads} heads do not divide`);
  }
  return {
    hidden,
    layers: countLayers(tensors, `${VISION}encoder.layers.`),
    heads,
    mlp: shape(`${VISION}encoder.layers.0.mlp.fc1.weight`, 2)[0],
    patch,
    patchesPerSide,
    tile: patch * patchesPerSide,
    layerNormEps: config?.layer_norm_eps ?? 1e-5,
  };
}

function shapeReader(tensors: ReadonlyMap<string, TensorInfo>): ShapeReader {
  return (name, dimensions) => {
    const shape = tensors.get(name)?.shape;
    if (shape?.length !== dimensions || shape.some((size) => size < 1)) {
      throw invalid(
        shape === undefined
          ? `tensor ${name} is missing`
          : `tensor ${name} has shape [${shape.join(', ')}], ${dimensions} sizes were expected`,
      );
    }
    return [shape[0] ?? 0, shape[1] ?? 0];
  };
}

function countLayers(tensors: ReadonlyMap<string, TensorInfo>, prefix: string): number {
  let count = 0;
  for (const name of tensors.keys()) {
    const index = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : -1;
    count = Math.max(count, Number.isNaN(index) ? 0 : index + 1);
  }
  if (count < 1 || count > MAX_LAYERS) {
    throw invalid(`${count} layers under ${prefix}, expected 1 to ${MAX_LAYERS}`);
  }
  return count;
}

function invalid(message: string): AppError {
  return new AppError('CHECKPOINT_INVALID', message);
}
