// The converted weights: one safetensors file, into which the ONNX graphs point.

import { throwIfAborted } from '../../base/abort';
import { AppError } from '../../base/errors';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile } from '../../node/atomicFile';
import { removeFile } from '../../node/fileChanges';
import { convertTensors } from './convertTensors';
import { recordLine, recordPathOf, resumeAttempt } from './finishedTensors';
import type { Quantiser } from './quantiser';
import type { WeightsPlan } from './weightsPlan';
import { WrittenPieces } from './writtenPieces';

export interface WriteWeightsOptions {
  readonly quantiser: Quantiser;
  /** what an earlier run left under another one is not gone on with */
  readonly identity: string;
  /** expects the plan's bytes twice: written, and read back */
  readonly meter: ProgressMeter;
  readonly signal?: AbortSignal | undefined;
}

/** Weights that are complete and have been read back, but do not bear their name yet. */
export interface WrittenWeights {
  readonly sha256: string;
  /** gives the file its name: what bore it is gone */
  commit(): Promise<void>;
  /** leaves everything to the next attempt */
  abandon(): Promise<void>;
}

/**
 * Streams the tensors into a file beside `path`, in the plan's order.
 * @throws AppError `OUTPUT_FAILED`, `CHECKPOINT_INVALID` for weights that can't be stored so,
 *   `CANCELLED`
 */
export async function writeWeights(
  path: string,
  plan: WeightsPlan,
  { quantiser, identity, meter, signal }: WriteWeightsOptions,
): Promise<WrittenWeights> {
  let checked = 0;
  const onChecked = (bytes: number): void => {
    checked += bytes;
    meter.advance(bytes, 'checking what is there');
  };
  const attempt = await resumeAttempt(path, plan, identity, onChecked, signal);
  // what was there is neither written nor read back: it has just been read
  meter.expect(checked - 2 * attempt.bytes);
  const { record, hash } = attempt;
  let out: PartialFile | undefined;
  const written = new WrittenPieces(attempt.bytes);
  const write = async (file: PartialFile, bytes: Uint8Array, label: string): Promise<void> => {
    // the system writes while this thread computes
    const writing = file.write(bytes);
    hash.update(bytes);
    written.add(bytes);
    await writing;
    meter.advance(bytes.byteLength, label);
  };
  try {
    const file = await PartialFile.create(path, attempt.bytes > 0);
    out = file;
    if (attempt.bytes === 0) {
      await write(file, plan.header, 'header');
    }
    const left = plan.tensors.slice(attempt.tensors);
    for await (const { name, pieces, isLast } of convertTensors(left, quantiser, signal)) {
      throwIfAborted(signal);
      for (const piece of pieces) {
        await write(file, piece, name);
      }
      if (isLast) {
        await record.add(recordLine(written.sizeBytes, hash));
      }
    }
    await file.flush();
    const onBytes = (bytes: number): void => meter.advance(bytes, 'reading back');
    await written.readBack(file.partialPath, onBytes, signal);
    await record.close();
    return {
      sha256: hash.digest(),
      commit: async () => {
        await file.commit();
        await removeFile(recordPathOf(path));
      },
      abandon: () => file.abandon(false),
    };
  } catch (error) {
    // what is whole serves the next attempt, unless it is what failed
    const remove = error instanceof AppError && error.code === 'OUTPUT_FAILED';
    await record.close();
    await out?.abandon(remove);
    if (remove) {
      await removeFile(recordPathOf(path));
    }
    throw error;
  }
}
