// Brings the weights into a model folder: linked where they stay as they are, else converted.

import { AppError } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile } from '../../node/atomicFile';
import { fileVersion, freeBytes } from '../../node/fileChanges';
import { baseName, fileSizeBytes, folderOf, joinPath } from '../../node/folder';
import { sha256 } from '../../node/hash';
import { identityOf } from '../../node/outputPath';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { expectedTensors } from '../checkpoint/expectedTensors';
import { WEIGHTS_NAME } from '../manifest';
import { hashSources } from './hashSources';
import { linkWeights } from './linkedWeights';
import type { PreparedWeights } from './preparedWeights';
import type { Quantiser } from './quantiser';
import type { AccuracyLevels, Precision } from './storage';
import { writeWeights } from './weightsFile';
import { keepsEverything, planWeights, type WeightsPlan } from './weightsPlan';

/** Space left free beyond the weights, for graphs, tokenizer and everything else on the disk. */
const MARGIN_BYTES = 256 * 1024 * 1024;

export interface PrepareWeightsOptions {
  readonly outFolder: string;
  readonly precision: Precision;
  readonly accuracyLevels: AccuracyLevels;
  /** version of RewardLens: another one does not go on with what this one left */
  readonly converter: string;
  readonly quantiser: Quantiser;
  readonly meter: ProgressMeter;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @throws AppError `DISK_FULL` or `USAGE` before anything is written, `OUTPUT_FAILED`,
 *   `CHECKPOINT_INVALID` or `CANCELLED`
 */
export async function prepareWeights(
  checkpoint: Checkpoint,
  options: PrepareWeightsOptions,
): Promise<PreparedWeights> {
  const { outFolder, precision, meter, logger, signal } = options;
  const expected = expectedTensors(checkpoint.dims);
  let copied: string | undefined;
  if (keepsEverything(expected, checkpoint.tensors, precision)) {
    const linked = await linkWeights(checkpoint, options);
    if (typeof linked !== 'string') {
      return linked;
    }
    copied = linked;
    logger.log('warn', 'the weights are copied: they cannot be linked', { why: copied });
  }
  await requireOtherFile(checkpoint, outFolder);
  const plan = planWeights(WEIGHTS_NAME, expected, checkpoint.tensors, options);
  const path = joinPath(outFolder, WEIGHTS_NAME);
  await requireSpace(outFolder, path, plan);
  // written, read back, and the checkpoint hashed
  meter.expect(2 * plan.sizeBytes + checkpoint.weightBytes);
  const identity = await attemptIdentity(checkpoint, plan, options);
  // side by side: what one has read from the disk is at hand for the other
  const stop = new AbortController();
  const either = AbortSignal.any(signal === undefined ? [stop.signal] : [stop.signal, signal]);
  const hashing = hashSources(checkpoint, options.quantiser, meter, either);
  try {
    // until it is awaited nobody listens, which would end the process
    hashing.catch(() => undefined);
    const written = await writeWeights(path, plan, { ...options, identity });
    const sources = await hashing.catch(async (error: unknown) => {
      await written.abandon();
      throw error;
    });
    return {
      locations: plan.locations,
      files: [{ name: WEIGHTS_NAME, sizeBytes: plan.sizeBytes, sha256: written.sha256 }],
      sources,
      ...(copied === undefined ? {} : { copied }),
      commit: () => written.commit(),
      abandon: () => written.abandon(),
    };
  } catch (error) {
    stop.abort();
    await Promise.allSettled([hashing]);
    throw error;
  }
}

/** A checkpoint converted in its own folder may have weights of the name that ours get. */
async function requireOtherFile(checkpoint: Checkpoint, outFolder: string): Promise<void> {
  for (const source of checkpoint.weightFiles) {
    if (
      baseName(source) === WEIGHTS_NAME &&
      (await identityOf(folderOf(source))) === (await identityOf(outFolder))
    ) {
      throw new AppError(
        'USAGE',
        `${source} would be replaced by its own conversion: choose another output folder`,
        { file: source },
      );
    }
  }
}

/** Changes whenever an unfinished weights file must not be gone on with. */
async function attemptIdentity(
  checkpoint: Checkpoint,
  plan: WeightsPlan,
  { precision, converter }: PrepareWeightsOptions,
): Promise<string> {
  const versions = await Promise.all(
    checkpoint.weightFiles.map(async (path) => [path, await fileVersion(path)]),
  );
  return sha256(JSON.stringify([converter, precision, sha256(plan.header), versions]));
}

async function requireSpace(folder: string, path: string, plan: WeightsPlan): Promise<void> {
  // what an earlier attempt left is gone on with or makes room
  const left = (await fileSizeBytes(PartialFile.partialPathOf(path))) ?? 0;
  const neededBytes = Math.max(0, plan.sizeBytes - left);
  const free = await freeBytes(folder);
  if (free < neededBytes + MARGIN_BYTES) {
    throw new AppError(
      'DISK_FULL',
      `${folder}: the weights need ${toGb(neededBytes)} GB, ${toGb(free)} GB are free`,
      { folder, neededBytes, freeBytes: free },
    );
  }
}

function toGb(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
