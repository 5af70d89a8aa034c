// The noise of rewards: measured on devices where it can exist, none where it can't.

import { expect, test } from 'vitest';
import { CudaProvider } from '../../../src/model/cudaProvider';
import { Devices } from '../../../src/model/loadOnDevice';
import { measureNoiseFloor } from '../../../src/model/noiseFloor';
import { openSession, type OpenSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { tempFolder, TINY_MODEL } from '../../support/paths';

/** Differences in the last bits of a float32 reward near 1. */
const ROUNDING = 1e-4;

test('the CPU has none: rewards are the same whatever runs with them', async () => {
  const model = await RewardModel.load(TINY_MODEL, { threads: 2, device: 'cpu' });
  expect(await measureNoiseFloor(model)).toBe(0);
  await model.release();
});

test('in the packed form it is no more than rounding', async () => {
  const variants = { decoder: 'packed', vision: 'fused' } as const;
  const model = await RewardModel.load(TINY_MODEL, { threads: 2, device: 'cpu' }, variants);
  expect(await measureNoiseFloor(model)).toBeLessThan(ROUNDING);
  await model.release();
});

/** A packed device whose rewards depend on how many run together. */
const unsteady: OpenSession = async (source, options) => {
  const session = await openSession(source, { ...options, device: 'cpu' });
  return {
    release: () => session.release(),
    run: async (feeds, fetches) => {
      const outputs = await session.run(feeds, fetches);
      const data = outputs.rewards?.data;
      if (data instanceof Float32Array && data.length > 1) {
        data.set(data.map((reward) => reward + 0.25));
      }
      return outputs;
    },
  };
};

test('what moves a reward is found, and told twice as large: both ends of a margin move', async () => {
  const variants = { decoder: 'packed', vision: 'fused' } as const;
  const options = { threads: 2, device: 'cpu' } as const;
  const model = await RewardModel.load(TINY_MODEL, options, variants, unsteady);
  expect(await measureNoiseFloor(model)).toBeCloseTo(0.5, 3);
  await model.release();
});

test('it is measured when a model is loaded on such a device, and on no other', async () => {
  const cuda = new CudaProvider(tempFolder(), 'linux x64', () => undefined);
  const devices = new Devices(2, 'linux', cuda, unsteady);
  const loaded = await devices.load(TINY_MODEL, 'cpu');
  expect(loaded.use).not.toHaveProperty('noiseFloor');
  await loaded.model.release();
});
