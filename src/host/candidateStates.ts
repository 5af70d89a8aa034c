// How far one answer is, by a score or a reward that is known.

import type { CandidateScore } from '../protocol/sampleParts';
import type { SampleScore } from '../sample/reward';
import { describeError } from './messages';

/** Before the other answers are scored anew. */
export function knownState(reward: number | undefined): CandidateScore {
  return reward === undefined ? { state: 'none' } : { state: 'scored', reward, textTokens: 0 };
}

/** Of an answer of a sample that was scored. */
export function finishedState(score: SampleScore, candidate: number): CandidateScore {
  const reward = score.rewards[candidate] ?? null;
  if (reward !== null) {
    return { state: 'scored', reward, textTokens: score.tokens.texts[candidate] ?? 0 };
  }
  const error = score.errors.find((entry) => entry.candidate === candidate) ??
    score.error ?? {
      code: 'INTERNAL' as const,
      message: 'no reward',
    };
  return { state: 'error', error, text: describeError(error) };
}
