// A scorer under one score head, which tells what its rewards are made by.

import { rewardIdentity } from '../sample/device';
import type { SampleScore } from '../sample/reward';
import type { ScoreHead } from '../sample/scoreHead';
import type { RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';

/** Every request gets the head, whoever asks: rewards of two heads never stand side by side. */
export class HeadedScorer implements Scorer {
  /**
   * @param head `undefined`: the one that the model comes with
   * @param device id of the device that is used, as far as that is known
   */
  constructor(
    readonly inner: Scorer,
    readonly fingerprint: string,
    readonly head: ScoreHead | undefined,
    readonly device: () => Promise<string | undefined>,
  ) {}

  score(
    request: ScoreRequest,
    onReward?: (event: RewardEvent) => void,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    return this.inner.score(withHead(request, this.head), onReward, signal);
  }

  /**
   * Names model, head and device.
   * @param computedOn {@link SampleScore.computedOn}; `undefined` when nothing was computed
   */
  async identityOf(computedOn: string | undefined): Promise<string> {
    return rewardIdentity(
      this.fingerprint,
      computedOn ?? (await this.device()) ?? 'cpu',
      this.head,
    );
  }
}

export function withHead(request: ScoreRequest, head: ScoreHead | undefined): ScoreRequest {
  return head === undefined ? request : { ...request, options: { ...request.options, head } };
}
