// The review editor's host side: what the page is told, and that it is always answered.

import fs from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { afterEach, expect, test, vi } from 'vitest';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import { ReviewEditorProvider } from '../../../src/host/documents/reviewEditorProvider';
import { WATCHING_MS } from '../../../src/host/sessions';
import { Dataset } from '../../../src/review/dataset';
import { journalPath } from '../../../src/review/journalPath';
import { tempFolder } from '../../support/paths';
import { changed, grantTrust, removed, setSetting, Uri, world } from './fakeVscode';
import {
  datasetOf,
  endHosts,
  fakePanel,
  openWorkspace,
  startHost,
  writeRows,
  type FakeWebview,
} from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(() => {
  endHosts();
  vi.restoreAllMocks();
});

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `s${n}`, prompt: 'p', candidates: ['a', 'b'] }));

async function openEditor(
  file: string,
  line?: number,
): Promise<{ webview: FakeWebview; editor: ReviewEditor; host: ReturnType<typeof startHost> }> {
  const host = startHost();
  const { webview, panel } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open(line);
  await webview.last('sample');
  return { webview, editor, host };
}

const rank = {
  kind: 'rank',
  ranks: [[1], [0]],
  unranked: [],
  accepted: false,
  blind: false,
  shown: [0, 1],
  ms: 1,
};

test('whatever comes of a request, it is answered', async () => {
  const { webview } = await openEditor(datasetOf(rowsOf(3)));
  for (const message of [
    { type: 'nextUnreviewed', after: 0 },
    { type: 'undo' },
    { type: 'redo' },
    { type: 'openRow', row: 2, takeFocus: true },
    { type: 'openRow', row: 99, takeFocus: true },
    { type: 'openSection', key: 'of the panel', takeFocus: true },
  ] as const) {
    expect(await webview.ask(message)).toMatchObject({ type: 'done' });
  }
  const answer = await webview.ask({ type: 'record', key: 'gone', body: { kind: 'skip' } });
  expect(answer).toMatchObject({ type: 'failed', elsewhere: false });
});

test('a list of another format is shown like any dataset, and its labels are no verdict', async () => {
  const file = path.join(tempFolder(), 'pairs.json');
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  const rows = [{ id: 'p', image: picture, prompt: 'q', chosen: 'a', rejected: 'b' }, { odd: 1 }];
  fs.writeFileSync(file, JSON.stringify(rows, null, 2));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  expect(sample).toMatchObject({
    id: 'p',
    line: 1,
    media: [{ path: 'image.png (in the dataset)', kind: 'image', uri: picture }],
    candidates: [{ text: 'a' }, { text: 'b' }],
  });
  expect(sample.verdict.decision).toBeUndefined();
  expect(JSON.stringify(sample)).not.toContain('given');
});

test('the row that was asked for last is the one that is shown in the end', async () => {
  const file = datasetOf(rowsOf(4));
  const { webview, host } = await openEditor(file);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { services } = host;
  const { dataset } = (await services.sessions.share(file)).dataset.session;
  const read = dataset.row.bind(dataset);
  vi.spyOn(dataset, 'row').mockImplementation(async (row) => {
    if (row === 1) {
      await held;
    }
    return read(row);
  });
  const slow = webview.ask({ type: 'openRow', row: 1, takeFocus: true });
  await webview.ask({ type: 'openRow', row: 3, takeFocus: true });
  release();
  await slow;
  expect(webview.all('sample').map(({ sample }) => sample.row)).toEqual([0, 3]);
});

test('a row that the disk does not give is shown as such', async () => {
  const { webview } = await openEditor(datasetOf(rowsOf(2)));
  vi.spyOn(Dataset.prototype, 'row').mockRejectedValueOnce(new Error('EIO'));
  await webview.ask({ type: 'openRow', row: 1, takeFocus: true });
  expect(webview.all('brokenRow')).toMatchObject([{ row: { row: 1, line: 2 }, fault: 'EIO.' }]);
});

