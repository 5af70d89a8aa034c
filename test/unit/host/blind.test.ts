// Blind and shuffled samples: what pages are told, when it changes, and what the journal says.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import { Presentations } from '../../../src/host/presentations';
import { SidePanelProvider } from '../../../src/host/views/sidePanel';
import type { ReviewEditorProvider } from '../../../src/host/documents/reviewEditorProvider';
import type { SampleView } from '../../../src/protocol/reviewProtocol';
import { journalPath } from '../../../src/review/journalPath';
import { setSetting, world } from './fakeVscode';
import { datasetOf, endHosts, fakePanel, openWorkspace, startHost, type FakeWebview } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const TEXTS = ['one', 'number two', 'the third of them', 'four, which is the longest of all'];
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `s${n}`,
    prompt: `p${n}`,
    candidates: TEXTS.map((text, at) => ({ text, source: `source-${at}` })),
  }));

async function openEditor(file: string, host = startHost()) {
  const { webview, panel } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open();
  await webview.last('sample');
  return { webview, editor, services: host.services };
}

/** Every row has its rewards. */
async function scored(file: string, services: ReturnType<typeof startHost>['services']) {
  const { dataset } = await services.sessions.share(file);
  await dataset.scoring.all(() => undefined, new AbortController().signal);
  return dataset;
}

async function goTo(webview: FakeWebview, row: number): Promise<SampleView> {
  await webview.ask({ type: 'openRow', row, takeFocus: false });
  return (await webview.last('sample', ({ sample }) => sample.row === row)).sample;
}

const rankOf = ({ blind, shown }: SampleView, ranks: number[][]) => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted: false,
  blind,
  shown: [...shown],
  ms: 1,
});

const journal = (file: string) =>
  fs
    .readFileSync(journalPath(file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** All that a page was told, as text. */
const told = (webview: FakeWebview): string => JSON.stringify(webview.posted);

test('nothing that is sent for an undecided blind sample tells a source, a reward or a margin', async () => {
  const file = datasetOf(rowsOf(4));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true, shuffle: true });
  const dataset = await scored(file, host.services);
  const { webview } = await openEditor(file, host);
  webview.send({ type: 'rows', rows: [0, 1, 2, 3] });
  const { sample } = await webview.last('sample');
  webview.send({
    type: 'draft',
    key: sample.key,
    draft: { places: [1, 0, 0, 0], allBad: false, accepted: false },
    blind: true,
    shown: [...sample.shown],
  });
  for (const body of [{ kind: 'flag', on: true }, { kind: 'note', text: 'hm' }, { kind: 'skip' }]) {
    await webview.ask({ type: 'record', key: sample.key, body });
  }
  webview.send({ type: 'scoreAgain', key: sample.key });
  const scoredAnswers = (count: number) =>
    webview.last('score', ({ score }) => {
      const { candidates } = score;
      return (
        candidates.length === count &&
        candidates.every((own) => own.state === 'hidden' && own.scored)
      );
    });
  await scoredAnswers(4);
  // what is written has a reward, too, and what it said before
  const shown = [...sample.shown];
  webview.send({ type: 'scoreText', key: sample.key, text: 'half' });
  await webview.last('textScore', ({ score }) => score.state === 'hidden' && score.scored);
  for (const body of [
    { kind: 'edit', candidate: 1, shown, text: 'another text' },
    { kind: 'add', text: 'one of my own' },
  ]) {
    expect((await webview.ask({ type: 'record', key: sample.key, body })).type).toBe('done');
  }
  await scoredAnswers(5);
  const edited = (await webview.last('sample', (told) => told.sample.candidates.length === 5))
    .sample;
  expect(edited.candidates.map(({ text }) => text)).toContain('another text');
  expect(edited).toMatchObject({ blind: true, shown: [...shown, 4] });
  expect((await webview.last('score')).score.before).toEqual([null, null, null, null, null]);
  const all = [...edited.shown];
  await webview.ask({ type: 'undoChange', key: sample.key, candidate: 4, shown: all });
  await webview.ask({ type: 'undoChange', key: sample.key, candidate: 1, shown });
  await webview.ask({ type: 'undo' });
  await webview.last('sample', (told) => told.sample.candidates.length === 4);
  await goTo(webview, 2);
  await webview.last('rows');
  webview.send({ type: 'ready' });
  await vi.waitFor(() => expect(webview.all('rows').length).toBeGreaterThan(0));
  const rewards = dataset.session.scores.lastOf(1)?.rewards ?? [];
  expect(rewards).toHaveLength(4);
  expect(told(webview)).not.toMatch(/source-\d|"reward"|"margin"|"state":"scored"|"differs"(?!:0)/);
  expect(webview.all('rows').flatMap(({ rows }) => rows.map(({ state }) => state))).toContain(
    'todo',
  );

  // the same messages of an open sample do tell
  await webview.ask({
    type: 'record',
    key: sample.key,
    body: rankOf(sample, [[0], [1], [2], [3]]),
  });
  await goTo(webview, 0);
  webview.send({ type: 'rows', rows: [0] });
  await vi.waitFor(() => expect(told(webview)).toMatch(/"margin"/));
  expect(told(webview)).toMatch(/source-0.*"reward"/s);
});

