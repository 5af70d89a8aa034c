// Shows what the model sees of each candidate, without running it.

import { encodeError, isCancelled, AppError } from '../base/errors';
import type { PromptModel } from '../model/promptModel';
import { imageRuns } from '../model/tokenSequence';
import type { InspectRow } from '../protocol/engineProtocol';
import type { ScoreRequest } from '../sample/scorer';
import type { VideoReader } from '../vision/videoReader';
import { encodeSample } from './encodeSample';
import { describeMedia } from './sampleMedia';

/** One row per candidate; a fault of the sample stands in each of them. */
export async function inspectSample(
  model: PromptModel,
  request: ScoreRequest,
  videos: VideoReader,
): Promise<InspectRow[]> {
  const { sample, options } = request;
  try {
    const images = await describeMedia(model, request, videos);
    const encoded = encodeSample(
      model,
      sample,
      images.map(({ tokens }) => tokens),
      options,
    );
    return encoded.candidates.map((candidate, index): InspectRow => {
      const common = { id: sample.id, candidate: index };
      if (!candidate.ok) {
        return { ...common, error: candidate.error };
      }
      const { promptText, whole } = candidate.encoded;
      return {
        ...common,
        prompt: promptText,
        tokens: whole.map((item) =>
          typeof item === 'number' ? item : { image_tokens: item.tokens },
        ),
        imageRuns: imageRuns(whole),
        images,
      };
    });
  } catch (error) {
    if (isCancelled(error) || !(error instanceof AppError)) {
      throw error;
    }
    return sample.candidates.map((_, candidate) => ({
      id: sample.id,
      candidate,
      error: encodeError(error),
    }));
  }
}
