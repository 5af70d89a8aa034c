// Rewards of a sample's candidates, and the order they put them in.

import type { EncodedError } from '../base/errors';

/** `safe` is the default; `reference` reproduces the published code with its quirks. */
export const COMPAT_MODES = ['safe', 'reference'] as const;
export type Compat = (typeof COMPAT_MODES)[number];

export interface CandidateError extends EncodedError {
  /** index of the candidate */
  readonly candidate: number;
}

/** What is known of a video, and which of its frames the model saw. */
export interface VideoFacts {
  /** size of a frame in pixels, turned as the file asks */
  readonly width: number;
  readonly height: number;
  /** frames that are shown; what an edit list hides does not count */
  readonly frameCount: number;
  /** average rate, as the container tells it */
  readonly framesPerSecond: number;
  /** its frames came as pictures: rate and times are not known, each counts as a second */
  readonly isList?: true;
  /** positions of the sampled frames in presentation order, from 0 */
  readonly indices: readonly number[];
  /** their times in seconds after the first frame */
  readonly seconds: readonly number[];
}

/** What the model saw of one image or video. */
export interface MediaFacts {
  /** as written in the sample */
  readonly path: string;
  /** size of the decoded picture in pixels; of a video, that of the sheet of its frames */
  readonly width: number;
  readonly height: number;
  /** [width, height] after resizing and padding, multiples of the tile size */
  readonly padded: readonly [number, number];
  /** [rows, columns] of tiles, without the overview */
  readonly grid: readonly [number, number];
  /** image tokens it became */
  readonly tokens: number;
  /** of videos only */
  readonly video?: VideoFacts;
}

/** The outcome of scoring one sample. All arrays align with its candidates. */
export interface SampleScore {
  /** `null` where there is no reward; `errors` or `error` says why */
  readonly rewards: readonly (number | null)[];
  /** the whole sample failed */
  readonly error?: EncodedError;
  readonly errors: readonly CandidateError[];
  readonly tokens: {
    /** BOS, images and prompt, up to the token that opens the candidate's turn */
    readonly prefix: number;
    /** from the role word to the reward token */
    readonly tails: readonly number[];
    /** of the candidate's own text */
    readonly texts: readonly number[];
  };
  readonly media: readonly MediaFacts[];
  /** the device that computed, `DeviceUse.id`; left out when nothing was */
  readonly computedOn?: string;
  readonly timing: ScoreTiming;
}

/** What a score head multiplies, of each candidate of a sample. */
export interface SampleFeatures {
  /** float32, little-endian, in base64; `null` where there are none: `errors` or `error` says why */
  readonly features: readonly (string | null)[];
  /** the whole sample failed */
  readonly error?: EncodedError;
  readonly errors: readonly CandidateError[];
  /** the device that computed, `DeviceUse.id` */
  readonly computedOn?: string;
}

/** Milliseconds spent, for `--stats`. */
export interface ScoreTiming {
  readonly msVision: number;
  readonly msPrefix: number;
  readonly msTails: readonly number[];
  readonly cached: { readonly vision: boolean; readonly prefix: boolean };
}

/**
 * Candidate indices, best first. Stable: ties keep their order. Unscored ones come last.
 * This is an argsort, not a list of ranks.
 */
export function rewardOrder(rewards: readonly (number | null)[]): number[] {
  return rewards
    .map((_, index) => index)
    .sort((a, b) => (rewards[b] ?? -Infinity) - (rewards[a] ?? -Infinity) || a - b);
}

/**
 * Competition ranks from 1; equal rewards share a rank ("2nd =").
 * @returns `null` for candidates without a reward
 */
export function rewardRanks(rewards: readonly (number | null)[]): (number | null)[] {
  return rewards.map((own) =>
    own === null ? null : 1 + rewards.filter((other) => other !== null && other > own).length,
  );
}

/** A failure of the whole sample. */
export function failedScore(candidates: number, error: EncodedError): SampleScore {
  const zeros = new Array<number>(candidates).fill(0);
  return {
    rewards: new Array<null>(candidates).fill(null),
    error,
    errors: [],
    tokens: { prefix: 0, tails: zeros, texts: zeros },
    media: [],
    timing: { msVision: 0, msPrefix: 0, msTails: zeros, cached: { vision: false, prefix: false } },
  };
}
