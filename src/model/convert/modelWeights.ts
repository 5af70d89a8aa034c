// Brings the weights into a model folder: linked where they stay as they are, else converted.

import { AppError } from '../../base/errors';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile, writeWholeFile } from '../../node/atomicFile';
import { fileStamp, freeBytes, linkFile, removeFile } from '../../node/fileChanges';
import { baseName, fileSizeBytes, joinPath } from '../../node/folder';
import { sha256, sha256OfFile } from '../../node/hash';
import { readSmallText } from '../../node/smallFile';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { expectedTensors } from '../checkpoint/expectedTensors';
import { WEIGHTS_NAME, type Manifest } from '../manifest';
import type { WeightMap } from '../onnx/weightLocation';
import type { Quantiser } from './quantiser';
import type { AccuracyLevels, Precision } from './storage';
import { writeWeights } from './weightsFile';
import { keepsEverything, locateInSources, planWeights, type WeightsPlan } from './weightsPlan';

/** Space left free beyond the weights, for graphs, tokenizer and everything else on the disk. */
const MARGIN_BYTES = 256 * 1024 * 1024;

export interface ModelWeights {
  readonly locations: WeightMap;
  /** the files in the model folder that hold them */
  readonly files: Manifest['files'];
}

export interface PlaceWeightsOptions {
  readonly outFolder: string;
  readonly precision: Precision;
  readonly accuracyLevels: AccuracyLevels;
  /** version of RewardLens: another one does not go on with what this one left */
  readonly converter: string;
  readonly quantiser: Quantiser;
  readonly meter: ProgressMeter;
  readonly signal?: AbortSignal;
}

/**
 * @throws AppError `DISK_FULL` before anything is written, `OUTPUT_FAILED`, `CHECKPOINT_INVALID` or
 *   `CANCELLED`
 */
export async function placeWeights(
  checkpoint: Checkpoint,
  options: PlaceWeightsOptions,
): Promise<ModelWeights> {
  const expected = expectedTensors(checkpoint.dims);
  if (keepsEverything(expected, checkpoint.tensors, options.precision)) {
    const linked = await linkAll(checkpoint.weightFiles, options.outFolder);
    if (linked) {
      const files: Manifest['files'] = [];
      options.meter.expect(checkpoint.weightBytes);
      for (const path of checkpoint.weightFiles) {
        files.push({
          name: baseName(path),
          sizeBytes: (await fileSizeBytes(path)) ?? 0,
          sha256: await sha256OfFile(path, {
            onBytes: (bytes) => options.meter.advance(bytes, `hashing ${baseName(path)}`),
            signal: options.signal,
          }),
        });
      }
      const locations = locateInSources(expected, checkpoint.tensors, ({ name }) => baseName(name));
      return { locations, files };
    }
  }
  const plan = planWeights(WEIGHTS_NAME, expected, checkpoint.tensors, options);
  const hash = await writeConverted(checkpoint, plan, options);
  const file = { name: WEIGHTS_NAME, sizeBytes: plan.sizeBytes, sha256: hash };
  return { locations: plan.locations, files: [file] };
}

/** All of them, or none: a second name for the same bytes, which needs no space. */
async function linkAll(paths: readonly string[], folder: string): Promise<boolean> {
  for (const path of paths) {
    if (!(await linkFile(path, joinPath(folder, baseName(path))))) {
      return false;
    }
  }
  return true;
}

async function writeConverted(
  checkpoint: Checkpoint,
  plan: WeightsPlan,
  options: PlaceWeightsOptions,
): Promise<string> {
  const path = joinPath(options.outFolder, WEIGHTS_NAME);
  const identityFile = `${PartialFile.partialPathOf(path)}-source`;
  const identity = await identityOf(checkpoint, plan, options);
  const resume = await holds(identityFile, identity);
  const partial = PartialFile.partialPathOf(path);
  const left = resume ? ((await fileSizeBytes(partial)) ?? 0) : 0;
  await requireSpace(options.outFolder, plan.sizeBytes - left);
  // written, read back, and the checkpoint hashed
  options.meter.expect(2 * plan.sizeBytes + checkpoint.weightBytes);
  await writeWholeFile(identityFile, identity);
  const hash = await writeWeights(path, plan, { ...options, resume });
  await removeFile(identityFile);
  return hash;
}

const IDENTITY_BYTES = 64;

async function holds(file: string, identity: string): Promise<boolean> {
  const size = await fileSizeBytes(file);
  return size === IDENTITY_BYTES && (await readSmallText(file, IDENTITY_BYTES)) === identity;
}

/** Changes whenever an unfinished weights file must not be gone on with. */
async function identityOf(
  checkpoint: Checkpoint,
  plan: WeightsPlan,
  { precision, converter }: PlaceWeightsOptions,
): Promise<string> {
  const stamps = await Promise.all(
    checkpoint.weightFiles.map(async (path) => [path, await fileStamp(path)]),
  );
  return sha256(JSON.stringify([converter, precision, sha256(plan.header), stamps]));
}

async function requireSpace(folder: string, neededBytes: number): Promise<void> {
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
