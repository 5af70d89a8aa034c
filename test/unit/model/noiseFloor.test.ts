// The noise of rewards: measured on devices where it can exist, none where it can't.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CUDA_LIBRARIES, CudaProvider } from '../../../src/model/cudaProvider';
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

/** The CPU under another name, whose rewards are changed where several come out together. */
function unsteady(change: (reward: number) => number): OpenSession {
  return async (source, options) => {
    const session = await openSession(source, { ...options, device: 'cpu' });
    return {
      release: () => session.release(),
      run: async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        const data = outputs.rewards?.data;
        if (options.device !== 'cpu' && data instanceof Float32Array && data.length > 1) {
          data.set(data.map(change));
        }
        return outputs;
      },
    };
  };
}

function cudaWith(open: OpenSession): Devices {
  const folder = tempFolder();
  for (const name of CUDA_LIBRARIES) {
    fs.writeFileSync(path.join(folder, name), '');
  }
  return new Devices(2, 'linux', new CudaProvider(folder, 'linux x64', () => undefined), open);
}

test('what moves a reward is told twice as large: both ends of a margin move', async () => {
  const { model, use } = await cudaWith(unsteady((reward) => reward + 0.25)).load(
    TINY_MODEL,
    'cuda',
  );
  expect(use.noiseFloor).toBeCloseTo(0.5, 3);
  await model.release();
});

test('a device whose rewards are no numbers is not used', async () => {
  const devices = cudaWith(unsteady(() => Number.NaN));
  await expect(devices.load(TINY_MODEL, 'cuda')).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: 'CUDA: rewards are not finite numbers',
  });
});

test('on the CPU nothing is measured', async () => {
  const { model, use } = await cudaWith(unsteady((reward) => reward + 0.25)).load(
    TINY_MODEL,
    'cpu',
  );
  expect(use).not.toHaveProperty('noiseFloor');
  await model.release();
});
