// What a page is told of the checks that it asks for.

import { afterEach, expect, test, vi } from 'vitest';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import type { ExplanationView } from '../../../src/protocol/explanationParts';
import type { Check } from '../../../src/sample/explanation';
import { failedScore } from '../../../src/sample/reward';
import { LengthScorer } from '../../support/fakeScorer';
import { datasetOf, endHosts, fakePanel, startHost, type FakeWebview } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const TEXT = 'One. **Two.** Three.';
const ROWS = ['a', 'b', 'b', 'c'].map((name, n) => ({
  id: `s${n}`,
  prompt: 'p',
  images: [`${name}.png`],
  candidates: [{ text: 'Short.' }, { text: TEXT }],
}));

async function open(setUp: (host: ReturnType<typeof startHost>, file: string) => unknown) {
  const file = datasetOf(ROWS);
  const host = startHost();
  await setUp(host, file);
  const { webview, panel } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open();
  const { sample } = await webview.last('sample');
  const named = (check: Check) => ({ key: sample.key, text: TEXT, check, image: 0 });
  return {
    host,
    webview,
    ask: (check: Check, confirmed = false) =>
      webview.send({ type: 'explain', ...named(check), confirmed }),
    cancel: (check: Check) => webview.send({ type: 'cancelExplain', ...named(check) }),
  };
}

/** What the page was told of a check, up to a state. */
async function until(webview: FakeWebview, state: ExplanationView['state']) {
  const { explanation } = await webview.last(
    'explanation',
    (message) => message.explanation.state === state,
  );
  return explanation;
}

const slow = {
  ...failedScore(1, { code: 'INTERNAL', message: '' }),
  tokens: { prefix: 1, tails: [1], texts: [1] },
  timing: { msVision: 0, msPrefix: 9000, msTails: [9000], cached: { vision: true, prefix: false } },
};

test('sentences: how far it is, then the curve, of the answer that has the text', async () => {
  const { webview, ask } = await open(() => undefined);
  ask('sentences');
  expect(await until(webview, 'found')).toMatchObject({
    found: { check: 'sentences', own: { reward: 20 }, steps: [{ reward: 4 }, {}, { reward: 20 }] },
  });
  const states = webview.posted.flatMap((message) =>
    message.type === 'explanation' ? [message.explanation] : [],
  );
  expect(states).toContainEqual({ state: 'running', done: 2, total: 3 });
  // letters follow the order on the page
  ask('style');
  const style = await webview.last(
    'explanation',
    ({ check, explanation }) => check === 'style' && explanation.state === 'found',
  );
  expect(style.explanation).toMatchObject({
    found: { plain: { reward: 16 }, short: { candidate: 0, characters: 4 } },
  });
});

test('another sample with other pictures stands in, and the usual change is told', async () => {
  const { webview, ask } = await open(() => undefined);
  ask('grounding');
  expect(await until(webview, 'found')).toEqual({
    state: 'found',
    found: {
      check: 'grounding',
      own: { reward: 20 },
      without: { reward: 20 },
      other: { id: 's1', reward: 20 },
    },
    usual: { median: 0, checks: 1 },
  });
});

test('what would take long is asked about first', async () => {
  const { host, webview, ask } = await open(() => undefined);
  host.services.engine.rates.record({
    ...slow,
    tokens: { ...slow.tokens, prefix: 1 },
  });
  const scorer = new LengthScorer();
  host.engine.scorer = {
    score: async (request, onReward, signal) => ({
      ...(await scorer.score(request, onReward, signal)),
      tokens: { prefix: 1, tails: [1], texts: [1] },
    }),
  };
  ask('sentences');
  expect(await until(webview, 'cost')).toEqual({ state: 'cost', seconds: 27, rewards: 3 });
  expect(scorer.requests).toHaveLength(1); // its own reward alone
  ask('sentences', true);
  expect(await until(webview, 'found')).toMatchObject({ found: { check: 'sentences' } });
});

test('a check that is stopped gives nothing, and the scorer is told', async () => {
  const { host, webview, ask, cancel } = await open(() => undefined);
  const signals: AbortSignal[] = [];
  host.engine.scorer = new LengthScorer((_, signal) => {
    if (signal === undefined) {
      return;
    }
    signals.push(signal);
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('stopped'))),
    );
  });
  ask('sentences');
  await vi.waitFor(() => expect(signals).toHaveLength(1));
  cancel('sentences');
  expect(await until(webview, 'none')).toEqual({ state: 'none' });
  expect(signals[0]?.aborted).toBe(true);
  await vi.waitFor(() => expect(webview.posted.at(-1)).toMatchObject({ type: 'explanation' }));
});

test('a blind sample tells nothing, and nothing is computed', async () => {
  const scorer = new LengthScorer();
  const { webview, ask } = await open(async (host, file) => {
    await host.services.presentations.setMode(file, { blind: true });
    host.engine.scorer = scorer;
  });
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(1));
  ask('sentences');
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  expect(webview.posted.filter(({ type }) => type === 'explanation')).toEqual([]);
  expect(scorer.requests).toHaveLength(1);
});
