// The converted weights: one safetensors file, into which the ONNX graphs point.

import { throwIfAborted } from '../../base/abort';
import { AppError } from '../../base/errors';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile } from '../../node/atomicFile';
import { removeFile } from '../../node/fileChanges';
import { convertTensor } from './convertTensor';
import { recordLine, recordPathOf, resumeAttempt } from './finishedTensors';
import { hashBy, type Quantiser } from './quantiser';
import type { WeightsPlan } from './weightsPlan';

export interface WriteWeightsOptions {
  readonly quantiser: Quantiser;
  /** what an earlier run left under another one is not gone on with */
  readonly identity: string;
  /** expects the plan's bytes twice: written, and read back */
  readonly meter: ProgressMeter;
  readonly signal?: AbortSignal | undefined;
}

/** Weights that are complete and on the disk, but do not bear their name yet. */
export interface WrittenWeights {
  /** of what was written */
  readonly sha256: string;
  /** @throws AppError `OUTPUT_FAILED` when the disk has something else, `CANCELLED` */
  readBack(): Promise<void>;
  /** gives the file its name: what bore it is gone */
  commit(): Promise<void>;
  /** leaves everything to the next attempt, unless the error says that it is what failed */
  abandon(error?: unknown): Promise<void>;
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
  meter.expect(checked - attempt.bytes);
  const { record, hash } = attempt;
  const file = await PartialFile.create(path, attempt.bytes > 0).catch(async (error: unknown) => {
    await record.close();
    throw error;
  });
  const abandon = async (error?: unknown): Promise<void> => {
    const remove = error instanceof AppError && error.code === 'OUTPUT_FAILED';
    await record.close();
    await file.abandon(remove);
    if (remove) {
      await removeFile(recordPathOf(path));
    }
  };
  let end = attempt.bytes;
  const write = async (bytes: Uint8Array, label: string): Promise<void> => {
    hash.update(bytes);
    await file.write(bytes);
    end += bytes.byteLength;
    meter.advance(bytes.byteLength, label);
  };
  try {
    if (end === 0) {
      await write(plan.header, 'header');
    }
    for (const planned of plan.tensors.slice(attempt.tensors)) {
      for await (const bytes of convertTensor(planned, quantiser, signal)) {
        throwIfAborted(signal);
        await write(bytes, planned.source.name);
      }
      await record.add(recordLine(end, hash));
    }
    await file.flush();
  } catch (error) {
    await abandon(error);
    throw error;
  }
  const sha256 = hash.digest();
  return {
    sha256,
    readBack: async () => {
      const onBytes = (bytes: number): void => meter.advance(bytes, 'reading back');
      if ((await hashBy(quantiser, file.partialPath, { onBytes, signal })) !== sha256) {
        throw new AppError('OUTPUT_FAILED', `${path}: what was written reads back differently`, {
          file: path,
        });
      }
    },
    commit: async () => {
      await record.close();
      await file.commit();
      await removeFile(recordPathOf(path));
    },
    abandon,
  };
}
