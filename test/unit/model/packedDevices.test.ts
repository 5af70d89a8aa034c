// Devices that keep no tensors between runs: the packed form first, then the others.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { reportDevices } from '../../../src/engine/deviceReports';
import { CUDA_LIBRARIES, CudaProvider } from '../../../src/model/cudaProvider';
import { Decoder } from '../../../src/model/decoder';
import { testDevice } from '../../../src/model/deviceTest';
import { Devices } from '../../../src/model/loadOnDevice';
import { readManifest } from '../../../src/model/manifest';
import { openSession, type OpenSession } from '../../../src/model/ortRuntime';
import { PackedDecoder } from '../../../src/model/packedDecoder';
import { rewardIdentity, usesPlainAttention, type Device } from '../../../src/sample/device';
import { tempFolder, TINY_MODEL } from '../../support/paths';
import { randomTailSet } from '../../support/tailSets';

const THREADS = 1;

/** What happens to the graphs of a part in a form: `decoder.onnx (first layer, packed)`. */
type Fault = (name: string) => 'wrong' | 'refused' | 'full' | undefined;

/** The CPU under another name, with faults. The CPU's own sessions stay right. */
function deviceWith(faultOf: Fault): OpenSession {
  return async (source, options) => {
    const name = typeof source === 'string' ? source : source.name;
    const fault = options.device === 'cpu' ? undefined : faultOf(name);
    if (fault === 'refused') {
      throw new AppError('RUNTIME_FAILED', 'no such operator');
    }
    if (fault === 'full') {
      throw new AppError('DEVICE_OUT_OF_MEMORY', 'out of memory');
    }
    const session = await openSession(source, { ...options, device: 'cpu' });
    return {
      release: () => session.release(),
      run: async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        const data = outputs.slice?.data;
        if (fault === 'wrong' && data instanceof Float32Array) {
          // one value of the last tail: the padding around it must not hide it
          data.set([NaN], data.length - 1);
        }
        return outputs;
      },
    };
  };
}

const right: Fault = () => undefined;

async function tested(device: Device, fault: Fault) {
  const manifest = await readManifest(TINY_MODEL);
  const { variants, trials } = await testDevice(
    TINY_MODEL,
    manifest,
    device,
    THREADS,
    deviceWith(fault),
  );
  return { variants, decoder: trials.filter(({ part }) => part === 'decoder') };
}

test.each(['cuda', 'dml'] as const)('%s takes the packed form', async (device) => {
  const { variants, decoder } = await tested(device, right);
  expect(variants).toEqual({ decoder: 'packed', vision: 'fused' });
  expect(decoder).toMatchObject([{ variant: 'packed', passed: true }]);
  expect(decoder[0]?.difference).toBeLessThanOrEqual(1e-5);
});

test('WebGPU keeps tensors: the packed form is not tried', async () => {
  const { decoder } = await tested('webgpu', right);
  expect(decoder.map(({ variant }) => variant)).toEqual(['fused']);
});

test.each([
  ['cuda', 'wrong', 'plain'],
  ['cuda', 'refused', 'plain'],
  ['dml', 'wrong', 'fused'],
  ['dml', 'refused', 'fused'],
] as const)('%s, packed form %s: %s attention is next', async (device, fault, next) => {
  const { variants, decoder } = await tested(device, (name) =>
    name.includes('packed') ? fault : undefined,
  );
  expect(variants.decoder).toBe(next);
  expect(decoder).toMatchObject([
    { variant: 'packed', difference: Infinity, passed: false },
    { variant: next, passed: true },
  ]);
  expect(decoder[0]?.fault).toBe(fault === 'refused' ? 'no such operator' : undefined);
});

test('what no other form can help is an error at once', async () => {
  const full = tested('dml', (name) => (name.includes('packed') ? 'full' : undefined));
  await expect(full).rejects.toMatchObject({ code: 'DEVICE_OUT_OF_MEMORY' });
});

test('a device that is wrong in every form is refused, each of them named', async () => {
  const never = tested('dml', (name) => (name.includes('packed') ? 'refused' : 'wrong'));
  await expect(never).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringMatching(
      /DirectML: the decoder .*packed attention: no such operator, fused attention: Infinity, plain/,
    ) as string,
  });
});

/** CUDA is in its place, and the driver behind it is the one given. */
function cudaWith(fault: Fault): Devices {
  const folder = tempFolder();
  for (const name of CUDA_LIBRARIES) {
    fs.writeFileSync(path.join(folder, name), '');
  }
  const cuda = new CudaProvider(folder, 'linux x64', () => undefined);
  return new Devices(THREADS, 'linux', cuda, deviceWith(fault));
}

const isPart =
  (...parts: readonly RegExp[]): Fault =>
  (name) =>
    parts.some((part) => part.test(name)) ? 'wrong' : undefined;

test.each<[Fault, string, boolean]>([
  [right, 'cuda-packed', false],
  [isPart(/decoder.*packed/), 'cuda-plain', true],
  [isPart(/vision.*fused/), 'cuda-packed-plainvision', true],
  [isPart(/decoder.*packed/, /vision.*fused/), 'cuda-plain-plainvision', true],
])('each set of forms has its own id: %s %s', async (fault, id, plain) => {
  const { model, use } = await cudaWith(fault).load(TINY_MODEL, 'cuda');
  expect(use).toEqual({
    device: 'cuda',
    id,
    noiseFloor: expect.any(Number) as number,
    refused: [],
  });
  expect(use.noiseFloor).toBeLessThan(1e-4);
  expect(usesPlainAttention(use)).toBe(plain);
  expect(rewardIdentity('model', use.id)).toBe(`model@${id}`);
  expect(model.decoder).toBeInstanceOf(id.includes('packed') ? PackedDecoder : Decoder);
  const { prefix, tails } = randomTailSet(3, model.manifest.dims.hidden);
  const rewards = await model.decoder.scoreTails(await model.decoder.runPrefix(prefix), tails);
  expect(rewards.every(Number.isFinite)).toBe(true);
  await model.release();
});

test('the report of a form without finite values survives the wire', async () => {
  const devices = cudaWith(isPart(/decoder.*packed/));
  const reports = await reportDevices(devices, TINY_MODEL, () => undefined);
  const cuda = reports.find(({ device }) => device === 'cuda');
  expect(JSON.parse(JSON.stringify(cuda))).toEqual(cuda);
  expect(cuda?.trials[0]).toMatchObject({ variant: 'packed', difference: null, passed: false });
});
