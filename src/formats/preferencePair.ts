// What every preference export is made from.

import type { Sample } from '../sample/sample';

/** One pair of one sample, with all that any trainer's format can hold. */
export interface PreferencePair {
  readonly sample: Sample;
  readonly chosen: PairSide;
  readonly rejected: PairSide;
  /** comes only from orders of the model that were accepted: nobody voted for it */
  readonly accepted: boolean;
  /** neither is better: the same two stand in another pair the other way round */
  readonly tied: boolean;
  /** people whose ranks put it this way, in order of their names; empty when rewards do */
  readonly annotators: readonly string[];
  /** when the last of them did, ISO 8601; absent when rewards do */
  readonly at?: string;
  /** fingerprint of the model that gave the rewards; absent without them */
  readonly model?: string;
}

/** One answer of a pair. */
export interface PairSide {
  readonly text: string;
  /** who wrote it, usually a model's name */
  readonly source?: string;
  /** a person has edited or written it in the review */
  readonly edited: boolean;
  /** absent when it is not known */
  readonly reward?: number;
}

/** Reward of the chosen answer minus that of the rejected one; `undefined` when one is not known; 0 for a tie. */
export function marginOf({ chosen, rejected, tied }: PreferencePair): number | undefined {
  if (tied) {
    return 0;
  }
  return chosen.reward === undefined || rejected.reward === undefined
    ? undefined
    : chosen.reward - rejected.reward;
}

export function isEdited({ chosen, rejected }: PreferencePair): boolean {
  return chosen.edited || rejected.edited;
}

/** A pair that a format cannot hold. */
export interface SkippedPair {
  readonly line: number;
  readonly id: string;
  readonly reason: string;
}
