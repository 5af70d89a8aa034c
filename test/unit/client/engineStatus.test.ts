// What the client says of the engine when it ends unasked: only what will happen.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import { EngineClient, type EngineStatus } from '../../../src/client/engineClient';
import { EngineScorer, PRIORITY } from '../../../src/client/engineScorer';
import { PROTOCOL_VERSION, VIDEO_FRAMES } from '../../../src/protocol/engineProtocol';
import { tempFolder } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

/** An engine that greets, dies of videos and of samples named "deadly", and never answers others. */
function stubEngine(): string {
  const script = path.join(tempFolder(), 'stub-engine.js');
  fs.writeFileSync(
    script,
    `process.on('message', ({ id, method, params }) => {
  if (method === 'hello') {
    const result = { protocol: ${PROTOCOL_VERSION}, pid: process.pid };
    process.send({ jsonrpc: '2.0', id, result });
  } else if (method === 'shutdown') {
    process.exit(0);
  } else if (method === 'videoFrames' || params?.request?.sample.id === 'deadly') {
    if (params.token !== undefined) {
      const value = { type: 'started' };
      // an exit at once may lose what was sent
      const progress = { jsonrpc: '2.0', method: '$/progress', params: { token: params.token, value } };
      process.send(progress, () => process.exit(9));
    } else {
      process.exit(9);
    }
  }
});
`,
  );
  return script;
}

const clients: EngineClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) {
    client.dispose();
  }
});

function startClient(): { client: EngineClient; statuses: EngineStatus[] } {
  const client = new EngineClient({ script: stubEngine(), logger: silentLogger, idleStopMs: 0 });
  clients.push(client);
  const statuses: EngineStatus[] = [];
  client.onStatus.on((status) => statuses.push(status));
  return { client, statuses };
}

const frames = { type: VIDEO_FRAMES, params: { mediaRoot: '/', path: 'v.mp4' } };

function score(client: EngineClient, id: string, signal?: AbortSignal): Promise<unknown> {
  const scorer = new EngineScorer(client, '/model', 'cpu', PRIORITY.person);
  const request = { sample: sampleOf({ id }), mediaRoot: '/', options: SAFE };
  return scorer.score(request, undefined, signal);
}

test('after three deaths it has failed, with the reason, and the error says how often', async () => {
  const { client, statuses } = startClient();
  await expect(score(client, 'deadly')).rejects.toMatchObject({
    code: 'ENGINE_STOPPED',
    data: { tries: 3 },
  });
  expect(client.status).toEqual({
    state: 'failed',
    reason: expect.stringContaining('exit code 9') as string,
  });
  expect(statuses.filter(({ state }) => state === 'restarting')).toHaveLength(2);
});

test('a request that is not sent again: stopped, and nobody says it was restarted', async () => {
  const { client, statuses } = startClient();
  const error: unknown = await client.call(frames).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(error).not.toHaveProperty('data.tries');
  expect(client.status).toEqual({ state: 'stopped' });
  expect(statuses.map(({ state }) => state)).toEqual(['starting', 'ready', 'stopped']);
});

test('a cancelled run whose engine had to be ended leaves it stopped', async () => {
  const { client } = startClient();
  const controller = new AbortController();
  const run = score(client, 'endless', controller.signal);
  await client.hello();
  await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort();
  await client.kill();
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(client.status).toEqual({ state: 'stopped' });
});

test('a run that is cancelled while the engine restarts for it leaves nothing restarting', async () => {
  const { client } = startClient();
  const controller = new AbortController();
  client.onStatus.on(({ state }) => {
    if (state === 'restarting') {
      controller.abort();
    }
  });
  await expect(score(client, 'deadly', controller.signal)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(client.status).toEqual({ state: 'stopped' });
});

test('one request gives up while another goes on: the engine is restarted for that one', async () => {
  const { client } = startClient();
  const controller = new AbortController();
  const endless = score(client, 'endless', controller.signal);
  await expect(score(client, 'deadly')).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  const { pid } = await client.hello();
  expect(client.status).toEqual({ state: 'ready', pid, busy: true });
  controller.abort();
  await client.kill();
  await expect(endless).rejects.toMatchObject({ code: 'CANCELLED' });
});