test('a change counts from the next sample that has no ranks; what is shown stays', async () => {
  const { webview } = await openEditor(datasetOf(rowsOf(6)));
  const first = (await webview.last('sample')).sample;
  expect(first).toMatchObject({ blind: false, shown: [0, 1, 2, 3] });
  webview.send({ type: 'setMode', blind: true });
  await webview.last('mode', ({ mode }) => mode.blind && !mode.shuffle);
  webview.send({ type: 'ready' });
  await vi.waitFor(() => expect(webview.all('sample').length).toBeGreaterThan(1));
  expect((await webview.last('sample')).sample.blind).toBe(false);
  const second = await goTo(webview, 1);
  expect(second.blind).toBe(true);
  // rewards that were seen are not hidden again
  expect((await goTo(webview, 0)).blind).toBe(false);
  // ranks that were begun blind go on blind
  webview.send({
    type: 'draft',
    key: second.key,
    draft: { places: [1, 0, 0, 0], allBad: false, accepted: false },
    blind: true,
    shown: [...second.shown],
  });
  webview.send({ type: 'setMode', blind: false, shuffle: true });
  await webview.last('mode', ({ mode }) => !mode.blind && mode.shuffle);
  const third = await goTo(webview, 2);
  expect(third.blind).toBe(false);
  expect(await goTo(webview, 1)).toMatchObject({ blind: true, shown: [0, 1, 2, 3] });
  const shuffled = [third, await goTo(webview, 3), await goTo(webview, 4), await goTo(webview, 5)];
  expect(shuffled.some(({ shown }) => shown.join() !== '0,1,2,3')).toBe(true);
});

test('saving reveals in place; the journal has the file’s indices, and the order that was shown', async () => {
  const file = datasetOf(rowsOf(8));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true, shuffle: true });
  const { webview } = await openEditor(file, host);
  for (let row = 0; row < 8; row += 1) {
    const sample = await goTo(webview, row);
    const texts = sample.candidates.map(({ text }) => text);
    expect(texts).toEqual(sample.shown.map((index) => TEXTS[index]));
    const answer = await webview.ask({
      type: 'record',
      key: sample.key,
      body: rankOf(sample, [[3], [1, 0], [2]]),
    });
    expect(answer.type).toBe('done');
    // it is there before the page knows that it is saved
    const at = webview.posted.indexOf(answer);
    const revealed = webview.posted.slice(0, at).findLast((message) => message.type === 'sample');
    expect(revealed?.sample).toMatchObject({
      key: sample.key,
      blind: false,
      shown: sample.shown,
      verdict: { decision: { ranks: [[3], [0, 1], [2]] } },
    });
    expect(revealed?.sample.candidates.map(({ text }) => text)).toEqual(texts);
    expect(revealed?.sample.candidates[0]?.source).toBe(`source-${sample.shown[0]}`);
    const line = journal(file).at(-1);
    expect(line).toMatchObject({ blind: true, shown: sample.shown });
    const ranked = line?.ranks as number[][];
    expect(ranked.map((group) => group.map((index) => TEXTS[index]).sort())).toEqual([
      [texts[3]],
      [texts[0], texts[1]].sort(),
      [texts[2]],
    ]);
    // what is decided anew is not blind
    await webview.ask({
      type: 'record',
      key: sample.key,
      body: { ...rankOf(sample, [[0]]), unranked: [1, 2, 3] },
    });
    expect(journal(file).at(-1)).toMatchObject({ blind: false, shown: sample.shown });
  }
  expect(new Set(journal(file).map(({ shown }) => String(shown))).size).toBeGreaterThan(2);
});

