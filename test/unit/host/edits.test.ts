// Edits through the host: what the page is told, and which texts are scored.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import type { SampleView } from '../../../src/protocol/reviewProtocol';
import { journalPath } from '../../../src/review/journalPath';
import { exportPairs } from '../../../src/review/pairExport';
import { SETTINGS } from '../../../src/host/ids';
import { LengthScorer } from '../../support/fakeScorer';
import { world } from './fakeVscode';
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
  const body = { kind: 'edit', candidate: 0, shown: [0, 1], text: 'aaaaa' };
  expect(await webview.ask({ type: 'record', key, body })).toMatchObject({ type: 'done' });
  const { sample } = await webview.last('sample', (told) => told.sample.candidates.length === 2);
  expect(sample).toMatchObject({ key, candidates: [{ text: 'aaaaa', original: 'a' }, {}] });
  expect((await rewards(webview, 5, 2)).score.before).toEqual([1, null]);
  await webview.ask({ type: 'undoChange', key, candidate: 0, shown: [0, 1] });
  await webview.last('sample', (told) => told.sample.candidates[0]?.text === 'a');
});

test('no reward is ever told beside a text that it is not of', async () => {
  const { webview, key } = await openEditor();
  await rewards(webview, 1, 2);
  for (const text of ['aaaaa', 'a', 'aaa']) {
    const body = { kind: 'edit', candidate: 0, shown: [0, 1], text };
    await webview.ask({ type: 'record', key, body });
    await rewards(webview, text.length, 2);
  }
  let shown: number[] = [];
  let told = 0;
  for (const message of webview.posted) {
    if (message.type === 'sample') {
      shown = message.sample.candidates.map(({ text }) => text.length);
    }
    const score =
      message.type === 'sample'
        ? message.sample.score
        : message.type === 'score'
          ? message.score
          : undefined;
    for (const [n, each] of (score?.candidates ?? []).entries()) {
      if (each.state === 'scored') {
        told += 1;
        expect(each.reward).toBe(shown[n]);
      }
    }
  }
  expect(told).toBeGreaterThan(7);
});

test('an answer is added in the person’s name, can be ranked, and no other one', async () => {
  const { webview, key } = await openEditor();
  await webview.ask({ type: 'record', key, body: { kind: 'add', text: 'ccc' } });
  const { sample } = await webview.last('sample', (told) => told.sample.candidates.length === 3);
  expect(sample.candidates[2]).toMatchObject({ text: 'ccc', added: true });
  expect(sample.candidates[2]?.source).not.toBe('');
  const rank = {
    kind: 'rank',
    unranked: [],
    accepted: false,
    blind: false,
    shown: [0, 1, 2],
    ms: 1,
  };
  const ask = (ranks: number[][]) => webview.ask({ type: 'record', key, body: { ...rank, ranks } });
  expect(await ask([[2], [0]])).toMatchObject({ type: 'done' });
  expect(await ask([[3], [0]])).toMatchObject({ type: 'failed' });
  const body = { kind: 'edit', candidate: 3, shown: [0, 1, 2], text: 'x' };
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
  webview.send({ type: 'answerDraft', key, candidate: 1, shown: [0, 1], text: 'half' });
  webview.send({ type: 'answerDraft', key, shown: [0, 1], text: 'new' });
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  const { sample } = await webview.last('sample', (told) => told.sample.answerDrafts.length === 2);
  expect(sample.answerDrafts).toEqual([{ candidate: 1, text: 'half' }, { text: 'new' }]);
  await webview.ask({ type: 'record', key, body: { kind: 'add', text: 'new' } });
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  await webview.last('sample', (told) => told.sample.answerDrafts.length === 1);
});

test('what is typed while an answer is being saved is no less a draft', async () => {
  const { webview, key } = await openEditor();
  const draft = { type: 'answerDraft' as const, key, candidate: 1, shown: [0, 1] };
  webview.send({ ...draft, text: 'half' });
  const body = { kind: 'edit', candidate: 1, shown: [0, 1], text: 'half' };
  const saved = webview.ask({ type: 'record', key, body });
  webview.send({ ...draft, text: 'half and more' });
  webview.send({ type: 'answerDraft', key, shown: [0, 1], text: 'new' });
  await saved;
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  expect((await webview.last('sample')).sample.answerDrafts).toEqual([
    { candidate: 1, text: 'half and more' },
    { text: 'new' },
  ]);
});

test('what was typed into an answer that was taken back does not go to a later one', async () => {
  const { webview, key } = await openEditor();
  const add = (text: string) => webview.ask({ type: 'record', key, body: { kind: 'add', text } });
  await add('ccc');
  webview.send({ type: 'answerDraft', key, candidate: 2, shown: [0, 1, 2], text: 'half' });
  await webview.ask({ type: 'undoChange', key, candidate: 2, shown: [0, 1, 2] });
  await add('dddd');
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  expect((await webview.last('sample')).sample.answerDrafts).toEqual([]);
});

