// A head is fitted in the engine process: with progress, between the rewards somebody waits for, and
// given up when it is cancelled.

import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import type { Progress } from '../../../src/base/progress';
import { EngineClient } from '../../../src/client/engineClient';
import { EngineScorer, PRIORITY } from '../../../src/client/engineScorer';
import { floatsFromBase64 } from '../../../src/node/base64Floats';
import {
  FIT_HEAD,
  FIT_HEAD_PROGRESS,
  type FitHeadAnswer,
} from '../../../src/protocol/engineProtocol';
import { DEFAULT_LEARN_SETTINGS } from '../../../src/sample/headFacts';
import type { PromptPairs } from '../../../src/sample/promptPairs';
import { ENGINE, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

let client: EngineClient | undefined;

afterEach(() => {
  client?.dispose();
  client = undefined;
});

/** @param name of a question: features that are known cost nothing */
function promptsOf(name: string, count: number): readonly PromptPairs[] {
  return Array.from({ length: count }, (_, n) => {
    const content = `${name} ${n}?`;
    const candidates = [{ text: `Yes, ${n} it is.` }, { text: `No ${n}.` }];
    const sample = sampleOf({ messages: [{ role: 'user', content }], candidates });
    const request = { sample, mediaRoot: '/', options: SAFE };
    return { request, prompt: content, pairs: [[1, 0]] };
  });
}

function fit(
  prompts: readonly PromptPairs[],
  onValue: (progress: Progress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<FitHeadAnswer> {
  client ??= new EngineClient({ script: ENGINE, logger: silentLogger, idleStopMs: 0 });
  const settings = DEFAULT_LEARN_SETTINGS;
  return client.call({
    type: FIT_HEAD,
    params: { modelFolder: TINY_MODEL, device: 'cpu', prompts, settings, token: 'fit' },
    progress: { type: FIT_HEAD_PROGRESS, token: 'fit', onValue },
    signal,
  });
}

test('the head gives the rewards that its features promise; the figures stand beside', async () => {
  const prompts = promptsOf('Is this so', 12);
  const { model, weights, facts, faults } = await fit(prompts);
  expect(faults).toEqual([]);
  expect(facts.heldOut).toMatchObject({ pairs: 12, samples: 12 });
  expect(floatsFromBase64(weights).every(Number.isFinite)).toBe(true);
  const head = { id: 'fitted', model, weights };
  const scorer = new EngineScorer(
    client ?? expect.unreachable(),
    TINY_MODEL,
    'cpu',
    PRIORITY.person,
  );
  // it was fitted to these: the shorter answer is above
  for (const { request } of prompts) {
    const { rewards } = await scorer.score({ ...request, options: { ...SAFE, head } });
    expect(Number(rewards[1])).toBeGreaterThan(Number(rewards[0]));
  }
});

test('cancelled, it ends, and the engine goes on', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const work = fit(
    promptsOf('Shall this end', 4000),
    ({ done }) => {
      seen.push(done);
      if (done > 0) {
        controller.abort();
      }
    },
    controller.signal,
  );
  await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(seen.at(-1)).toBeLessThan(4000);
  expect((await fit(promptsOf('Is this so', 12))).facts.fit.pairs).toBe(12);
});
