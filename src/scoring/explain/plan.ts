// A check as the requests it takes: any scorer runs them, with its cache, cancel and progress.

import type { CheckedReward, Explanation } from '../../sample/explanation';
import type { SampleScore } from '../../sample/reward';
import type { Sample } from '../../sample/sample';
import type { ScoreRequest } from '../../sample/scorer';

/** What is asked about. */
export interface Subject {
  readonly request: ScoreRequest;
  /** index of the answer among the sample's */
  readonly candidate: number;
  /** that answer's own score, scored alone: {@link aloneRequest} */
  readonly own: SampleScore;
  /** margins below this are noise of the device */
  readonly noiseFloor: number;
  /** a sample with as many images and videos, and others than this one's */
  readonly other?: Sample | undefined;
}

/** Tokens that a check computes at most, when nothing of it is known already. */
export interface Work {
  readonly vision: number;
  readonly prefix: number;
  readonly tail: number;
}

export interface Plan<E extends Explanation = Explanation> {
  readonly requests: readonly ScoreRequest[];
  readonly work: Work;
  /** @param scores of the requests, in their order */
  readonly finish: (scores: readonly SampleScore[]) => E;
}

/** The answer alone: its reward does not depend on which others stand beside it. */
export function aloneRequest(request: ScoreRequest, candidate: number): ScoreRequest {
  return withTexts(request, [textOf(request, candidate)]);
}

export function textOf({ sample }: ScoreRequest, candidate: number): string {
  return sample.candidates[candidate]?.text ?? '';
}

/** The same prompt with other answers. */
export function withTexts(request: ScoreRequest, texts: readonly string[]): ScoreRequest {
  const candidates = texts.map((text) => ({ text }));
  return { ...request, sample: { ...request.sample, candidates } };
}

/** The reward at a place of a score, or why there is none. */
export function rewardAt(score: SampleScore | undefined, candidate = 0): CheckedReward {
  const reward = score?.rewards[candidate] ?? null;
  const error = score?.errors.find((entry) => entry.candidate === candidate) ?? score?.error;
  return reward !== null || error === undefined
    ? { reward }
    : { reward, error: { code: error.code, message: error.message } };
}

/** Tokens of the pictures and videos of a sample that is scored. */
export function mediaTokens({ media }: SampleScore): number {
  return media.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Tokens of the tail of an answer that was scored alone. */
export function tailTokens({ tokens }: SampleScore): number {
  return tokens.tails[0] ?? 0;
}
