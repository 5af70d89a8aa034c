import fs from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import {
  EngineClient,
  type EngineClientOptions,
  type EngineStatus,
} from '../../../src/client/engineClient';
import { EngineScorer, PRIORITY } from '../../../src/client/engineScorer';
import {
  COMPARE,
  DESCRIBE_MODEL,
  GET_SCORE,
  GET_SCORES,
  INSPECT,
  PROTOCOL_VERSION,
  RANK,
  SELF_TEST,
} from '../../../src/protocol/engineProtocol';
import type { RewardEvent } from '../../../src/sample/scorer';
import { dyingEngine } from '../../support/dyingEngine';
import { ENGINE, FIXTURES, tempFolder, TINY_MODEL } from '../../support/paths';
import { conversationOf, REFERENCE, SAFE, sampleOf } from '../../support/samples';

const clients: EngineClient[] = [];

function clientOf(options: Partial<EngineClientOptions> = {}): EngineClient {
  const client = new EngineClient({
    script: ENGINE,
    logger: silentLogger,
    idleStopMs: 0,
    ...options,
  });
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) {
    client.dispose();
  }
});

const mediaRoot = path.join(FIXTURES, 'images');
/** long enough that the engine is still at work when a message about it arrives */
const LONG = ' and on'.repeat(500);
const many = (count: number, rest = '') =>
  sampleOf({
    candidates: Array.from({ length: count }, (_, n) => ({ text: `answer ${n}${rest}` })),
  });

test('starts on first use, answers, stops and starts again', async () => {
  const client = clientOf();
  const states: string[] = [];
  client.onStatus.on((status) => states.push(status.state));
  expect(client.status.state).toBe('stopped');
  const first = await client.hello();
  expect(first).toMatchObject({
    protocol: PROTOCOL_VERSION,
    onnxruntime: expect.stringMatching(/^1\./) as string,
  });
  await client.stop();
  expect(client.status.state).toBe('stopped');
  const second = await client.hello();
  expect(second.pid).not.toBe(first.pid);
  expect(states).toEqual(['starting', 'ready', 'stopped', 'starting', 'ready']);
});

test('scores, with rewards as they come, and the same after a restart', async () => {
  const client = clientOf();
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.person);
  const request = { sample: sampleOf({ images: ['tiny.png'] }), mediaRoot, options: SAFE };
  const events: RewardEvent[] = [];
  const { rewards } = await scorer.score(request, (event) => events.push(event));
  expect(events).toEqual(rewards.map((reward, candidate) => ({ candidate, reward })));
  await client.stop();
  const again = await scorer.score(request);
  expect(again.rewards).toEqual(rewards);
});

test('an engine killed in the middle of a run: restarted, sent again, nothing lost or doubled', async () => {
  const sample = many(30);
  const expected = await new EngineScorer(clientOf(), TINY_MODEL, 'cpu', PRIORITY.batch).score({
    sample,
    mediaRoot,
    options: SAFE,
  });
  const { script, deaths } = dyingEngine(10, 1);
  const client = clientOf({ script });
  const statuses: EngineStatus[] = [];
  client.onStatus.on((status) => statuses.push(status));
  const retried: string[] = [];
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.batch, (request) =>
    retried.push(request.sample.id),
  );
  const events: RewardEvent[] = [];
  const score = await scorer.score({ sample, mediaRoot, options: SAFE }, (event) =>
    events.push(event),
  );
  expect(deaths()).toBe(1);
  expect(score.rewards).toEqual(expected.rewards);
  expect(retried).toEqual(['a']);
  expect(events.slice(-30).map((event) => event.candidate)).toEqual(
    expected.rewards.map((_, n) => n),
  );
  expect(statuses.some((status) => status.state === 'restarting')).toBe(true);
});

test('a request that waits while another one kills the engine is sent again, too', async () => {
  const { script, deaths } = dyingEngine(2, 1);
  const client = clientOf({ script });
  const retried: string[] = [];
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.batch, (request) =>
    retried.push(request.sample.id),
  );
  // the first one dies at its third answer, while the others wait at the engine's door
  const scores = await Promise.all(
    ['first', 'second', 'third'].map((id, n) =>
      scorer.score({ sample: { ...many(10 * (n + 1)), id }, mediaRoot, options: SAFE }),
    ),
  );
  expect(deaths()).toBe(1);
  expect(retried.sort()).toEqual(['first', 'second', 'third']);
  expect(scores.map(({ rewards }) => rewards.length)).toEqual([10, 20, 30]);
  expect(scores.flatMap(({ rewards }) => rewards)).not.toContain(null);
});

test('a sample that kills the engine every time is given up after three tries', async () => {
  const { script, deaths } = dyingEngine(3, 3);
  const client = clientOf({ script });
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.batch);
  const score = scorer.score({ sample: many(5), mediaRoot, options: SAFE });
  await expect(score).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(deaths()).toBe(3);
  // the next sample finds a new engine
  const next = await scorer.score({ sample: sampleOf(), mediaRoot, options: SAFE });
  expect(next.rewards).toHaveLength(2);
});

test('cancelling ends the run early and leaves the engine running', async () => {
  const client = clientOf();
  const { pid } = await client.hello();
  const controller = new AbortController();
  const seen: number[] = [];
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.person);
  const candidates = 400;
  const run = scorer.score(
    { sample: many(candidates, LONG), mediaRoot, options: SAFE },
    ({ candidate }) => {
      seen.push(candidate);
      if (candidate === 2) {
        controller.abort();
      }
    },
    controller.signal,
  );
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  // answers only now: what was cancelled does not hold up the queue
  await client.call({ type: SELF_TEST, params: { modelFolder: TINY_MODEL, device: 'cpu' } });
  // within one candidate of the engine's hearing of it (modelScorer.test.ts); how long that takes
  // depends on the machine
  expect(seen.length).toBeLessThan(candidates);
  expect((await client.hello()).pid).toBe(pid);
});

