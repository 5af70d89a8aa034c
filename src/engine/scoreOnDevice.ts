// Scores a sample on the device of a model, and on the next one when that device gives up.

import type { EncodedError } from '../base/errors';
import type { DeviceChoice } from '../sample/device';
import type { SampleScore } from '../sample/reward';
import type { RewardEvent, ScoreRequest } from '../sample/scorer';
import type { ModelSlot } from './modelSlot';

/** Failures of the device, not of the sample. */
const DEVICE_CODES: ReadonlySet<string> = new Set(['DEVICE_OUT_OF_MEMORY', 'DEVICE_UNAVAILABLE']);

export async function scoreOnDevice(
  slot: ModelSlot,
  folder: string,
  choice: DeviceChoice,
  request: ScoreRequest,
  onReward: (event: RewardEvent) => void,
  signal: AbortSignal,
): Promise<SampleScore> {
  for (;;) {
    const loaded = await slot.get(folder, choice);
    const score = await loaded.scorer.score(request, onReward, signal);
    const fault = deviceFault(score);
    if (fault === undefined || !(await slot.giveUpDevice(loaded, fault))) {
      return { ...score, computedOn: loaded.use.id };
    }
  }
}

function deviceFault({ error }: SampleScore): EncodedError | undefined {
  return error !== undefined && DEVICE_CODES.has(error.code) ? error : undefined;
}
