// Scores a sample on the device of a model, and on the next one when that device gives up.

import type { EncodedError } from '../base/errors';
import type { DeviceChoice } from '../sample/device';
import type { SampleFeatures, SampleScore } from '../sample/reward';
import type { RewardEvent, ScoreRequest } from '../sample/scorer';
import type { LoadedModel, ModelSlot } from './modelSlot';

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
  const { answer, loaded } = await onDevice(slot, folder, choice, ({ scorer }) =>
    scorer.score(request, onReward, signal),
  );
  return { ...answer, computedOn: loaded.use.id };
}

/** The same for what score heads multiply. */
export async function featuresOnDevice(
  slot: ModelSlot,
  folder: string,
  choice: DeviceChoice,
  request: ScoreRequest,
  signal: AbortSignal,
): Promise<SampleFeatures> {
  const { answer, loaded } = await onDevice(slot, folder, choice, ({ scorer }) =>
    scorer.features(request, signal),
  );
  return { ...answer, computedOn: loaded.use.id };
}

interface Answer {
  readonly error?: EncodedError;
}

async function onDevice<A extends Answer>(
  slot: ModelSlot,
  folder: string,
  choice: DeviceChoice,
  ask: (loaded: LoadedModel) => Promise<A>,
): Promise<{ readonly answer: A; readonly loaded: LoadedModel }> {
  for (;;) {
    const loaded = await slot.get(folder, choice);
    const answer = await ask(loaded);
    const fault = deviceFault(answer);
    if (fault === undefined || !(await slot.giveUpDevice(loaded, fault))) {
      return { answer, loaded };
    }
  }
}

function deviceFault({ error }: Answer): EncodedError | undefined {
  return error !== undefined && DEVICE_CODES.has(error.code) ? error : undefined;
}
