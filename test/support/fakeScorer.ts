// A scorer that needs no model: the reward of a text is its length.

import { failedScore, type SampleScore } from '../../src/sample/reward';
import type { RewardEvent, Scorer, ScoreRequest } from '../../src/sample/scorer';

export class LengthScorer implements Scorer {
  readonly requests: ScoreRequest[] = [];

  /** @param before runs before each sample is scored; may throw or wait */
  constructor(
    readonly before: (request: ScoreRequest, signal?: AbortSignal) => Promise<void> | void = () =>
      undefined,
  ) {}

  async score(
    request: ScoreRequest,
    onReward?: (event: RewardEvent) => void,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    this.requests.push(request);
    await this.before(request, signal);
    const { candidates } = request.sample;
    const rewards = candidates.map(({ text }) => text.length);
    for (const [candidate, reward] of rewards.entries()) {
      onReward?.({ candidate, reward });
    }
    const { error: _, ...empty } = failedScore(candidates.length, {
      code: 'INTERNAL',
      message: '',
    });
    return { ...empty, rewards };
  }
}
