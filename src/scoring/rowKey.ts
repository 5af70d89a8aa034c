// Names what the rewards of a row are made from, so that a later run can tell whether they still hold.

import { sha256 } from '../node/hash';
import { mediaOf } from '../sample/sample';
import type { ScoreOptions } from '../sample/scorer';
import { promptKey } from './rewardCache';
import type { ScoreJob } from './scoreRows';

/** SHA-256 over model, options, conversation, bytes of the media and candidates, or over the row's fault. */
export async function rowKey(
  { row, mediaRoot }: ScoreJob,
  options: ScoreOptions,
  fingerprint: string,
): Promise<string> {
  if (!row.ok) {
    const { candidates, error } = row;
    return sha256(JSON.stringify([candidates, error.code, error.message]));
  }
  const { sample } = row;
  // without a key of the prompt a medium can't be read: the row has an error until it can
  const prompt = await promptKey({ sample, mediaRoot, options }, fingerprint);
  const texts = sample.candidates.map(({ text }) => text);
  return sha256(JSON.stringify([prompt ?? null, sample.messages, mediaOf(sample), texts]));
}
