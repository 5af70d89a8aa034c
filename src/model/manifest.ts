// `rewardlens-model.json`: what a converted model folder says about itself.

import * as z from 'zod';
import { AppError, errorText } from '../base/errors';
import { fileSizeBytes, joinPath } from '../node/folder';
import { readSmallText } from '../node/smallFile';

export const MANIFEST_NAME = 'rewardlens-model.json';
export const TOKENIZER_NAME = 'tokenizer.model';
export const WEIGHTS_NAME = 'weights.safetensors';
export const GRAPH_NAMES = {
  vision: 'vision.onnx',
  projector: 'projector.onnx',
  decoder: 'decoder.onnx',
} as const;

const count = z.int().positive();

const manifestSchema = z.object({
  format: z.literal(1),
  family: z.literal('ixc-2.5-reward'),
  precision: z.enum(['fp32']),
  /** says that the model is a stand-in: "untrained" */
  label: z.string().optional(),
  /** identifies the numbers this model gives: `family:precision:hash` */
  fingerprint: z.string().regex(/^[a-z0-9.-]+:[a-z0-9]+:[0-9a-f]{16,64}$/),
  dims: z.object({
    hidden: count,
    layers: count,
    heads: count,
    kvHeads: count,
    headDim: count,
    mlp: count,
    vocab: count,
    loraRank: count,
    rmsEps: z.number(),
    ropeTheta: z.number(),
    ropeFactor: z.number(),
    maxPositions: count,
    vision: z.object({
      hidden: count,
      layers: count,
      heads: count,
      mlp: count,
      patch: count,
      patchesPerSide: count,
      tile: count,
      layerNormEps: z.number(),
    }),
  }),
  /** ids of the tokens that structure a conversation */
  tokens: z.object({
    bos: z.int(),
    eos: z.int(),
    turnStart: z.int(),
    turnEnd: z.int(),
    reward: z.int(),
  }),
  source: z.object({
    name: z.string(),
    files: z.array(z.object({ name: z.string(), sizeBytes: z.int(), sha256: z.string() })),
  }),
  /** version of RewardLens that converted it */
  converter: z.string(),
  files: z.array(
    z.object({
      name: z.string().regex(/^[\w.-]+$/),
      sizeBytes: z.int().nonnegative(),
      sha256: z.string(),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestSchema>;

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/**
 * Reads and checks a manifest, and that every file it names is there in its size.
 * @throws AppError `MODEL_NOT_FOUND` or `MODEL_INVALID`
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = joinPath(folder, MANIFEST_NAME);
  if ((await fileSizeBytes(path)) === undefined) {
    throw new AppError('MODEL_NOT_FOUND', `${folder}: no ${MANIFEST_NAME} there`, { folder });
  }
  const manifest = parseManifest(folder, await readSmallText(path, MAX_MANIFEST_BYTES));
  for (const { name, sizeBytes } of manifest.files) {
    const found = await fileSizeBytes(joinPath(folder, name));
    if (found !== sizeBytes) {
      const state = found === undefined ? 'is missing' : `has ${found} bytes, not ${sizeBytes}`;
      throw new AppError('MODEL_INVALID', `${folder}: ${name} ${state}`, { folder, file: name });
    }
  }
  return manifest;
}

function parseManifest(folder: string, json: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new AppError('MODEL_INVALID', `${folder}: ${MANIFEST_NAME}: ${errorText(error)}`, {
      folder,
    });
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success) {
    throw new AppError(
      'MODEL_INVALID',
      `${folder}: ${MANIFEST_NAME}: ${z.prettifyError(result.error)}`,
      { folder },
    );
  }
  return result.data;
}
