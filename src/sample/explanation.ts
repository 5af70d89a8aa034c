// Why an answer has its reward: what checks found, each against the answer's own reward.

import type { EncodedError } from '../base/errors';
import type { Span } from './sentences';

/** Checks that a person can start. */
export const CHECKS = ['sentences', 'grounding', 'style', 'occlusion'] as const;
export type Check = (typeof CHECKS)[number];

/** A reward under changed conditions; `null` with the fault that stood in its way. */
export interface CheckedReward {
  readonly reward: number | null;
  readonly error?: EncodedError;
}

/** Part of a picture, in shares of its width and height from the left and the top, 0 to 1. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The reward after each sentence. */
export interface SentenceCurve {
  readonly check: 'sentences';
  readonly own: CheckedReward;
  readonly steps: readonly (Span & CheckedReward)[];
  /** the step with the largest fall; left out when there is none */
  readonly drop?: {
    /** index of the sentence that lowers the reward */
    readonly sentence: number;
    /** below 0 */
    readonly change: number;
    /** more than noise, and at least a tenth of the curve's range */
    readonly isMarked: boolean;
  };
}

/** The reward without pictures and videos, and with those of another sample. */
export interface Grounding {
  readonly check: 'grounding';
  readonly own: CheckedReward;
  readonly without: CheckedReward;
  /** left out when no other sample has as many of them */
  readonly other?: CheckedReward & { readonly id: string };
}

/** The reward of the bare words, and of as many of them as the shortest answer has. */
export interface Style {
  readonly check: 'style';
  readonly own: CheckedReward;
  /** left out when there is no markdown in it */
  readonly plain?: CheckedReward;
  /** left out for the shortest answer; characters: what is left */
  readonly short?: CheckedReward & { readonly characters: number; readonly candidate: number };
}

/** The reward with each part of a picture covered in turn. */
export interface OcclusionMap {
  readonly check: 'occlusion';
  readonly own: CheckedReward;
  /** position among the sample's images */
  readonly image: number;
  /** rows and columns of the grid; regions come row by row */
  readonly rows: number;
  readonly columns: number;
  readonly regions: readonly (Region & CheckedReward)[];
}

export type Explanation = SentenceCurve | Grounding | Style | OcclusionMap;

/** By how much the reward is another one under changed conditions; `undefined` when one is missing. */
export function changeOf(own: CheckedReward, changed: CheckedReward): number | undefined {
  return own.reward === null || changed.reward === null ? undefined : changed.reward - own.reward;
}

/**
 * The region whose covering moves the reward most, up or down.
 * @returns its index; `undefined` when no region has a reward
 */
export function strongestRegion({ own, regions }: OcclusionMap): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const [n, region] of regions.entries()) {
    const change = Math.abs(changeOf(own, region) ?? -2);
    if (changeOf(own, region) !== undefined && change > most) {
      [best, most] = [n, change];
    }
  }
  return best;
}

/** What pictures usually do to a reward in a dataset. */
export interface UsualChange {
  /** median size of the change without the picture */
  readonly median: number;
  /** answers that it rests on */
  readonly checks: number;
}

/** Fewer checks give numbers, and no judgement. */
export const LEAST_CHECKS = 30;

/** A smaller share of the usual change: the picture hardly matters. */
const LEAST_OF_USUAL = 0.25;

/** @returns `undefined` while it can't be told: too few checks, or no reward */
export function isGrounded(found: Grounding, usual: UsualChange): boolean | undefined {
  const change = changeOf(found.own, found.without);
  return change === undefined || usual.checks < LEAST_CHECKS
    ? undefined
    : Math.abs(change) >= LEAST_OF_USUAL * usual.median;
}
