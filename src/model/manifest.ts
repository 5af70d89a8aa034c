// `rewardlens-model.json`: what a converted model folder says about itself.

import canonicalize from 'canonicalize';
import * as z from 'zod';
import { AppError, errorText } from '../base/errors';
import { fileVersion, type FileVersion } from '../node/fileChanges';
import { fileSizeBytes, joinPath } from '../node/folder';
import { sha256, sha256OfFile } from '../node/hash';
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

/** What files of a model folder may be called. */
export const FILE_NAME = /^[\w.-]+$/;

const fileName = z.string().regex(FILE_NAME);

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
  /** says that the model is a stand-in: "demo", "untrained" */
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
      /**
       * time of the last change, in ms since 1970, of files that are the checkpoint's own under
       * another name: whoever overwrites the checkpoint in place changes this model
       */
      modifiedMs: z.number().optional(),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Family = Manifest['family'];
export type Table = z.infer<typeof tableSchema>;
export type ModelFile = Manifest['files'][number];

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/**
 * Reads and checks a manifest, and that every file it names is there as it was.
 * @throws AppError `MODEL_NOT_FOUND` or `MODEL_INVALID`
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await readManifestAlone(folder);
  for (const file of manifest.files) {
    await requireUnchanged(folder, file);
  }
  return manifest;
}

/**
 * The same without a look at the other files.
 * @throws AppError `MODEL_NOT_FOUND` or `MODEL_INVALID`
 */
export async function readManifestAlone(folder: string): Promise<Manifest> {
  const path = joinPath(folder, MANIFEST_NAME);
  if ((await fileSizeBytes(path)) === undefined) {
    throw new AppError('MODEL_NOT_FOUND', `${folder}: no ${MANIFEST_NAME} there`, { folder });
  }
  return parseManifest(folder, await readSmallText(path, MAX_MANIFEST_BYTES));
}

async function requireUnchanged(folder: string, file: ModelFile): Promise<void> {
  const { name, sizeBytes, modifiedMs } = file;
  const invalid = (what: string): AppError =>
    new AppError('MODEL_INVALID', `${folder}: ${name} ${what}`, { folder, file: name });
  const path = joinPath(folder, name);
  const found = await fileVersion(path).catch(() => undefined);
  if (found === undefined) {
    throw invalid('is missing');
  }
  if (found.sizeBytes !== sizeBytes) {
    throw invalid(`has ${found.sizeBytes} bytes, not ${sizeBytes}`);
  }
  // a copy of the folder has other times, too: then the content tells
  const isSuspect = modifiedMs !== undefined && modifiedMs !== found.modifiedMs;
  if (isSuspect && (await hashOnce(path, found)) !== file.sha256) {
    throw invalid(
      'is shared with the checkpoint, which was overwritten after the conversion: ' +
        'convert the checkpoint again',
    );
  }
}

/** Hashes by file and version; the files may have many gigabytes, and manifests are read often. */
const hashes = new Map<string, Promise<string>>();

function hashOnce(path: string, { sizeBytes, modifiedMs }: FileVersion): Promise<string> {
  const key = [path, sizeBytes, modifiedMs].join('\0');
  const hash = hashes.get(key) ?? sha256OfFile(path);
  hashes.set(key, hash);
  hash.catch(() => hashes.delete(key));
  return hash;
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