test('the line to open at counts once: a dataset that changes is shown where the person is', async () => {
  const file = datasetOf(rowsOf(5));
  const { webview } = await openEditor(file, 4);
  expect((await webview.last('sample')).sample.row).toBe(3);
  await webview.ask({ type: 'openRow', row: 1, takeFocus: true });
  writeRows(file, rowsOf(6));
  changed(file);
  await webview.last('dataset', ({ indexed }) => indexed.rows === 6);
  expect((await webview.last('sample')).sample.row).toBe(1);
  // the page stays: what it knows of the sample is not lost
  expect(webview.pages).toBe(1);
});

test('undo goes to where its sample stands now, and nowhere when it is gone', async () => {
  const file = datasetOf(rowsOf(3));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  for (const on of [true, false]) {
    await webview.ask({ type: 'record', key: sample.key, body: { kind: 'flag', on } });
  }
  const [first = {}, ...others] = rowsOf(3);
  writeRows(file, [...others, { id: 'new', prompt: 'p', candidates: ['x'] }, first]);
  changed(file);
  await webview.last('dataset', ({ indexed }) => indexed.rows === 4);
  expect(await webview.ask({ type: 'undo' })).toMatchObject({ type: 'done' });
  expect((await webview.last('sample')).sample).toMatchObject({ id: 's0', row: 3 });
  await webview.ask({ type: 'openRow', row: 1, takeFocus: true });
  writeRows(file, others);
  changed(file);
  await webview.last('dataset', ({ indexed }) => indexed.rows === 2);
  expect(await webview.ask({ type: 'undo' })).toMatchObject({ type: 'done' });
  expect((await webview.last('sample')).sample).toMatchObject({ id: 's2', row: 1 });
  expect((await webview.last('say')).text).toBe('Undone: flag of s0.');
});

test('trust switches saving and scoring on in an open editor', async () => {
  world.isTrusted = false;
  const { webview } = await openEditor(datasetOf(rowsOf(1)));
  const { sample } = await webview.last('sample');
  expect((await webview.last('dataset')).readOnly).toBe(true);
  for (const type of ['undo', 'redo'] as const) {
    expect(await webview.ask({ type })).toMatchObject({ type: 'failed' });
  }
  const body = { kind: 'skip' };
  expect(await webview.ask({ type: 'record', key: sample.key, body })).toMatchObject({
    type: 'failed',
  });
  expect(sample.score.candidates).toMatchObject([{ state: 'none' }, { state: 'none' }]);
  grantTrust();
  await webview.last('dataset', ({ readOnly }) => !readOnly);
  await webview.last('score', ({ score }) =>
    score.candidates.every(({ state }) => state === 'scored'),
  );
  expect(await webview.ask({ type: 'record', key: sample.key, body })).toMatchObject({
    type: 'done',
  });
});

test('a media root that is set is where pictures come from: the page is loaded anew', async () => {
  const { webview } = await openEditor(datasetOf(rowsOf(1)));
  const root = tempFolder();
  setSetting('media.root', root);
  await vi.waitFor(() => expect(webview.pages).toBe(2));
  expect(String(webview.options.localResourceRoots?.at(-1))).toBe(`file://${root}`);
});

test('“Save to another folder”: the verdicts go along, and the next save is there', async () => {
  const file = datasetOf(rowsOf(2));
  openWorkspace(file);
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  await webview.ask({ type: 'record', key: sample.key, body: { kind: 'flag', on: true } });
  // a folder in the way: nobody can write there, root included
  fs.renameSync(journalPath(file), `${journalPath(file)}.kept`);
  fs.mkdirSync(journalPath(file));
  const request = { type: 'record', key: sample.key, body: rank } as const;
  expect(await webview.ask(request)).toMatchObject({
    type: 'failed',
    elsewhere: true,
    text: expect.stringContaining('.review.jsonl') as string,
  });
  expect(await webview.ask({ type: 'saveElsewhere', key: sample.key })).toMatchObject({
    type: 'failed',
    text: 'No folder was chosen.',
  });
  fs.rmdirSync(journalPath(file));
  fs.renameSync(`${journalPath(file)}.kept`, journalPath(file));
  const folder = tempFolder();
  world.folderChosen = folder;
  expect(await webview.ask({ type: 'saveElsewhere', key: sample.key })).toMatchObject({
    type: 'done',
  });
  expect(world.settings.get('review.journalFolder')).toBe(folder);
  expect(await webview.ask(request)).toMatchObject({ type: 'done' });
  const lines = fs.readFileSync(journalPath(file, folder), 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
    'flag',
    'rank',
  ]);
  const { verdict } = await webview.last('verdict', (message) => message.verdict.decision != null);
  expect(verdict.flagged).toBe(true);
});

