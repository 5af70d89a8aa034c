// A device that fails at work: the next one takes over, and it is said.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { silentLogger } from '../../../src/base/logger';
import { EngineClient } from '../../../src/client/engineClient';
import { ModelSlot } from '../../../src/engine/modelSlot';
import { scoreOnDevice } from '../../../src/engine/scoreOnDevice';
import { CudaProvider } from '../../../src/model/cudaProvider';
import { Devices } from '../../../src/model/loadOnDevice';
import { openSession, type OpenSession } from '../../../src/model/ortRuntime';
import { loadPromptModel } from '../../../src/model/promptModel';
import { PREPARE } from '../../../src/protocol/engineProtocol';
import type { DeviceChoice, DeviceUse } from '../../../src/sample/device';
import { prepareSample } from '../../../src/scoring/prepareSample';
import { tempFolder, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';
import { videoReader } from '../../support/videos';

/** A device that has the memory for the model and for short conversations, but not for more. */
function smallDevice(maxRows: number): OpenSession {
  return async (source, options) => {
    const session = await openSession(source, { ...options, device: 'cpu' });
    return {
      release: () => session.release(),
      run: (feeds, fetches) => {
        const rows = feeds.embeds?.dims[0] ?? 0;
        if (options.device === 'webgpu' && rows > maxRows) {
          throw new AppError('DEVICE_OUT_OF_MEMORY', 'WebGPU: out of memory');
        }
        return session.run(feeds, fetches);
      },
    };
  };
}

/** Scores a short and a long sample. */
async function scoreBoth(choice: DeviceChoice) {
  const cuda = new CudaProvider(tempFolder(), 'linux x64', () => undefined);
  const chosen: DeviceUse[] = [];
  const prompts = await loadPromptModel(TINY_MODEL);
  const videos = videoReader();
  const slot = new ModelSlot(
    {
      devices: new Devices(2, 'linux', cuda, smallDevice(400)),
      preparer: {
        prepare: ({ request, identity }, signal) =>
          prepareSample(prompts, request, { videos, identity }, signal),
      },
      features: undefined,
    },
    { onTry: () => undefined, onChosen: (use) => chosen.push(use) },
    silentLogger,
  );
  const long = sampleOf({ messages: [{ role: 'user', content: 'word '.repeat(600) }] });
  const signal = new AbortController().signal;
  const score = (sample = long) => {
    const request = { sample, mediaRoot: tempFolder(), options: SAFE };
    return scoreOnDevice(slot, TINY_MODEL, choice, request, () => undefined, signal);
  };
  return { scores: [await score(sampleOf()), await score(), await score(sampleOf())], chosen };
}

test('auto: the sample that does not fit is scored on the CPU, and so are the next ones', async () => {
  const { scores, chosen } = await scoreBoth('auto');
  expect(scores.map(({ computedOn }) => computedOn)).toEqual(['webgpu', 'cpu', 'cpu']);
  expect(scores.map(({ rewards }) => rewards.includes(null))).toEqual([false, false, false]);
  expect(chosen.map(({ device }) => device)).toEqual(['webgpu', 'cpu']);
  expect(chosen[1]?.refused.at(-1)).toMatchObject({
    device: 'webgpu',
    error: {
      code: 'DEVICE_OUT_OF_MEMORY',
      message: expect.stringMatching(/a prefix of \d{3,} tokens.*smaller hd_num/) as string,
    },
  });
});

test('a device asked for by name stays: the sample fails with the sizes', async () => {
  const { scores, chosen } = await scoreBoth('webgpu');
  expect(scores.map(({ error }) => error?.code)).toEqual([
    undefined,
    'DEVICE_OUT_OF_MEMORY',
    undefined,
  ]);
  expect(scores[2]?.rewards).toEqual(scores[0]?.rewards);
  expect(chosen).toHaveLength(1);
});

/** An engine that dies on WebGPU unless it is told that WebGPU is broken. */
const CRASHING_ENGINE = `
  const rpc = require(${JSON.stringify(createRequire(import.meta.url).resolve('vscode-jsonrpc/node'))});
  const connection = rpc.createMessageConnection(
    new rpc.IPCMessageReader(process), new rpc.IPCMessageWriter(process));
  let broken = [];
  connection.onRequest('hello', (params) => { broken = params.broken; return { pid: process.pid }; });
  connection.onRequest('prepare', async () => {
    if (broken.length === 0) {
      await connection.sendNotification('tryingDevice', { device: 'webgpu' });
      setTimeout(() => process.abort(), 50);
      return new Promise(() => {});
    }
    return { broken };
  });
  connection.listen();
`;

test('a device that takes the engine down is named to the next engine', async () => {
  const script = path.join(tempFolder(), 'crashing.js');
  fs.writeFileSync(script, CRASHING_ENGINE);
  const client = new EngineClient({ script, logger: silentLogger, idleStopMs: 0 });
  const answer = await client.call({
    type: PREPARE,
    params: { modelFolder: TINY_MODEL, device: 'auto' },
    retry: { running: () => true, onRetry: () => undefined },
  });
  client.dispose();
  expect(answer).toMatchObject({
    broken: [
      {
        device: 'webgpu',
        error: {
          code: 'DEVICE_UNAVAILABLE',
          message: expect.stringContaining('SIGABRT') as string,
        },
      },
    ],
  });
});
