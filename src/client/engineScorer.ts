// A scorer that asks the engine process.

import type { DeviceChoice } from '../sample/device';
import type { Scorer, RewardEvent, ScoreRequest } from '../sample/scorer';
import type { SampleScore } from '../sample/reward';
import {
  SCORE,
  SCORE_PROGRESS,
  type ScoreEvent,
  type ScoreParams,
} from '../protocol/engineProtocol';
import type { EngineClient } from './engineClient';

/** Priorities of the engine's queue. */
export const PRIORITY = { person: 1, batch: 0 } as const;

let lastToken = 0;

export class EngineScorer implements Scorer {
  constructor(
    readonly client: EngineClient,
    readonly modelFolder: string,
    readonly device: DeviceChoice,
    readonly priority: number,
    /** called when the engine died and this sample is sent again */
    readonly onRetry: (request: ScoreRequest) => void = () => undefined,
  ) {}

  score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    let running = false;
    lastToken += 1;
    const token = `score-${lastToken}`;
    const params: ScoreParams = {
      modelFolder: this.modelFolder,
      device: this.device,
      request,
      priority: this.priority,
      token,
    };
    return this.client.call<ScoreParams, SampleScore, ScoreEvent>({
      type: SCORE,
      params,
      progress: {
        type: SCORE_PROGRESS,
        token,
        onValue: (event) => {
          if (event.type === 'started') {
            running = true;
          } else {
            onReward({ candidate: event.candidate, reward: event.reward });
          }
        },
      },
      // scoring again gives the same numbers
      retry: {
        running: () => running,
        onRetry: () => {
          running = false;
          this.onRetry(request);
        },
      },
      signal,
    });
  }
}