test('where the workspace can’t be written, the folder is set for the user', async () => {
  const file = datasetOf(rowsOf(1));
  const { webview } = await openEditor(file);
  world.workspaceIsReadOnly = true;
  world.folderChosen = tempFolder();
  expect(await webview.ask({ type: 'saveElsewhere' })).toMatchObject({ type: 'done' });
  expect(world.settings.get('review.journalFolder')).toBe(world.folderChosen);
});

test('bad journal lines, and entries of a later version, are told in a line above the cards', async () => {
  const file = datasetOf(rowsOf(1));
  const head = { v: 1, at: '2026-01-01T00:00:00Z', by: 'mira', id: 's0', line: 1, sampleHash: 'h' };
  const later = { ...head, uid: 'u1', kind: 'vote', for: 0 };
  fs.writeFileSync(journalPath(file), `<<<<<<< ours\n${JSON.stringify(later)}\n{"v":1,"ui`);
  const { webview } = await openEditor(file);
  const { notices } = await webview.last('notices');
  const name = path.basename(journalPath(file));
  expect(notices.map(({ text }) => text)).toEqual([
    `${name}: line 1 is no entry, line 2 is no entry, line 3 is cut off. What is there stays there and counts for nothing.`,
  ]);
  webview.send({ type: 'notice', id: notices[0]?.id ?? '', action: 'close' });
  await webview.last('notices', (message) => message.notices.length === 0);
  // with one more bad line there is news
  fs.appendFileSync(journalPath(file), '\n>>>>>>> theirs\n');
  changed(journalPath(file));
  await webview.last('notices', (message) => message.notices.length === 1);
});

test('a journal that is removed has no verdicts any more', async () => {
  const file = datasetOf(rowsOf(1));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  await webview.ask({ type: 'record', key: sample.key, body: rank });
  // what changed while the watchers started has been looked for
  await new Promise((resolve) => setTimeout(resolve, WATCHING_MS + 500));
  webview.posted.length = 0;
  removed(journalPath(file));
  await webview.last('sample', (told) => told.sample.verdict.decision === undefined);
});

test('others’ verdicts on the shown sample are told as they arrive; no flags, and none of other samples', async () => {
  const file = datasetOf(rowsOf(2));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  await webview.ask({ type: 'record', key: sample.key, body: rank });
  await new Promise((resolve) => setTimeout(resolve, WATCHING_MS + 500));
  const journal = journalPath(file);
  const own = JSON.parse(fs.readFileSync(journal, 'utf8')) as Record<string, unknown>;
  const write = (change: object): void =>
    fs.appendFileSync(journal, `${JSON.stringify({ ...own, ...change })}\n`);
  write({ uid: 'a', by: 'Ada', kind: 'flag', on: true });
  write({ uid: 'b', by: 'Bo', id: 's1', line: 2, sampleHash: 'another' });
  write({ uid: 'c', by: 'Cy', kind: 'skip' });
  write({ uid: 'd', by: 'Cy', kind: 'undo', of: 'c' });
  write({ uid: 'e', by: 'Mira' });
  changed(journal);
  await webview.last('arrived');
  const arrived = webview.posted.filter(({ type }) => type === 'arrived');
  expect(arrived).toEqual([{ type: 'arrived', key: sample.key, text: 'Mira’s verdict arrived' }]);
  // another editor finds them there
  const again = await openEditor(file);
  await again.webview.last('progress', ({ progress }) => progress.reviewed === 1);
  expect(again.webview.posted.filter(({ type }) => type === 'arrived')).toEqual([]);
});

