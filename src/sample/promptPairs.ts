// Pairs that a score head learns from, and what stood in the way of some.

import type { EncodedError } from '../base/errors';
import type { ScoreRequest } from './scorer';

/** Answers of one sample that stand in pairs, and who is above whom. */
export interface PromptPairs {
  /** the answers are just these */
  readonly request: ScoreRequest;
  /** the same for samples that ask the same */
  readonly prompt: string;
  /** indices of answers, the preferred one first */
  readonly pairs: readonly (readonly [chosen: number, rejected: number])[];
}

/** What can't be read, or gave no features. */
export interface HeadFault {
  /** file, or id of a sample */
  readonly file: string;
  readonly line?: number;
  readonly error: EncodedError;
}
