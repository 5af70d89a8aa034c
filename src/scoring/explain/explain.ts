// Plans a check and runs it.

import { throwIfAborted } from '../../base/abort';
import type { Check, Explanation } from '../../sample/explanation';
import type { SampleScore } from '../../sample/reward';
import type { Scorer } from '../../sample/scorer';
import { planGrounding } from './grounding';
import { planOcclusion } from './occlusion';
import type { Plan, Subject } from './plan';
import { planSentences } from './sentences';
import { planStyle } from './style';

/**
 * The requests of a check.
 * @param image position among the sample's images, for `occlusion`
 * @returns `undefined` when the check says nothing about this answer
 */
export function planCheck(check: Check, subject: Subject, image = 0): Plan | undefined {
  switch (check) {
    case 'sentences':
      return planSentences(subject);
    case 'grounding':
      return planGrounding(subject);
    case 'style':
      return planStyle(subject);
    case 'occlusion':
      return planOcclusion(subject, image);
  }
}

/**
 * Scores what a plan asks for, one request after the other.
 * @param onProgress rewards computed, of how many
 * @throws AppError `CANCELLED`, or what keeps the engine from scoring
 */
export async function runPlan(
  { requests, finish }: Plan,
  scorer: Scorer,
  onProgress: (done: number, total: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Explanation> {
  const total = requests.reduce((sum, { sample }) => sum + sample.candidates.length, 0);
  const scores: SampleScore[] = [];
  let before = 0;
  for (const request of requests) {
    throwIfAborted(signal);
    let done = before;
    const onReward = (): void => {
      done += 1;
      onProgress(done, total);
    };
    scores.push(await scorer.score(request, onReward, signal));
    before += request.sample.candidates.length;
    onProgress(before, total);
  }
  return finish(scores);
}