test('no reward of a text stands beside another one, also when nothing is scored on its own', async () => {
  world.settings.set(SETTINGS.scoreOnOpen, false);
  const { services, engine } = startHost();
  engine.scorer = {
    score: (_, onReward) => {
      onReward?.({ candidate: 0, reward: 1 });
      return new Promise(() => undefined); // the other one takes its time
    },
  };
  const { webview, panel } = fakePanel();
  await new ReviewEditor(services, panel, datasetOf(ROWS)).open();
  const { key } = (await webview.last('sample')).sample;
  webview.send({ type: 'scoreAgain', key });
  await webview.last('score', ({ score }) => score.candidates[0]?.state === 'scored');
  const body = { kind: 'edit', candidate: 0, shown: [0, 1], text: 'aaaaa' };
  await webview.ask({ type: 'record', key, body });
  const { sample } = await webview.last('sample', (told) => textsOf(told.sample)[0] === 'aaaaa');
  expect(sample.score.candidates[0]).not.toHaveProperty('reward');
});

/** Answers whose order is another one than the file's. */
async function openShuffled() {
  const texts = ['1', '22', '333', '4444'];
  const rows = Array.from({ length: 8 }, (_, n) => ({
    id: `s${n}`,
    prompt: `p${n}`,
    candidates: texts,
  }));
  const file = datasetOf(rows);
  const { services } = startHost();
  await services.presentations.setMode(file, { shuffle: true });
  const { webview, panel } = fakePanel();
  await new ReviewEditor(services, panel, file).open();
  let shown = (await webview.last('sample')).sample;
  // an order that is no swap: positions and indices can't be taken for each other
  for (let row = 1; shown.shown.every((index, n) => shown.shown[index] === n); row += 1) {
    await webview.ask({ type: 'openRow', row, takeFocus: false });
    shown = (await webview.last('sample', ({ sample }) => sample.row === row)).sample;
  }
  const journal = () =>
    fs
      .readFileSync(journalPath(file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { webview, file, texts, sample: shown, journal };
}

const textsOf = ({ candidates }: SampleView) => candidates.map(({ text }) => text);

test('shuffled: edits and written answers go to the file’s indices, and are ranked and exported', async () => {
  const { webview, file, texts, sample, journal } = await openShuffled();
  const { key } = sample;
  const shown = [...sample.shown];
  const at = shown.findIndex((index, n) => shown[index] !== n);
  const index = shown[at] ?? NaN;
  expect(textsOf(sample)[at]).toBe(texts[index]);
  const edit = { kind: 'edit', candidate: at, shown, text: 'edited' };
  await webview.ask({ type: 'record', key, body: edit });
  expect(journal().at(-1)).toMatchObject({ kind: 'edit', candidate: index, text: 'edited' });
  expect(journal().at(-1)).not.toHaveProperty('shown');
  const edited = (await webview.last('sample', (told) => textsOf(told.sample)[at] === 'edited'))
    .sample;
  expect(edited.candidates[at]).toMatchObject({ original: texts[index] });
  expect(edited.shown).toEqual(shown);

  await webview.ask({ type: 'record', key, body: { kind: 'add', text: 'written' } });
  const all = (await webview.last('sample', (told) => told.sample.candidates.length === 5)).sample;
  expect(all.shown).toEqual([...shown, 4]);
  expect(all.candidates[4]).toMatchObject({ text: 'written', added: true });
  // the reward of each stands on its own card: it is the length of the text
  await webview.last('score', ({ score }) =>
    score.candidates.every(
      (own, n) => own.state === 'scored' && own.reward === textsOf(all)[n]?.length,
    ),
  );
  expect((await webview.last('score')).score.before).toEqual(
    all.candidates.map((_, n) => (n === at ? texts[index]?.length : null)),
  );

  const others = [0, 1, 2, 3].filter((position) => position !== at);
  const rank = { kind: 'rank', unranked: others, accepted: false, blind: false, ms: 1 };
  const body = { ...rank, shown: [...all.shown], ranks: [[at], [4]] };
  expect(await webview.ask({ type: 'record', key, body })).toMatchObject({ type: 'done' });
  expect(journal().at(-1)).toMatchObject({
    kind: 'rank',
    ranks: [[index], [4]],
    unranked: [0, 1, 2, 3].filter((other) => other !== index),
    shown: [...shown, 4],
  });

  const out = path.join(path.dirname(file), 'pairs.jsonl');
  const source = { from: 'verdicts', journal: journalPath(file) } as const;
  const datasets = [{ path: file, mediaRoot: path.dirname(file), source }];
  await exportPairs({ datasets, format: 'trl', policy: 'all', out });
  expect(JSON.parse(fs.readFileSync(out, 'utf8'))).toMatchObject({
    chosen: [{ content: 'edited' }],
    rejected: [{ content: 'written' }],
  });

  // the last change of an answer is taken back by its position, too
  await webview.ask({ type: 'undoChange', key, candidate: at, shown: [...all.shown] });
  const undone = await webview.last('sample', (told) => !textsOf(told.sample).includes('edited'));
  expect(textsOf(undone.sample)).toEqual([...shown.map((n) => texts[n]), 'written']);
});