test('a decided sample is shown in the order that its verdict tells, whatever the mode', async () => {
  const file = datasetOf(rowsOf(2));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  const body = { ...rankOf(sample, [[0], [1], [2], [3]]), shown: [3, 1, 0, 2] };
  await webview.ask({ type: 'record', key: sample.key, body });
  expect(journal(file)).toMatchObject([{ ranks: [[3], [1], [0], [2]] }]);
  await goTo(webview, 1);
  const again = await goTo(webview, 0);
  expect(again.shown).toEqual([3, 1, 0, 2]);
  expect(again.candidates.map(({ text }) => text)).toEqual([3, 1, 0, 2].map((n) => TEXTS[n]));
  expect(again.verdict.decision).toMatchObject({ ranks: [[0], [1], [2], [3]] });
});

test('revealed before it is judged: one way, and not blind in the journal', async () => {
  const file = datasetOf(rowsOf(2));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true });
  const { webview, services } = await openEditor(file, host);
  const { sample } = await webview.last('sample');
  expect(sample.blind).toBe(true);
  webview.send({ type: 'reveal', key: sample.key });
  await webview.last('sample', (message) => !message.sample.blind);
  // also when the page had not heard of it
  await webview.ask({
    type: 'record',
    key: sample.key,
    body: rankOf(sample, [[0], [1], [2], [3]]),
  });
  expect(journal(file)).toMatchObject([{ blind: false }]);
  // after a restart, too
  const later = new Presentations(services.context.workspaceState, services.drafts, () => false);
  const { dataset } = await services.sessions.share(file);
  const read = await dataset.session.sample(0);
  expect(later.isSeen(dataset, read)).toBe(true);
  expect(later.isSeen(dataset, await dataset.session.sample(1))).toBe(false);
});

test('the line in the text editor tells sources: asked first, and not blind from then on', async () => {
  const file = datasetOf(rowsOf(2));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true });
  const { webview } = await openEditor(file, host);
  const second = await goTo(webview, 1);
  webview.send({ type: 'goToLine', key: second.key });
  await vi.waitFor(() => expect(world.messages).toHaveLength(1));
  expect(world.opened).toEqual([]);
  expect((await goTo(webview, 1)).blind).toBe(true);
  world.agrees = true;
  webview.send({ type: 'goToLine', key: second.key });
  await vi.waitFor(() => expect(world.opened).toEqual([[file, 1]]));
  const { sample } = await webview.last('sample', (message) => !message.sample.blind);
  expect(sample.key).toBe(second.key);
  // a page that has not heard of it says that it was blind
  const body = rankOf(second, [[0], [1], [2], [3]]);
  expect(await webview.ask({ type: 'record', key: second.key, body })).toMatchObject({
    type: 'done',
  });
  expect(journal(file)).toMatchObject([{ id: 's1', blind: false }]);
  // nothing is hidden any more: nothing to ask
  webview.send({ type: 'goToLine', key: second.key });
  await vi.waitFor(() => expect(world.opened).toHaveLength(2));
  expect(world.messages).toHaveLength(2);
});

test('what was ranked in an earlier window and skipped since is known: not blind', async () => {
  const file = datasetOf(rowsOf(2));
  const { webview, services } = await openEditor(file);
  const { sample } = await webview.last('sample');
  const body = rankOf(sample, [[0], [1], [2], [3]]);
  await webview.ask({ type: 'record', key: sample.key, body });
  await webview.ask({ type: 'record', key: sample.key, body: { kind: 'skip' } });
  const { context, drafts, sessions } = services;
  const { dataset } = await sessions.share(file);
  const later = new Presentations(context.workspaceState, drafts, () => false, Date.now() + 60_000);
  await later.setMode(file, { blind: true });
  const isBlind = async (row: number): Promise<boolean> => {
    const revised = dataset.session.revised(await dataset.session.sample(row));
    return later.next({ decoder: undefined }, dataset, revised).blind;
  };
  expect([await isBlind(0), await isBlind(1)]).toEqual([false, true]);
});

