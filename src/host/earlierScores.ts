// Finds the rewards of a dataset that were computed before, also in an earlier window.

import { mediaIdentity } from '../review/mediaIdentity';
import type { KnownScore, ReviewSession } from '../review/reviewSession';
import type { EngineService } from './engineService';
import type { DatasetSettings } from './settings';

/**
 * Goes through all rows that have no score yet, in the background. Computes nothing.
 * @param isWanted it ends early, with nothing, when this turns false
 * @throws AppError when the model or the dataset can't be read
 */
export async function earlierScores(
  session: ReviewSession,
  engine: Pick<EngineService, 'knownScore'>,
  settings: () => DatasetSettings,
  isWanted: () => boolean,
): Promise<readonly KnownScore[]> {
  const found: KnownScore[] = [];
  await session.dataset.indexed;
  await session.loaded;
  for await (const [, result] of session.dataset.rows()) {
    if (!isWanted()) {
      return [];
    }
    const revised = result.ok ? session.revised(result.sample) : undefined;
    if (revised !== undefined && session.scores.get(revised.sample) === undefined) {
      const { sample } = revised;
      const { score: options, mediaRoot } = settings();
      // before its content is read: what is replaced in between does not count as this one
      const media = await mediaIdentity(mediaRoot, sample);
      const score = await engine.knownScore({ sample, mediaRoot, options });
      if (score !== undefined) {
        found.push({ revised, score, media });
      }
      await new Promise((resolve) => setImmediate(resolve)); // others get their turn
    }
  }
  return found;
}
