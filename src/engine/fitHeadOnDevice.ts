// Fits a score head: features on the device of a model, sample by sample, so that whoever waits for a
// reward gets a turn in between; then the fit.

import type { Progress } from '../base/progress';
import type { TaskQueue } from '../base/taskQueue';
import { readPublishedHead } from '../model/publishedHead';
import { floatsToBase64 } from '../node/base64Floats';
import type { BlobCache } from '../node/blobCache';
import type { FitHeadAnswer, FitHeadParams } from '../protocol/engineProtocol';
import { fitHead } from '../review/fitHead';
import { CachedFeatures } from '../scoring/cachedFeatures';
import type { ModelSlot } from './modelSlot';
import { featuresOnDevice } from './scoreOnDevice';

export interface FitParts {
  readonly slot: ModelSlot;
  readonly queue: TaskQueue;
  /** features of earlier fits */
  readonly blobs: BlobCache;
}

/** @throws AppError as {@link fitHead} does */
export async function fitHeadOnDevice(
  { slot, queue, blobs }: FitParts,
  { modelFolder, device, prompts, settings }: FitHeadParams,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<FitHeadAnswer> {
  const { model, use } = await queue.enqueue(() => slot.get(modelFolder, device), 0, signal);
  const { fingerprint } = model.manifest;
  const published = await readPublishedHead(modelFolder);
  const scorer = new CachedFeatures(
    {
      features: (request) =>
        queue.enqueue(
          () => featuresOnDevice(slot, modelFolder, device, request, signal),
          0,
          signal,
        ),
    },
    blobs,
    fingerprint,
    use.id,
  );
  const work = { prompts, scorer, published, settings };
  const { weights, facts, faults } = await fitHead(work, onProgress, signal);
  return { model: fingerprint, weights: floatsToBase64(weights), facts, faults };
}
