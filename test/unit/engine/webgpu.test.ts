// WebGPU end to end: the real engine process on a GPU made of software.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import { EngineClient } from '../../../src/client/engineClient';
import { EngineScorer, PRIORITY } from '../../../src/client/engineScorer';
import {
  CONVERT,
  PREPARE,
  TEST_DEVICES,
  type DeviceReport,
} from '../../../src/protocol/engineProtocol';
import type { DeviceChoice } from '../../../src/sample/device';
import type { SampleScore } from '../../../src/sample/reward';
import type { Sample } from '../../../src/sample/sample';
import { ENGINE, FIXTURES, tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';
import { softwareGpu } from '../../support/softwareGpu';

const gpu = softwareGpu();
if (gpu === undefined) {
  console.warn('WebGPU tests are left out: no SwiftShader (Debian: apt-get install chromium)');
}

const mediaRoot = path.join(FIXTURES, 'images');
const candidates = [{ text: 'Four.' }, { text: 'Five, or so. '.repeat(12) }, { text: 'Four.' }];
const textOnly = sampleOf({ candidates });
const withImage = sampleOf({ candidates, images: ['tiny.png'] });

/** software shaders are slow */
const PATIENCE_MS = 600_000;

describe.skipIf(gpu === undefined)('with a software GPU', { timeout: PATIENCE_MS }, () => {
  let client: EngineClient;
  let report: DeviceReport | undefined;

  beforeAll(async () => {
    client = new EngineClient({
      script: ENGINE,
      logger: silentLogger,
      idleStopMs: 0,
      env: () => gpu ?? {},
    });
    const params = { modelFolder: TINY_MODEL };
    const reports = await client.call({ type: TEST_DEVICES, params });
    report = reports.find(({ device }) => device === 'webgpu');
  }, PATIENCE_MS);

  afterAll(() => client.dispose());

  const scoreOn = (
    device: DeviceChoice,
    sample: Sample,
    model = TINY_MODEL,
  ): Promise<SampleScore> =>
    new EngineScorer(client, model, device, PRIORITY.person).score({
      sample,
      mediaRoot,
      options: SAFE,
    });

  test('every kernel is measured, and what is chosen agrees with the CPU', () => {
    expect(report).toMatchObject({ device: 'webgpu', tolerance: 5e-4 });
    expect(report?.error).toBeUndefined();
    const trials = report?.trials ?? [];
    for (const part of ['decoder', 'vision']) {
      const [first, second, ...more] = trials.filter((trial) => trial.part === part);
      expect(first?.variant).toBe('fused');
      expect(more).toEqual([]);
      // the plain graph is tried exactly when the fused one is off, and has to agree
      expect(first?.passed).toBe((first?.difference ?? NaN) <= 5e-4);
      expect(second === undefined).toBe(first?.passed);
      expect((second ?? first)?.difference).toBeLessThanOrEqual(1e-4);
    }
  });

  test('rewards match those of the CPU to 1e-4 and say where they were computed', async () => {
    // text, then an image between: what stands before must not matter
    const samples = [textOnly, withImage, textOnly];
    const cpu: SampleScore[] = [];
    const webgpu: SampleScore[] = [];
    for (const sample of samples) {
      cpu.push(await scoreOn('cpu', sample));
    }
    for (const sample of samples) {
      webgpu.push(await scoreOn('webgpu', sample));
    }
    const plain = report?.trials.some(({ part, passed }) => part === 'decoder' && !passed);
    for (const [n, score] of webgpu.entries()) {
      expect(cpu[n]?.computedOn).toBe('cpu');
      expect(score.computedOn).toMatch(plain === true ? /^webgpu-plain/ : /^webgpu/);
      expect(score).toMatchObject({ errors: [], tokens: cpu[n]?.tokens });
      for (const [candidate, reward] of score.rewards.entries()) {
        const difference = Math.abs((reward ?? NaN) - (cpu[n]?.rewards[candidate] ?? NaN));
        expect(difference).toBeLessThanOrEqual(1e-4);
      }
      // bit-identical, whatever stands before it
      expect(score.rewards[2]).toBe(score.rewards[0]);
    }
    expect(webgpu[2]?.rewards).toEqual(webgpu[0]?.rewards);
  });

  test('int8 weights are held to the same', async () => {
    const outFolder = tempFolder();
    const params = { checkpointFolder: TINY_CHECKPOINT, outFolder, precision: 'int8' as const };
    await client.call({ type: CONVERT, params: { ...params, token: 'webgpu' } });
    const { device } = await client.call({
      type: PREPARE,
      params: { modelFolder: outFolder, device: 'webgpu' },
    });
    // kernels that float32 weights found wrong are not right because the weights have 8 bits
    const isRefused = (part: string): boolean =>
      report?.trials.some((trial) => trial.part === part && !trial.passed) ?? false;
    expect(device.id.includes('plainvision')).toBe(isRefused('vision'));
    expect(/-plain(-|$)/.test(device.id)).toBe(isRefused('decoder'));
    const cpu = await scoreOn('cpu', textOnly, outFolder);
    const webgpu = await scoreOn('webgpu', textOnly, outFolder);
    for (const [candidate, reward] of webgpu.rewards.entries()) {
      const difference = Math.abs((reward ?? NaN) - (cpu.rewards[candidate] ?? NaN));
      expect(difference).toBeLessThanOrEqual(1e-4);
    }
  });

  test('auto takes it and says what came before', async () => {
    const { device } = await client.call({
      type: PREPARE,
      params: { modelFolder: TINY_MODEL, device: 'auto' },
    });
    expect(device.device).toBe('webgpu');
    expect(device.refused.map((refusal) => refusal.device)).toEqual(['cuda']);
    expect(device.refused[0]?.error.message).toContain('libonnxruntime_providers');
  });
});

test('without a GPU auto computes on the CPU and says why', async () => {
  const env = () => ({ VK_ICD_FILENAMES: '/nowhere/none.json' });
  const client = new EngineClient({ script: ENGINE, logger: silentLogger, idleStopMs: 0, env });
  const { device } = await client.call({
    type: PREPARE,
    params: { modelFolder: TINY_MODEL, device: 'auto' },
  });
  expect(device).toMatchObject({ device: 'cpu', id: 'cpu' });
  expect(device.refused.map((refusal) => refusal.error.code)).toEqual([
    'DEVICE_UNAVAILABLE',
    'DEVICE_UNAVAILABLE',
  ]);
  client.dispose();
});
