// Turns a Hugging Face checkpoint into a model folder.

import { throwIfAborted } from '../../base/abort';
import { AppError, errorText } from '../../base/errors';
import { silentLogger, type Logger } from '../../base/logger';
import { ProgressMeter, type Progress } from '../../base/progress';
import { writeWholeFile } from '../../node/atomicFile';
import { removeFile } from '../../node/fileChanges';
import { joinPath } from '../../node/folder';
import { sha256 } from '../../node/hash';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { EMBEDDINGS, GLOBAL_SEPARATOR, ROW_END } from '../checkpoint/tensorNames';
import {
  fingerprintOf,
  GRAPH_NAMES,
  MANIFEST_NAME,
  readManifestAlone,
  TOKENIZER_NAME,
  type Manifest,
  type ModelFile,
  type ModelIdentity,
  type Table,
} from '../manifest';
import { buildDecoderGraph } from '../onnx/decoderGraph';
import { buildProjectorGraph } from '../onnx/projectorGraph';
import { buildVisionGraph } from '../onnx/visionGraph';
import type { FloatWeight, WeightMap } from '../onnx/weightLocation';
import { InternLm2Tokenizer } from '../tokenizer/internlm2Tokenizer';
import type { SourceFile } from './hashSources';
import { removeLeftovers } from './leftovers';
import { prepareWeights } from './modelWeights';
import type { PreparedWeights } from './preparedWeights';
import type { Quantiser } from './quantiser';
import { ACCURACY_LEVELS, type AccuracyLevels, type Precision } from './storage';

export interface ConvertOptions {
  readonly checkpointFolder: string;
  readonly outFolder: string;
  readonly precision: Precision;
  /** version of RewardLens, for the manifest */
  readonly converter: string;
  readonly quantiser: Quantiser;
  /** of quantised matrices, by their bits; the measured choice when left out */
  readonly accuracyLevels?: AccuracyLevels;
  readonly logger?: Logger;
}

export interface ConvertResult {
  readonly manifest: Manifest;
  /** tensors of the checkpoint that the model does not use */
  readonly ignoredTensors: number;
  /** why weights that stay as they are were copied, not linked */
  readonly copied?: string;
}

/**
 * Converts. A model that is in the folder stays usable until everything of the new one is there
 * but for its names; then its manifest goes first and the new one comes last: a folder without one
 * is not a model.
 * @throws AppError `CHECKPOINT_INVALID`, `TOKENIZER_INVALID`, `DISK_FULL`, `USAGE`,
 *   `OUTPUT_FAILED` or `CANCELLED`
 */
export async function convertCheckpoint(
  options: ConvertOptions,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<ConvertResult> {
  const { logger = silentLogger, accuracyLevels = ACCURACY_LEVELS } = options;
  const checkpoint = await openCheckpoint(options.checkpointFolder);
  try {
    const { ids: tokens, size } = new InternLm2Tokenizer(checkpoint.tokenizer);
    if (size > checkpoint.dims.vocab) {
      throw new AppError('CHECKPOINT_INVALID', 'tokenizer.model has more pieces than embeddings');
    }
    const meter = new ProgressMeter('bytes', onProgress);
    const prepareOptions = { ...options, accuracyLevels, meter, logger, signal };
    const weights = await prepareWeights(checkpoint, prepareOptions);
    try {
      const small: SmallFiles = [
        ...buildGraphs(checkpoint, weights.locations),
        [TOKENIZER_NAME, checkpoint.tokenizer],
      ];
      const quantised = options.precision === 'int8' || options.precision === 'int4';
      const identity: ModelIdentity = {
        family: checkpoint.dims.vision === undefined ? 'internlm2-reward' : 'ixc-2.5-reward',
        precision: options.precision,
        ...(quantised ? { accuracyLevels: { ...accuracyLevels } } : {}),
        dims: checkpoint.dims,
        tables: describeTables(checkpoint, weights.locations),
        tokens,
        files: [...weights.files, ...small.map(describeSmall)],
      };
      const manifest: Manifest = {
        format: 1,
        fingerprint: fingerprintOf(identity),
        ...(checkpoint.label === undefined ? {} : { label: checkpoint.label }),
        ...identity,
        source: { name: checkpoint.folder, files: weights.sources.map(describeSource) },
        converter: options.converter,
      };
      throwIfAborted(signal);
      await replaceModel(options.outFolder, manifest, small, weights, logger);
      const { copied } = weights;
      const { ignoredTensors } = checkpoint;
      return { manifest, ignoredTensors, ...(copied === undefined ? {} : { copied }) };
    } catch (error) {
      await weights.abandon();
      throw error;
    }
  } finally {
    await checkpoint.close();
  }
}

type SmallFiles = readonly (readonly [name: string, bytes: Uint8Array])[];

/** From here on the model before is gone: only the disk can still fail. */
async function replaceModel(
  folder: string,
  manifest: Manifest,
  small: SmallFiles,
  weights: PreparedWeights,
  logger: Logger,
): Promise<void> {
  const out = (name: string): string => joinPath(folder, name);
  const before = await readManifestAlone(folder).catch(() => undefined);
  await removeFile(out(MANIFEST_NAME));
  await weights.commit();
  for (const [name, bytes] of small) {
    await writeWholeFile(out(name), bytes);
  }
  await writeWholeFile(out(MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
  await removeLeftovers(folder, before, manifest).catch((error: unknown) => {
    // the model is complete; they only take room
    logger.log('warn', 'files of an earlier model could not be removed', {
      why: errorText(error),
    });
  });
}

function buildGraphs({ dims }: Checkpoint, weights: WeightMap): SmallFiles {
  const { vision, hidden } = dims;
  return [
    ...(vision === undefined
      ? []
      : [
          [GRAPH_NAMES.vision, buildVisionGraph(vision, weights)] as const,
          [GRAPH_NAMES.projector, buildProjectorGraph(hidden, vision, weights)] as const,
        ]),
    [GRAPH_NAMES.decoder, buildDecoderGraph(dims, weights)] as const,
  ];
}

function describeTables({ dims }: Checkpoint, weights: WeightMap): Manifest['tables'] {
  const table = (name: string): Table => {
    const { type, shape, data } = floatWeight(weights, name);
    return { file: data.file, dtype: DTYPES[type], offset: data.offset, shape: [...shape] };
  };
  return {
    embeddings: table(EMBEDDINGS),
    ...(dims.vision === undefined
      ? {}
      : { separators: { rowEnd: table(ROW_END), global: table(GLOBAL_SEPARATOR) } }),
  };
}

const DTYPES = { float: 'F32', float16: 'F16', bfloat16: 'BF16' } as const;

function floatWeight(weights: WeightMap, name: string): FloatWeight {
  const weight = weights.get(name);
  if (weight?.kind !== 'float') {
    throw new RangeError(`no float weight ${name}`);
  }
  return weight;
}

function describeSmall([name, bytes]: SmallFiles[number]): ModelFile {
  return { name, sizeBytes: bytes.byteLength, sha256: sha256(bytes) };
}

function describeSource({ name, sizeBytes, sha256: hash }: SourceFile): ModelFile {
  return { name, sizeBytes, sha256: hash };
}
