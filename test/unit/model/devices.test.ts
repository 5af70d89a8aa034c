// Choosing a device by its self-test, with faulty devices put in for real ones.

import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { CudaProvider } from '../../../src/model/cudaProvider';
import { deviceTolerance, relativeDifference, testDevice } from '../../../src/model/deviceTest';
import { Devices } from '../../../src/model/loadOnDevice';
import { readManifest } from '../../../src/model/manifest';
import { openSession, type GraphSource, type OpenSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import type { SampleScore } from '../../../src/sample/reward';
import { localScorer } from '../../support/localScorer';
import { FIXTURES, tempFolder, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

const THREADS = 1;
const mediaRoot = path.join(FIXTURES, 'images');

/** Spoils every value of a result. */
type Fault = (value: number) => number;

/**
 * A device that is the CPU, save that the kernels of the graphs that `isFaulty` picks are wrong.
 * The CPU's own sessions stay right.
 */
function faultyDevice(isFaulty: (name: string) => boolean, fault: Fault): OpenSession {
  return async (source, options) => {
    const session = await openSession(source, { ...options, device: 'cpu' });
    const name = nameOf(source);
    return {
      release: () => session.release(),
      run: async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        const data = outputs.slice?.data;
        if (options.device !== 'cpu' && isFaulty(name) && data instanceof Float32Array) {
          data.set(data.map(fault));
        }
        return outputs;
      },
    };
  };
}

const nameOf = (source: GraphSource): string => (typeof source === 'string' ? source : source.name);
const isFused = (name: string): boolean => name.includes('fused');
const noCuda = new CudaProvider(tempFolder(), 'linux x64', () => undefined);

async function tested(open: OpenSession) {
  return testDevice(TINY_MODEL, await readManifest(TINY_MODEL), 'webgpu', THREADS, open);
}

test('a device that computes as the CPU does passes with the fused graphs', async () => {
  const { variants, trials } = await tested(
    faultyDevice(
      () => false,
      (x) => x,
    ),
  );
  expect(variants).toEqual({ vision: 'fused', decoder: 'fused' });
  expect(trials).toMatchObject([
    { part: 'decoder', difference: 0 },
    { part: 'vision', difference: 0 },
  ]);
});

test.each<[string, Fault]>([
  ['a wrong sign', (x) => -x],
  ['one percent', (x) => 1.01 * x],
  ['not a number', () => NaN],
  ['infinite', () => Infinity],
  ['zeros', () => 0],
])('wrong fused kernels are noticed (%s): the plain graphs are used', async (_, fault) => {
  const { variants, trials, tolerance } = await tested(faultyDevice(isFused, fault));
  expect(variants).toEqual({ vision: 'plain', decoder: 'plain' });
  for (const { variant, difference, passed } of trials) {
    expect(passed).toBe(variant === 'plain');
    expect(difference <= tolerance).toBe(passed);
  }
});

test('weights of few bits are computed in float32: nothing more is forgiven them', () => {
  expect(deviceTolerance({})).toBe(5e-4);
  expect(deviceTolerance({ accuracyLevels: { 4: 0, 8: 0 } })).toBe(5e-4);
  // activations of 8 bits
  expect(deviceTolerance({ accuracyLevels: { 4: 4, 8: 0 } })).toBe(3e-2);
});

test('one graph can be at fault without the other', async () => {
  const { variants } = await tested(
    faultyDevice(
      (name) => isFused(name) && name.startsWith('vision'),
      (x) => x + 1,
    ),
  );
  expect(variants).toEqual({ vision: 'plain', decoder: 'fused' });
});

test('a device that is wrong whatever the graph is refused with the measured difference', async () => {
  const always = faultyDevice(
    () => true,
    (x) => x + 0.25,
  );
  await expect(tested(always)).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringMatching(
      /WebGPU: the decoder layer .*fused attention: \d\.\de-1, plain attention: \d\.\de-1/,
    ) as string,
  });
});

test('rounding passes, a tail alone being wrong does not', () => {
  const reference = Float32Array.from({ length: 1000 }, (_, n) => Math.sin(n));
  const rounded = reference.map((x) => x * (1 + 1e-6));
  expect(relativeDifference(reference, rounded)).toBeLessThan(1e-5);
  const late = reference.with(999, 0.5);
  expect(relativeDifference(reference, late)).toBeGreaterThan(0.1);
  expect(relativeDifference(reference, reference.subarray(1))).toBe(Infinity);
});

/** WebGPU is in this build of the runtime, but the driver behind it is the one given. */
function devicesWith(open: OpenSession): Devices {
  return new Devices(THREADS, 'linux', noCuda, open);
}

