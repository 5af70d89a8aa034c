// Edits through the host: what the page is told, and which texts are scored.

import { afterEach, expect, test, vi } from 'vitest';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import { LengthScorer } from '../../support/fakeScorer';
import { datasetOf, endHosts, fakePanel, startHost, type FakeWebview } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const ROWS = [{ id: 's0', prompt: 'p', candidates: ['a', 'bb'] }];

async function openEditor(): Promise<{
  webview: FakeWebview;
  key: string;
  scorer: LengthScorer;
}> {
  const { services, engine } = startHost();
  const scorer = new LengthScorer();
  engine.scorer = scorer;
  const { webview, panel } = fakePanel();
  await new ReviewEditor(services, panel, datasetOf(ROWS)).open();
  const { sample } = await webview.last('sample');
  return { webview, key: sample.key, scorer };
}

const rewards = (webview: FakeWebview, ...wanted: number[]) =>
  webview.last(
    'score',
    ({ score }) =>
      JSON.stringify(score.candidates.map((each) => ('reward' in each ? each.reward : null))) ===
      JSON.stringify(wanted),
  );

test('an edit is shown with the reward of its text, beside what it was; the key stays', async () => {
  const { webview, key } = await openEditor();
  await rewards(webview, 1, 2);
  const body = { kind: 'edit', candidate: 0, text: 'aaaaa' };
  expect(await webview.ask({ type: 'record', key, body })).toMatchObject({ type: 'done' });
  const { sample } = await webview.last('sample', (told) => told.sample.candidates.length === 2);
  expect(sample).toMatchObject({ key, candidates: [{ text: 'aaaaa', original: 'a' }, {}] });
  expect((await rewards(webview, 5, 2)).score.before).toEqual([1, null]);
  await webview.ask({ type: 'undoChange', key, candidate: 0 });
  await webview.last('sample', (told) => told.sample.candidates[0]?.text === 'a');
});

test('an answer is added in the person’s name, can be ranked, and no other one', async () => {
  const { webview, key } = await openEditor();
  await webview.ask({ type: 'record', key, body: { kind: 'add', text: 'ccc' } });
  const { sample } = await webview.last('sample', (told) => told.sample.candidates.length === 3);
  expect(sample.candidates[2]).toMatchObject({ text: 'ccc', added: true });
  expect(sample.candidates[2]?.source).not.toBe('');
  const rank = { kind: 'rank', unranked: [], accepted: false, blind: false, shown: [], ms: 1 };
  const ask = (ranks: number[][]) => webview.ask({ type: 'record', key, body: { ...rank, ranks } });
  expect(await ask([[2], [0]])).toMatchObject({ type: 'done' });
  expect(await ask([[3], [0]])).toMatchObject({ type: 'failed' });
  const body = { kind: 'edit', candidate: 3, text: 'x' };
  expect(await webview.ask({ type: 'record', key, body })).toMatchObject({ type: 'failed' });
});

test('a text that is not saved is scored alone, and the page is told', async () => {
  const { webview, key, scorer } = await openEditor();
  await rewards(webview, 1, 2);
  webview.send({ type: 'scoreText', key, text: 'four' });
  const { score } = await webview.last('textScore', (told) => told.score.state === 'scored');
  expect(score).toMatchObject({ reward: 4 });
  expect(scorer.requests.at(-1)?.sample.candidates).toEqual([{ text: 'four' }]);
});

test('answers that are not saved come back with their sample, and go when they are', async () => {
  const { webview, key } = await openEditor();
  webview.send({ type: 'answerDraft', key, candidate: 1, text: 'half' });
  webview.send({ type: 'answerDraft', key, text: 'new' });
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  const { sample } = await webview.last('sample', (told) => told.sample.answerDrafts.length === 2);
  expect(sample.answerDrafts).toEqual([{ candidate: 1, text: 'half' }, { text: 'new' }]);
  await webview.ask({ type: 'record', key, body: { kind: 'add', text: 'new' } });
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  await webview.last('sample', (told) => told.sample.answerDrafts.length === 1);
});