test('a stale verdict is told with what was decided, also in the queue', async () => {
  const file = datasetOf(rowsOf(1));
  const { webview } = await openEditor(file);
  const { sample } = await webview.last('sample');
  await webview.ask({ type: 'record', key: sample.key, body: rank });
  writeRows(file, [{ id: 's0', prompt: 'p', candidates: ['a', 'changed'] }]);
  changed(file);
  const { sample: now } = await webview.last('sample', (message) => message.sample.verdict.stale);
  expect(now.verdict.decision).toMatchObject({ ranks: [[1], [0]] });
  webview.send({ type: 'rows', rows: [0] });
  expect((await webview.last('rows')).rows).toMatchObject([{ state: 'stale' }]);
});

test('notes and ranks that are not saved are kept, and forgotten one by one', async () => {
  const file = datasetOf(rowsOf(1));
  const { webview, editor } = await openEditor(file);
  const { key } = (await webview.last('sample')).sample;
  const draft = { places: [2, 1], allBad: false, accepted: false };
  const as = { blind: false, shown: [0, 1] };
  webview.send({ type: 'draft', key, draft, ...as });
  webview.send({ type: 'noteDraft', key, text: 'half a note' });
  const shown = async () => {
    await webview.ask({ type: 'openRow', row: 99, takeFocus: false }); // what was sent has arrived
    webview.posted.length = 0;
    await editor.open();
    return (await webview.last('sample')).sample;
  };
  expect(await shown()).toMatchObject({ draft, noteDraft: 'half a note' });
  await webview.ask({ type: 'record', key, body: rank });
  expect(await shown()).toMatchObject({ noteDraft: 'half a note' });
  expect(await shown()).not.toHaveProperty('draft');
  await webview.ask({ type: 'record', key, body: { kind: 'note', text: 'half a note' } });
  expect(await shown()).not.toHaveProperty('noteDraft');
  // a page is not trusted: ranks of another number of answers are not its own
  webview.send({ type: 'draft', key, draft: { ...draft, places: [1, 2, 3] }, ...as });
  expect(await shown()).not.toHaveProperty('draft');
});

test('a file that can’t be opened says why, and is shown when it can', async () => {
  const file = datasetOf([]);
  const host = startHost();
  const { webview, panel } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open();
  expect((await webview.last('brokenRow')).fault).toContain('empty');
  expect(await webview.ask({ type: 'openRow', row: 0, takeFocus: true })).toMatchObject({
    type: 'done',
  });
  writeRows(file, rowsOf(1));
  await editor.open();
  expect((await webview.last('sample')).sample.id).toBe('s0');
});

test('two changes at once open the dataset once, and a closed editor keeps nothing open', async () => {
  const file = datasetOf(rowsOf(1));
  const { services } = startHost();
  const { panel, close } = fakePanel();
  const provider = new ReviewEditorProvider(services);
  const uri = Uri.file(file) as unknown as vscode.Uri;
  const document = provider.openCustomDocument(uri);
  const first = provider.resolveCustomEditor(document, panel);
  changed(file);
  changed(file);
  await first;
  const share = await services.sessions.share(file);
  close();
  const { scoring } = share.dataset;
  expect(scoring.isClosed).toBe(false);
  share.dispose();
  await vi.waitFor(() => expect(scoring.isClosed).toBe(true));
});

