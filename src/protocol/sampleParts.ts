// Parts of a sample as a page shows them: its media, its answers, and their rewards.

import type { EncodedError } from '../base/errors';
import type { MediaFacts } from '../sample/reward';
import type { TemperatureFit } from '../sample/statistics';

/** UTF-16 units of an answer that is edited or written */
export const MAX_ANSWER_LENGTH = 1_000_000;

/** A reward, or why there is none yet or at all. */
export type CandidateScore =
  /** scoring is off: an untrusted workspace, or not asked for */
  | { readonly state: 'none' }
  /** `before`: answers that are scored first */
  | { readonly state: 'waiting'; readonly before: number }
  /** `attempt` counts from 1; above 1 the engine died of it before */
  | { readonly state: 'scoring'; readonly attempt: number }
  | { readonly state: 'scored'; readonly reward: number; readonly textTokens: number }
  /** the sample is blind. `scored`: there is a reward; 0 tokens: not known yet */
  | { readonly state: 'hidden'; readonly scored: boolean; readonly textTokens: number }
  /** `text` is for people; `message` of the error is not shown */
  | { readonly state: 'error'; readonly error: EncodedError; readonly text: string };

/** What the model makes of a sample. Scores align with its candidates as they are shown. */
export interface ScoreView {
  readonly candidates: readonly CandidateScore[];
  readonly prefixTokens: number;
  readonly media: readonly MediaFacts[];
  /** rewards of what edited answers said before, where they are known and not hidden */
  readonly before: readonly (number | null)[];
  /** median over the dataset of best minus worst reward; the least width of a reward strip */
  readonly medianRange: number;
  /** by the person's own votes on the dataset: what a margin says; absent before the first pair */
  readonly calibration?: TemperatureFit;
}

export type MediaKind = 'image' | 'video';

export interface MediaView {
  /** as written in the sample */
  readonly path: string;
  readonly kind: MediaKind;
  /** for `src`; `undefined` when it can't be shown, and `fault` says why */
  readonly uri?: string;
  readonly fault?: string;
  /** of a video that comes as pictures: the address of each; `uri` is the first */
  readonly frames?: readonly string[];
  /** of the file; the page loads videos as a whole */
  readonly sizeBytes?: number;
}

/** The frames of a video that the model sees, or why they can't be shown. */
export type FramesView =
  | {
      readonly state: 'shown';
      readonly framesPerSecond: number;
      /** they came as pictures: `seconds` are positions in their list */
      readonly isList?: true;
      /** `src` is a data address */
      readonly frames: readonly { readonly seconds: number; readonly src: string }[];
    }
  | { readonly state: 'fault'; readonly text: string };

export interface CandidateView {
  readonly text: string;
  readonly source?: string;
  /** the person has written it: it is not in the file */
  readonly added?: boolean;
  /** what it said before the person's first edit */
  readonly original?: string;
}

/** An answer that is being edited, or written, and is not saved yet. */
export interface AnswerDraft {
  /** absent for a new one */
  readonly candidate?: number;
  readonly text: string;
}

/** Why a row is no sample. */
export interface RowFaultView {
  readonly fault: string;
  /** its columns can be named */
  readonly canMap: boolean;
}
