// Turns a Hugging Face checkpoint into a model folder.

import type { Progress } from '../../base/progress';
import { AppError } from '../../base/errors';
import { writeWholeFile } from '../../node/atomicFile';
import { baseName, fileSizeBytes, joinPath } from '../../node/folder';
import { sha256, sha256OfFile } from '../../node/hash';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { expectedTensors } from '../checkpoint/tensorNames';
import { GRAPH_NAMES, MANIFEST_NAME, TOKENIZER_NAME, WEIGHTS_NAME } from '../manifest';
import type { Manifest } from '../manifest';
import { buildDecoderGraph } from '../onnx/decoderGraph';
import { buildProjectorGraph } from '../onnx/projectorGraph';
import { buildVisionGraph } from '../onnx/visionGraph';
import { InternLm2Tokenizer } from '../tokenizer/internlm2Tokenizer';
import { planWeights, writeWeights } from './weightsFile';

export interface ConvertOptions {
  readonly checkpointFolder: string;
  readonly outFolder: string;
  readonly precision: Manifest['precision'];
  /** version of RewardLens, for the manifest */
  readonly converter: string;
}

export interface ConvertResult {
  readonly manifest: Manifest;
  /** tensors of the checkpoint that the model does not use */
  readonly ignoredTensors: number;
}

/**
 * Converts. The manifest is written last: a folder without one is not a model.
 * @throws AppError `CHECKPOINT_INVALID`, `TOKENIZER_INVALID`, `OUTPUT_FAILED` or `CANCELLED`
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
    const plan = planWeights(WEIGHTS_NAME, expectedTensors(checkpoint.dims));
    await writeWeights(out(WEIGHTS_NAME), plan, checkpoint.tensors, onProgress, signal);
    const { dims } = checkpoint;
    const small: readonly (readonly [string, Uint8Array])[] = [
      [GRAPH_NAMES.vision, buildVisionGraph(dims.vision, plan.locations)],
      [GRAPH_NAMES.projector, buildProjectorGraph(dims, plan.locations)],
      [GRAPH_NAMES.decoder, buildDecoderGraph(dims, plan.locations)],
      [TOKENIZER_NAME, checkpoint.tokenizer],
    ];
    for (const [name, bytes] of small) {
      await writeWholeFile(out(name), bytes);
    }
    const files = await describeFiles(
      [WEIGHTS_NAME, ...small.map(([name]) => name)].map(out),
      signal,
    );
    const manifest: Manifest = {
      format: 1,
      family: 'ixc-2.5-reward',
      precision: options.precision,
      ...(checkpoint.label === undefined ? {} : { label: checkpoint.label }),
      fingerprint: fingerprintOf(options.precision, files),
      dims,
      tokens,
      source: await describeSource(checkpoint, signal),
      converter: options.converter,
      files,
    };
    await writeWholeFile(out(MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
    return { manifest, ignoredTensors: checkpoint.ignoredTensors };
  } finally {
    await checkpoint.close();
  }
}

type FileFacts = Manifest['files'];

async function describeFiles(paths: readonly string[], signal?: AbortSignal): Promise<FileFacts> {
  const facts: FileFacts = [];
  for (const path of paths) {
    facts.push({
      name: baseName(path),
      sizeBytes: (await fileSizeBytes(path)) ?? 0,
      sha256: await sha256OfFile(path, signal),
    });
  }
  return facts;
}

async function describeSource(
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<Manifest['source']> {
  return {
    name: checkpoint.folder,
    files: await describeFiles(checkpoint.weightFiles, signal),
  };
}

/** Changes whenever a file that decides rewards changes. */
function fingerprintOf(precision: string, files: FileFacts): string {
  const content = files.map((file) => `${file.name} ${file.sha256}`).join('\n');
  return `ixc-2.5-reward:${precision}:${sha256(content).slice(0, 16)}`;
}