test('an engine that has failed is a line above the cards, until it works again', async () => {
  const { webview, host } = await openEditor(datasetOf(rowsOf(1)));
  const { engine, services } = host;
  const ids = async (count: number) =>
    (await webview.last('notices', ({ notices }) => notices.length === count)).notices.map(
      ({ id }) => id,
    );
  engine.status = { state: 'restarting', reason: 'signal SIGKILL' };
  engine.onRestart.fire('signal SIGKILL');
  expect(await ids(1)).toEqual(['restarted']);
  engine.status = { state: 'failed', reason: 'the scoring engine stopped again and again' };
  services.engine.onChange.fire();
  expect(await ids(1)).toEqual(['failed']);
  webview.send({ type: 'notice', id: 'failed', action: 'close' });
  expect(await ids(0)).toEqual([]);
  // news is not closed
  engine.onRestart.fire('signal SIGKILL');
  expect(await ids(1)).toEqual(['failed']);
});

test('the last query counts, whatever an earlier one still finds', async () => {
  const file = datasetOf(rowsOf(400));
  const { webview } = await openEditor(file);
  await webview.last('sample');
  const query = { sort: 'file', descending: false } as const;
  webview.send({ type: 'queue', query: { ...query, filter: { text: 's3' } } });
  webview.send({ type: 'queue', query: { ...query, filter: { text: 's399' } } });
  const { queue } = await webview.last('queue', (message) => message.queue.rows !== undefined);
  expect(queue).toMatchObject({ query: { filter: { text: 's399' } }, share: 1 });
  expect([...(queue.rows ?? [])]).toEqual([399]);

  webview.posted.length = 0;
  webview.send({ type: 'queue', query: { ...query, filter: { text: 's7' } } });
  // it is looking by now
  while (webview.all('queue').length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  webview.send({ type: 'queue', query: { ...query, filter: {} } });
  await webview.ask({ type: 'openRow', row: 3, takeFocus: false });
  // longer than the first of the two would have looked
  await new Promise((resolve) => setTimeout(resolve, 500));
  webview.posted.length = 0;
  webview.send({ type: 'ready' });
  const { queue: all } = await webview.last('queue');
  expect(all).toEqual({ query: { ...query, filter: {} }, share: 1 });
});

test('a queue that depends on rewards is looked at again when they arrive', async () => {
  setSetting('scoring.scoreOnOpen', false);
  const file = datasetOf(
    ['xxx', 'x', 'xx'].map((text, n) => ({ id: `s${n}`, prompt: 'p', candidates: [text, ''] })),
  );
  const { webview, host } = await openEditor(file);
  const query = { sort: 'margin', descending: false, filter: { marginBelow: 10 } } as const;
  webview.send({ type: 'queue', query: { ...query, filter: { ...query.filter } } });
  const rowsOfQueue = async (count: number) => {
    const { queue } = await webview.last('queue', ({ queue }) => queue.rows?.length === count);
    return [...(queue.rows ?? [])];
  };
  expect(await rowsOfQueue(0)).toEqual([]);
  const share = await host.services.sessions.share(file);
  await share.dataset.scoring.all(() => undefined, new AbortController().signal);
  expect(await rowsOfQueue(3)).toEqual([1, 2, 0]);
  share.dispose();
});

test('what one more condition would leave is told anew after a verdict', async () => {
  const { webview } = await openEditor(datasetOf(rowsOf(4)));
  expect((await webview.last('conditionCounts')).counts).toMatchObject({ todo: 4, flagged: 0 });
  const { sample } = await webview.last('sample');
  await webview.ask({ type: 'record', key: sample.key, body: { kind: 'flag', on: true } });
  await webview.ask({ type: 'record', key: sample.key, body: { kind: 'skip' } });
  await webview.last('conditionCounts', ({ counts }) => counts.skipped === 1);
  expect((await webview.last('conditionCounts')).counts).toMatchObject({ todo: 3, flagged: 1 });
  // beside a condition that is active, the others add
  const query = { sort: 'file', descending: false, filter: { standings: ['todo'] } } as const;
  webview.send({ type: 'queue', query: { ...query, filter: { standings: ['todo'] } } });
  const { counts } = await webview.last('conditionCounts', ({ counts }) => !('todo' in counts));
  expect(counts).toMatchObject({ flagged: 4, skipped: 4, differs: 3 });
});
