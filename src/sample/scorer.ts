// What every room may ask of whoever computes rewards.

import type { Region } from './explanation';
import type { Compat, SampleFeatures, SampleScore } from './reward';
import type { Sample } from './sample';
import type { ScoreHead } from './scoreHead';

/** `atlas`: frames of a video are numbered as published, in a free font; `none`: not at all. */
export const FRAME_LABEL_MODES = ['atlas', 'none'] as const;
export type FrameLabelMode = (typeof FRAME_LABEL_MODES)[number];

/** Settings that change rewards. */
export interface ScoreOptions {
  readonly compat: Compat;
  /** most tiles of a picture; a sample's own value wins; 6 whenever there are several media */
  readonly hdNum: number;
  /** most tokens of a conversation; a sample's own value wins */
  readonly maxLength: number;
  /** text on the sheets of videos */
  readonly frameLabels: FrameLabelMode;
  /** takes the place of the model's own score head */
  readonly head?: ScoreHead;
}

/** The published defaults (get_score of the reward model). */
export const DEFAULT_SCORE_OPTIONS: ScoreOptions = {
  compat: 'safe',
  hdNum: 24,
  maxLength: 16_384,
  frameLabels: 'atlas',
};

export interface ScoreRequest {
  readonly sample: Sample;
  /** folder that media paths are relative to and must stay inside */
  readonly mediaRoot: string;
  readonly options: ScoreOptions;
  /** a part of an image that is hidden from the model, after decoding: for checks */
  readonly covered?: Covered;
}

/** A part of one picture, filled with the picture's mean colour. */
export interface Covered {
  /** position among the sample's images */
  readonly image: number;
  readonly region: Region;
}

/** One reward as soon as it is known. */
export interface RewardEvent {
  readonly candidate: number;
  readonly reward: number | null;
}

/** Computes what score heads multiply. */
export interface FeatureScorer {
  /**
   * The features of all candidates of one sample. What is wrong with the sample or a candidate stands
   * in the result. A head among the options changes nothing.
   * @throws AppError as {@link Scorer.score} does
   */
  features(request: ScoreRequest, signal?: AbortSignal): Promise<SampleFeatures>;
}

export interface Scorer {
  /**
   * Scores all candidates of one sample. What is wrong with the sample or a candidate stands in
   * the result.
   * @throws AppError `CANCELLED`, or a code of the model or the engine when no sample can be scored
   */
  score(
    request: ScoreRequest,
    onReward?: (event: RewardEvent) => void,
    signal?: AbortSignal,
  ): Promise<SampleScore>;
}
