// Turns a Hugging Face checkpoint into a model folder.

import { ProgressMeter, type Progress } from '../../base/progress';
import { AppError } from '../../base/errors';
import { writeWholeFile } from '../../node/atomicFile';
import { removeFile } from '../../node/fileChanges';
import { baseName, fileSizeBytes, joinPath } from '../../node/folder';
import { sha256, sha256OfFile } from '../../node/hash';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { EMBEDDINGS, GLOBAL_SEPARATOR, ROW_END } from '../checkpoint/tensorNames';
import { fingerprintOf, GRAPH_NAMES, MANIFEST_NAME, TOKENIZER_NAME } from '../manifest';
import type { Family, Manifest, ModelIdentity, Table } from '../manifest';
import { buildDecoderGraph } from '../onnx/decoderGraph';
import { buildProjectorGraph } from '../onnx/projectorGraph';
import { buildVisionGraph } from '../onnx/visionGraph';
import type { FloatWeight, WeightMap } from '../onnx/weightLocation';
import { InternLm2Tokenizer } from '../tokenizer/internlm2Tokenizer';
import { placeWeights } from './modelWeights';
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
}

export interface ConvertResult {
  readonly manifest: Manifest;
  /** tensors of the checkpoint that the model does not use */
  readonly ignoredTensors: number;
}

/**
 * Converts. The manifest goes first and comes last: a folder without one is not a model.
 * @throws AppError `CHECKPOINT_INVALID`, `TOKENIZER_INVALID`, `DISK_FULL`, `OUTPUT_FAILED` or
 *   `CANCELLED`
 */
export async function convertCheckpoint(
  options: ConvertOptions,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<ConvertResult> {
  const checkpoint = await openCheckpoint(options.checkpointFolder);
  try {
    const { ids: tokens, size } = new InternLm2Tokenizer(checkpoint.tokenizer);
    if (size > checkpoint.dims.vocab) {
      throw new AppError('CHECKPOINT_INVALID', 'tokenizer.model has more pieces than embeddings');
    }
    const out = (name: string): string => joinPath(options.outFolder, name);
    await removeFile(out(MANIFEST_NAME));
    const meter = new ProgressMeter('bytes', onProgress);
    const accuracyLevels = options.accuracyLevels ?? ACCURACY_LEVELS;
    const weights = await placeWeights(checkpoint, {
      ...options,
      accuracyLevels,
      meter,
      ...(signal === undefined ? {} : { signal }),
    });
    const small = [
      ...buildGraphs(checkpoint, weights.locations),
      [TOKENIZER_NAME, checkpoint.tokenizer] as const,
    ];
    const files = [...weights.files];
    for (const [name, bytes] of small) {
      await writeWholeFile(out(name), bytes);
      files.push({ name, sizeBytes: bytes.byteLength, sha256: sha256(bytes) });
    }
    const { dims } = checkpoint;
    const family: Family = dims.vision === undefined ? 'internlm2-reward' : 'ixc-2.5-reward';
    const quantised = options.precision === 'int8' || options.precision === 'int4';
    const identity: ModelIdentity = {
      family,
      precision: options.precision,
      ...(quantised ? { accuracyLevels: { ...accuracyLevels } } : {}),
      dims,
      tables: describeTables(checkpoint, weights.locations),
      tokens,
      files,
    };
    const manifest: Manifest = {
      format: 1,
      fingerprint: fingerprintOf(identity),
      ...(checkpoint.label === undefined ? {} : { label: checkpoint.label }),
      ...identity,
      source: await describeSource(checkpoint, files, meter, signal),
      converter: options.converter,
    };
    await writeWholeFile(out(MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
    return { manifest, ignoredTensors: checkpoint.ignoredTensors };
  } finally {
    await checkpoint.close();
  }
}

type FileFacts = Manifest['files'];

function buildGraphs({ dims }: Checkpoint, weights: WeightMap): (readonly [string, Uint8Array])[] {
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

async function describeSource(
  checkpoint: Checkpoint,
  known: FileFacts,
  meter: ProgressMeter,
  signal?: AbortSignal,
): Promise<Manifest['source']> {
  const files: FileFacts = [];
  for (const path of checkpoint.weightFiles) {
    const name = baseName(path);
    const onBytes = (bytes: number): void => meter.advance(bytes, `hashing ${name}`);
    const linked = known.find((file) => file.name === name);
    files.push(
      linked ?? {
        name,
        sizeBytes: (await fileSizeBytes(path)) ?? 0,
        sha256: await sha256OfFile(path, { onBytes, signal }),
      },
    );
  }
  return { name: checkpoint.folder, files };
}