test('an undone verdict was revealed: the next one is not blind, after a restart either', async () => {
  const file = datasetOf(rowsOf(2));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true });
  const { webview, services } = await openEditor(file, host);
  const { sample } = await webview.last('sample');
  await webview.ask({
    type: 'record',
    key: sample.key,
    body: rankOf(sample, [[0], [1], [2], [3]]),
  });
  await webview.ask({ type: 'undo' });
  const undone = await webview.last('sample', ({ sample: { verdict } }) => !verdict.decision);
  expect(undone.sample.blind).toBe(false);
  const { dataset } = await services.sessions.share(file);
  const read = await dataset.session.sample(0);
  const { context, drafts } = services;
  const later = new Presentations(context.workspaceState, drafts, () => false, Date.now() + 60_000);
  expect(later.isSeen(dataset, read)).toBe(true);
});

test('going on at once shows nothing of the sample, and an undo finds it blind', async () => {
  const file = datasetOf(rowsOf(2));
  const host = startHost();
  const { context, drafts } = host.services;
  const presentations = new Presentations(context.workspaceState, drafts, () => true);
  const services = { ...host.services, presentations };
  setSetting('review.afterBlindVerdict', 'next');
  await presentations.setMode(file, { blind: true });
  const { webview } = await openEditor(file, { ...host, services });
  expect((await webview.last('mode')).mode.goesOn).toBe(true);
  const { sample } = await webview.last('sample');
  const request = {
    type: 'record',
    key: sample.key,
    body: rankOf(sample, [[0], [1], [2], [3]]),
  } as const;
  await webview.ask(request);
  await goTo(webview, 1);
  await webview.ask({ type: 'undo' });
  expect((await webview.last('sample', (message) => message.sample.row === 0)).sample.blind).toBe(
    true,
  );
  expect(told(webview)).not.toMatch(/source-\d|"(reward|margin|disagreement)":|"state":"differs"/);
  await webview.ask(request);
  expect(journal(file).at(-1)).toMatchObject({ kind: 'rank', blind: true });
  await goTo(webview, 1);
  expect((await goTo(webview, 0)).blind).toBe(false);
});

test('a queue that hidden values decide is named in a blind verdict, and only there', async () => {
  const file = datasetOf(rowsOf(3));
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true });
  const { webview } = await openEditor(file, host);
  webview.send({
    type: 'queue',
    query: { filter: { sources: ['source-1'], text: 'p' }, sort: 'margin', descending: false },
  });
  await webview.last('queue', ({ queue }) => queue.rows !== undefined);
  const { sample } = await webview.last('sample');
  const body = rankOf(sample, [[0], [1], [2], [3]]);
  await webview.ask({ type: 'record', key: sample.key, body });
  await webview.ask({
    type: 'record',
    key: sample.key,
    body: { ...body, ranks: [[1], [0], [2], [3]] },
  });
  const [blind, open] = journal(file);
  expect(blind).toMatchObject({ blind: true, filteredBy: ['margin', 'source'] });
  expect(open).toMatchObject({ blind: false });
  expect(open).not.toHaveProperty('filteredBy');
});

test('the side panel is told as little, and an editor beside it goes its own way', async () => {
  const file = datasetOf(rowsOf(2).map((row) => ({ ...row, images: ['p.png'] })));
  openWorkspace(file);
  world.activeFile = path.join(path.dirname(file), 'p.png');
  const host = startHost();
  await host.services.presentations.setMode(file, { blind: true, shuffle: true });
  await scored(file, host.services);
  const panel = new SidePanelProvider(host.services, {} as ReviewEditorProvider);
  const { webview, panel: view } = fakePanel();
  panel.resolveWebviewView(view);
  const { sample } = await webview.last('sample');
  expect(sample.blind).toBe(true);
  expect((await webview.last('mode')).mode).toEqual({ blind: true, shuffle: true, goesOn: false });
  expect(told(webview)).not.toMatch(/source-\d|"reward"|"margin"|"state":"scored"/);

  // ranks in another order than an editor shows are the panel's own
  await host.services.presentations.setMode(file, { shuffle: false });
  const { webview: editor } = await openEditor(file, host);
  expect((await editor.last('sample')).sample.shown).toEqual([0, 1, 2, 3]);
  await webview.ask({
    type: 'record',
    key: sample.key,
    body: rankOf(sample, [[0], [1], [2], [3]]),
  });
  expect(journal(file)).toMatchObject([
    { blind: true, shown: sample.shown, ranks: sample.shown.map((index) => [index]) },
  ]);
  const there = await editor.last('sample', (message) => !message.sample.blind);
  expect(there.sample.shown).toEqual(sample.shown);
  panel.dispose();
});
