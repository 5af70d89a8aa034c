// First stage of scoring: a sample becomes token sequences and pixels. No graph is run.

import type { PromptModel } from '../model/promptModel';
import type { ScoreRequest } from '../sample/scorer';
import { encodeSample, type EncodedSample } from './encodeSample';
import { prepareMedia, type MediaSource, type PreparedMedium } from './sampleMedia';

/** Plain values: they may come from another thread. */
export interface PreparedSample {
  readonly encoded: EncodedSample;
  /** images, then videos */
  readonly media: readonly PreparedMedium[];
}

/** Prepares one sample. @throws AppError what is wrong with the sample as a whole, or `CANCELLED` */
export type PrepareSample = (
  request: ScoreRequest,
  signal?: AbortSignal,
) => Promise<PreparedSample>;

/** @throws AppError what is wrong with the sample as a whole, or `CANCELLED` */
export async function prepareSample(
  model: PromptModel,
  request: ScoreRequest,
  source: MediaSource,
  signal?: AbortSignal,
): Promise<PreparedSample> {
  const media = await prepareMedia(model, request, source, signal);
  const mediaTokens = media.map(({ facts }) => facts.tokens);
  return { encoded: encodeSample(model, request.sample, mediaTokens, request.options), media };
}
