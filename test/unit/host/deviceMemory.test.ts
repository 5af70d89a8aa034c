import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import './fakeVscode';
import type { DeviceUse } from '../../../src/sample/device';
import { tempFolder } from '../../support/paths';

const { DeviceMemory } = await import('../../../src/host/deviceMemory');

const logger = { log: () => undefined };
const CUDA: DeviceUse = { device: 'cuda', id: 'cuda-packed', noiseFloor: 0.02, refused: [] };

test('a device and the noise of its rewards are remembered over restarts', async () => {
  const file = path.join(tempFolder(), 'devices.json');
  const first = new DeviceMemory(file, logger);
  expect(await first.noiseFloor('f', 'auto')).toBe(0);
  await first.settle('f', 'auto', CUDA);
  const second = new DeviceMemory(file, logger);
  expect(await second.id('f', 'auto')).toBe('cuda-packed');
  expect(await second.noiseFloor('f', 'auto')).toBe(0.02);
  // of another model nothing is known, and the CPU has no noise
  expect(await second.noiseFloor('g', 'auto')).toBe(0);
  expect(await second.noiseFloor('f', 'cpu')).toBe(0);
});

test('another noise of the same device is no other device', async () => {
  const file = path.join(tempFolder(), 'devices.json');
  const memory = new DeviceMemory(file, logger);
  let mismatches = 0;
  memory.onMismatch.on(() => {
    mismatches += 1;
  });
  await memory.settle('f', 'auto', CUDA);
  await memory.settle('f', 'auto', { ...CUDA, noiseFloor: 0.03 });
  expect(mismatches).toBe(0);
  expect(await new DeviceMemory(file, logger).noiseFloor('f', 'auto')).toBe(0.03);
  await memory.settle('f', 'auto', { device: 'cpu', id: 'cpu', refused: [] });
  expect(mismatches).toBe(1);
  expect(await new DeviceMemory(file, logger).noiseFloor('f', 'auto')).toBe(0);
});

test('what earlier versions wrote, an id alone, is read', async () => {
  const file = path.join(tempFolder(), 'devices.json');
  fs.writeFileSync(file, '{"auto f":"webgpu"}');
  const memory = new DeviceMemory(file, logger);
  expect(await memory.id('f', 'auto')).toBe('webgpu');
  expect(await memory.noiseFloor('f', 'auto')).toBe(0);
});