test('who waits goes before a batch', async () => {
  const client = clientOf();
  await client.call({ type: SELF_TEST, params: { modelFolder: TINY_MODEL, device: 'cpu' } });
  const done: string[] = [];
  const score = async (name: string, priority: number): Promise<void> => {
    const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', priority);
    await scorer.score({ sample: many(20, LONG), mediaRoot, options: SAFE });
    done.push(name);
  };
  await Promise.all([
    score('batch 1', PRIORITY.batch),
    score('batch 2', PRIORITY.batch),
    score('person', PRIORITY.person),
  ]);
  expect(done).toEqual(['batch 1', 'person', 'batch 2']);
});

test('stops by itself when idle, and starts again when needed', async () => {
  const client = clientOf({ idleStopMs: 50 });
  const params = { modelFolder: TINY_MODEL };
  await client.call({ type: DESCRIBE_MODEL, params });
  const { pid } = await client.hello();
  await client.call({ type: DESCRIBE_MODEL, params });
  while (client.status.state !== 'stopped') {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await client.call({ type: DESCRIBE_MODEL, params });
  expect((await client.hello()).pid).not.toBe(pid);
});

test('errors of the engine come back with their code', async () => {
  const client = clientOf();
  await expect(
    client.call({ type: DESCRIBE_MODEL, params: { modelFolder: '/nowhere' } }),
  ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  const request = { sample: sampleOf({ images: ['none.png'] }), mediaRoot, options: SAFE };
  const rows = await client.call({
    type: INSPECT,
    params: { modelFolder: TINY_MODEL, request },
  });
  expect(rows).toMatchObject([{ error: { code: 'MEDIA_NOT_FOUND' } }, { candidate: 1 }]);
});

test('the published functions, answered by the engine', async () => {
  const client = clientOf();
  const conversations = ['Four.', 'Five.', 'Four.'].map((text) => conversationOf(text));
  const paramsOf = (count: number, options = REFERENCE) => ({
    modelFolder: TINY_MODEL,
    device: 'cpu' as const,
    conversations: conversations.slice(0, count),
    mediaRoot,
    options,
    priority: PRIORITY.batch,
  });
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.batch);
  const { rewards } = await scorer.score({ sample: sampleOf(), mediaRoot, options: REFERENCE });
  const [four, five] = rewards as [number, number];
  expect(four).not.toBe(five);
  expect(await client.call({ type: GET_SCORE, params: paramsOf(1) })).toBe(four);
  expect(await client.call({ type: GET_SCORES, params: paramsOf(1) })).toBe(four);
  expect(await client.call({ type: GET_SCORES, params: paramsOf(3) })).toEqual([four, five, four]);
  expect(await client.call({ type: COMPARE, params: paramsOf(2) })).toEqual({
    better: four > five,
    logits: [four, five],
  });
  expect(await client.call({ type: RANK, params: paramsOf(3) })).toEqual({
    order: four > five ? [0, 2, 1] : [1, 0, 2],
    logits: [four, five, four],
  });
  expect(await client.call({ type: GET_SCORES, params: paramsOf(1, SAFE) })).toEqual([four]);
  for (const [type, count] of [
    [GET_SCORE, 2],
    [COMPARE, 3],
    [RANK, 1],
  ] as const) {
    const call = client.call<unknown, unknown>({ type, params: paramsOf(count) });
    await expect(call).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('a script that is no engine fails to start with a reason', async () => {
  const script = path.join(tempFolder(), 'broken.js');
  fs.writeFileSync(script, 'process.exit(7);\n');
  const client = clientOf({ script });
  await expect(client.hello()).rejects.toMatchObject({
    code: 'ENGINE_START_FAILED',
    message: expect.stringContaining('exit code 7') as string,
  });
  expect(client.status.state).toBe('failed');
});

test('an abort while the engine starts is heard', async () => {
  const client = clientOf();
  const controller = new AbortController();
  const scorer = new EngineScorer(client, TINY_MODEL, 'cpu', PRIORITY.batch);
  const events: RewardEvent[] = [];
  const request = { sample: many(20), mediaRoot, options: SAFE };
  const run = scorer.score(request, (event) => events.push(event), controller.signal);
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(events).toEqual([]);
});

test('a call leaves nothing behind', async () => {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const client = clientOf();
  const answer = async (): Promise<WeakRef<object>> =>
    new WeakRef(await client.call({ type: DESCRIBE_MODEL, params: { modelFolder: TINY_MODEL } }));
  // the last one may still be on its way out
  const [first, second] = [await answer(), await answer(), await answer()];
  await client.hello();
  // when things are collected is up to the machine; what something holds never is
  await vi.waitFor(() => {
    collect();
    expect([first.deref(), second.deref()]).toEqual([undefined, undefined]);
  }, 10_000);
});

test('what an engine that does not start said last goes with the error', async () => {
  const script = path.join(tempFolder(), 'broken.js');
  fs.writeFileSync(script, "throw new Error('no runtime here');\n");
  await expect(clientOf({ script }).hello()).rejects.toMatchObject({
    code: 'ENGINE_START_FAILED',
    data: { log: expect.stringContaining('no runtime here') as string },
  });
});

test('Ctrl+C to the whole process group does not end the engine', async () => {
  const client = clientOf();
  const { pid } = await client.hello();
  process.kill(pid, 'SIGINT');
  const rows = await client.call({ type: DESCRIBE_MODEL, params: { modelFolder: TINY_MODEL } });
  expect(rows.folder).toBe(TINY_MODEL);
  expect((await client.hello()).pid).toBe(pid);
});