test('a device that is not there costs no reading of weights', async () => {
  const opened: string[] = [];
  const absent: OpenSession = async (source, options) => {
    opened.push(nameOf(source));
    if (options.device === 'webgpu') {
      throw new AppError('DEVICE_UNAVAILABLE', 'WebGPU: no adapter found');
    }
    return openSession(source, options);
  };
  const { model, use } = await devicesWith(absent).load(TINY_MODEL, 'auto');
  await model.release();
  expect(use.device).toBe('cpu');
  expect(opened.filter((name) => name.includes('layer'))).toEqual([]);
});

test('auto goes past a device that fails its test and says why; asked for, it is an error', async () => {
  const always = faultyDevice(
    () => true,
    () => NaN,
  );
  const { model, use } = await devicesWith(always).load(TINY_MODEL, 'auto');
  await model.release();
  expect(use).toMatchObject({ device: 'cpu', id: 'cpu' });
  expect(use.refused.map(({ device, error }) => [device, error.code])).toEqual([
    ['cuda', 'DEVICE_UNAVAILABLE'],
    ['webgpu', 'DEVICE_UNAVAILABLE'],
  ]);
  await expect(devicesWith(always).load(TINY_MODEL, 'webgpu')).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringContaining('differs from the CPU') as string,
  });
});

test('no memory for a layer: the sizes and what would fit are named', async () => {
  const tried: string[] = [];
  const full: OpenSession = async (source, options) => {
    if (options.device !== 'cpu') {
      throw new AppError('DEVICE_OUT_OF_MEMORY', 'WebGPU: out of memory');
    }
    return openSession(source, options);
  };
  const { model, use } = await devicesWith(full).load(TINY_MODEL, 'auto', (device) =>
    tried.push(device),
  );
  await model.release();
  expect(tried).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(use.refused[1]?.error).toMatchObject({
    code: 'DEVICE_OUT_OF_MEMORY',
    message: expect.stringMatching(/GiB \(fp32\); int8 or int4 weights would need less/) as string,
  });
});

test('a device that broke at work is left out, for that model or for all', async () => {
  const fine = faultyDevice(
    () => false,
    (x) => x,
  );
  const error = { code: 'DEVICE_OUT_OF_MEMORY', message: 'full' } as const;
  const devices = devicesWith(fine);
  devices.markBroken('webgpu', error, TINY_MODEL);
  const { model, use } = await devices.load(TINY_MODEL, 'auto');
  await model.release();
  expect(use.refused.at(-1)).toEqual({ device: 'webgpu', error });
  const manifest = await readManifest(TINY_MODEL);
  // asked for by name it may be tried again, unless it took a whole engine down
  await expect(devices.test(TINY_MODEL, manifest, 'webgpu')).resolves.toBeDefined();
  devices.markBroken('webgpu', { code: 'DEVICE_UNAVAILABLE', message: 'crashed' });
  await expect(devices.test(TINY_MODEL, manifest, 'webgpu')).rejects.toThrow('crashed');
});

test.each(['dml', 'coreml', 'cuda'] as const)('%s that is not there is named', async (device) => {
  const load = devicesWith(openSession).load(TINY_MODEL, device);
  await expect(load).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
});

test('a model that is none stays that error, whatever the device', async () => {
  const load = devicesWith(openSession).load(tempFolder(), 'auto');
  await expect(load).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
});

async function rewardsWith(
  variant: 'fused' | 'plain',
  heads?: number,
): Promise<SampleScore['rewards']> {
  const variants = { decoder: variant, vision: variant };
  const model = await RewardModel.load(TINY_MODEL, { threads: THREADS }, variants);
  try {
    const sample = sampleOf({
      images: ['tall.png'],
      candidates: [{ text: 'Four.' }, { text: 'A longer answer, with commas. '.repeat(20) }],
    });
    // only the bound on score memory reads the number of heads
    const dims = { ...model.manifest.dims, ...(heads === undefined ? {} : { heads }) };
    const decoder = model.decoder.withDims(dims);
    const divided = Object.create(model, { decoder: { value: decoder } }) as RewardModel;
    const score = await localScorer(divided).score({
      sample,
      mediaRoot,
      options: SAFE,
    });
    expect(score.error).toBeUndefined();
    return score.rewards;
  } finally {
    await model.release();
  }
}

test('plain attention gives the rewards of the fused one to 1e-4, also in several runs', async () => {
  const fused = await rewardsWith('fused');
  // 800 heads: about 40 rows a run
  for (const plain of [await rewardsWith('plain'), await rewardsWith('plain', 800)]) {
    for (const [n, reward] of fused.entries()) {
      expect(Math.abs((plain[n] ?? NaN) - (reward ?? NaN))).toBeLessThanOrEqual(1e-4);
    }
  }
});
