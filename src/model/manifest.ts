// `rewardlens-model.json`: what a converted model folder says about itself.

import canonicalize from 'canonicalize';
import * as z from 'zod';
import { AppError, errorText } from '../base/errors';
import { fileSizeBytes, joinPath } from '../node/folder';
import { sha256 } from '../node/hash';
import { readSmallText } from '../node/smallFile';
import { PRECISIONS } from './convert/storage';
import { findDimsFault } from './dimsCheck';

export const MANIFEST_NAME = 'rewardlens-model.json';
export const TOKENIZER_NAME = 'tokenizer.model';
/** weights that convert wrote; models that keep their weights name files of the checkpoint instead */
export const WEIGHTS_NAME = 'weights.safetensors';
export const GRAPH_NAMES = {
  vision: 'vision.onnx',
  projector: 'projector.onnx',
  decoder: 'decoder.onnx',
} as const;

const count = z.int().positive();

const fileName = z.string().regex(/^[\w.-]+$/);

/** A tensor that is read outside the graphs, by rows or once. */
const tableSchema = z.object({
  file: fileName,
  dtype: z.enum(['F32', 'F16', 'BF16']),
  offset: z.int().nonnegative(),
  shape: z.array(count),
});

export const FAMILIES = ['ixc-2.5-reward', 'internlm2-reward'] as const;

const manifestSchema = z.object({
  format: z.literal(1),
  family: z.enum(FAMILIES),
  precision: z.enum(PRECISIONS),
  /** what quantised matrices are computed in (ONNX Runtime: MatMulNBits accuracy_level) */
  accuracyLevels: z.object({ '4': z.int(), '8': z.int() }).optional(),
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
    loraRank: z.int().nonnegative(),
    rmsEps: z.number(),
    ropeTheta: z.number(),
    ropeFactor: z.number(),
    maxPositions: count,
    vision: z
      .object({
        hidden: count,
        layers: count,
        heads: count,
        mlp: count,
        patch: count,
        patchesPerSide: count,
        tile: count,
        layerNormEps: z.number(),
      })
      .optional(),
  }),
  tables: z.object({
    /** [vocab, hidden] */
    embeddings: tableSchema,
    /** of models that see: the row that ends each row of image tokens, and the one between overview and tiles */
    separators: z.object({ rowEnd: tableSchema, global: tableSchema }).optional(),
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
      name: fileName,
      sizeBytes: z.int().nonnegative(),
      sha256: z.string(),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Family = Manifest['family'];
export type Table = z.infer<typeof tableSchema>;

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
  const fault =
    findDimsFault(result.data.dims) ??
    (result.data.fingerprint === fingerprintOf(result.data)
      ? undefined
      : 'the fingerprint is not that of its content: somebody changed it');
  if (fault !== undefined) {
    throw new AppError('MODEL_INVALID', `${folder}: ${MANIFEST_NAME}: ${fault}`, { folder });
  }
  return result.data;
}

/** What decides the numbers that a model gives. */
export type ModelIdentity = Pick<
  Manifest,
  'family' | 'precision' | 'accuracyLevels' | 'dims' | 'tables' | 'tokens' | 'files'
>;

/** Changes whenever anything changes that decides rewards. */
export function fingerprintOf(model: ModelIdentity): string {
  const { family, precision, accuracyLevels, dims, tables, tokens, files } = model;
  const hashes = Object.fromEntries(files.map(({ name, sha256: hash }) => [name, hash]));
  const content = canonicalize({ accuracyLevels, dims, tables, tokens, hashes }) ?? '';
  return `${family}:${precision}:${sha256(content).slice(0, 16)}`;
}

/** Bytes of all files of the model folder. */
export function modelBytes({ files }: Manifest): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
