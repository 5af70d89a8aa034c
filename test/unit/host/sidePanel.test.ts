// The side panel's host side: what it follows, and that nothing is opened twice.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeCandidateFile } from '../../../src/host/commands/pasteAnswers';
import type { ReviewEditorProvider } from '../../../src/host/documents/reviewEditorProvider';
import { MAX_FILES } from '../../../src/host/mediaIndex';
import { SidePanelProvider } from '../../../src/host/views/sidePanel';
import { journalPath } from '../../../src/review/journalPath';
import { LengthScorer } from '../../support/fakeScorer';
import { tempFolder } from '../../support/paths';
import { changed, events, grantTrust, setSetting, world } from './fakeVscode';
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

const ROWS = ['a', 'b', 'c'].map((id) => ({
  id,
  prompt: 'p',
  images: ['p.png'],
  candidates: ['x', 'y'],
}));

interface Panel {
  readonly webview: FakeWebview;
  readonly file: string;
  readonly panel: SidePanelProvider;
  readonly host: ReturnType<typeof startHost>;
  readonly setVisible: (visible: boolean) => void;
  readonly close: () => void;
}

async function openPanel(
  rows: readonly object[] = ROWS,
  otherRows: readonly object[] = [],
): Promise<Panel> {
  const file = datasetOf(rows);
  const other = otherOf(file);
  if (otherRows.length > 0) {
    writeRows(other, otherRows);
  }
  openWorkspace(file, ...(otherRows.length > 0 ? [other] : []));
  world.activeFile = path.join(path.dirname(file), 'p.png');
  const host = startHost();
  const panel = new SidePanelProvider(host.services, {} as ReviewEditorProvider);
  const { webview, panel: view, setVisible, close } = fakePanel();
  panel.resolveWebviewView(view);
  await webview.last('followed');
  return { webview, file, panel, host, setVisible, close };
}

const otherOf = (file: string): string => path.join(path.dirname(file), 'e.candidates.jsonl');

const open = (webview: FakeWebview) => webview.all('sample').map(({ sample }) => sample.id);

test('every request is answered, with a dataset and without', async () => {
  const { webview } = await openPanel();
  await webview.last('sample');
  const none = await openPanel([]);
  for (const each of [webview, none.webview]) {
    for (const message of [
      { type: 'undo' },
      { type: 'redo' },
      { type: 'nextUnreviewed', after: 0 },
      { type: 'openSection', key: 'no such', takeFocus: true },
      { type: 'openSection', takeFocus: false },
    ] as const) {
      expect(await each.ask(message)).toMatchObject({ type: 'done' });
    }
  }
});

test('showing at the same time opens each dataset once and leaks none', async () => {
  const { host, webview, panel, file, close } = await openPanel();
  const share = vi.spyOn(host.services.sessions, 'share');
  host.services.mediaIndex.onChange.fire();
  host.services.mediaIndex.onChange.fire();
  changed(file);
  host.services.mediaIndex.onChange.fire();
  await panel.follow(world.activeFile ?? '');
  expect(share.mock.calls.length).toBeLessThanOrEqual(1);
  const own = await host.services.sessions.share(file);
  const { scoring } = own.dataset;
  close();
  own.dispose();
  await vi.waitFor(() => expect(scoring.isClosed).toBe(true));
  expect(webview.posted.length).toBeGreaterThan(0);
});

test('undo and redo take back the last action of all files that are shown', async () => {
  const { webview, file } = await openPanel(ROWS.slice(0, 1), [{ ...ROWS[1], id: 'other' }]);
  const other = otherOf(file);
  const { sections } = await webview.last('followed', (told) => told.sections.length === 2);
  const judge = async (id: string): Promise<void> => {
    const { key = '' } = sections.find((section) => section.id === id) ?? {};
    await webview.ask({ type: 'openSection', key, takeFocus: false });
    await webview.ask({ type: 'record', key, body: { kind: 'flag', on: true } });
  };
  const journal = (dataset: string): string[] =>
    fs
      .readFileSync(journalPath(dataset, ''), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
  await judge('other');
  await judge('a');
  // the next section is open, as after “save and next”
  const { key = '' } = sections.find(({ id }) => id === 'other') ?? {};
  await webview.ask({ type: 'openSection', key, takeFocus: false });
  await webview.ask({ type: 'undo' });
  expect(journal(file)).toEqual(['flag', 'undo']);
  expect(journal(other)).toEqual(['flag']);
  await webview.ask({ type: 'openSection', key, takeFocus: false });
  await webview.ask({ type: 'redo' });
  expect(journal(file)).toEqual(['flag', 'undo', 'undo']);
  await webview.ask({ type: 'undo' });
  await webview.ask({ type: 'undo' });
  expect(journal(other)).toEqual(['flag', 'undo']);
});

test('focus goes along when a key opens a section, and stays when its head does', async () => {
  const { webview } = await openPanel();
  const { key } = (await webview.last('followed')).sections[1] ?? { key: '' };
  await webview.ask({ type: 'openSection', key, takeFocus: true });
  expect(await webview.last('sample')).toMatchObject({ sample: { id: 'b' }, takeFocus: true });
});

test('a section that was closed stays closed when something changes', async () => {
  const { webview, host } = await openPanel();
  await webview.last('sample');
  await webview.ask({ type: 'openSection', takeFocus: false });
  webview.posted.length = 0;
  host.services.mediaIndex.onChange.fire();
  await webview.last('followed');
  await webview.ask({ type: 'undo' });
  expect(open(webview)).toEqual([]);
  const { key } = (await webview.last('followed')).sections[2] ?? { key: '' };
  await webview.ask({ type: 'openSection', key, takeFocus: false });
  expect(open(webview)).toEqual(['c']);
});

test('a section that was closed stays closed when its sample is judged elsewhere', async () => {
  const rows = ROWS.map((row) => ({ ...row, prompt: row.id }));
  const { webview, host, file } = await openPanel(rows);
  await host.services.presentations.setMode(file, { blind: true });
  // the first one is shown, and seen, already
  const { key } = (await webview.last('followed')).sections[1] ?? { key: '' };
  await webview.ask({ type: 'openSection', key, takeFocus: false });
  await webview.last('sample', ({ sample }) => sample.key === key);
  await webview.ask({ type: 'openSection', takeFocus: false });
  webview.posted.length = 0;
  const share = await host.services.sessions.share(file);
  const { session } = share.dataset;
  const body = { ranks: [[1], [0]], unranked: [], accepted: false, blind: true, shown: [0, 1] };
  await session.record(await session.sample(1), { kind: 'rank', ...body, ms: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(open(webview)).toEqual([]);
  share.dispose();
});

test('a hidden panel is told nothing and scores nothing until it is shown again', async () => {
  const { webview, host, file, setVisible } = await openPanel();
  const { sample } = await webview.last('sample');
  const scorer = new LengthScorer();
  host.engine.scorer = scorer;
  const share = await host.services.sessions.share(file);
  const { session } = share.dataset;
  await vi.waitFor(() => expect(session.scores.lastOf(1)).toBeDefined());
  setVisible(false);
  webview.posted.length = 0;
  const first = await session.sample(0);
  await session.record(first, { kind: 'edit', candidate: 0, text: 'longer' });
  await session.record(first, { kind: 'skip' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(webview.posted).toEqual([]);
  expect(scorer.requests).toEqual([]);
  setVisible(true);
  const shown = await webview.last('sample', (message) => message.sample.key === sample.key);
  expect(shown.sample.candidates[0]?.text).toBe('longer');
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(1));
  share.dispose();
});

test('without trust the panel is read-only, and trust changes that at once', async () => {
  world.isTrusted = false;
  const { webview } = await openPanel();
  expect((await webview.last('followed')).readOnly).toBe(true);
  grantTrust();
  await webview.last('followed', ({ readOnly }) => !readOnly);
  await webview.last('score', ({ score }) =>
    score.candidates.every(({ state }) => state === 'scored'),
  );
});

test('a picture outside the workspace may be shown: the page is loaded for its folder', async () => {
  const { webview, panel } = await openPanel();
  expect(webview.pages).toBe(1);
  const outside = path.join(tempFolder(), 'q.png');
  await panel.follow(outside);
  const { file } = await webview.last('followed', (message) => message.file?.name === 'q.png');
  expect(file?.uri).toBe(`web:${outside}`);
  expect(webview.pages).toBe(2);
  expect(webview.options.localResourceRoots?.map(String)).toContain(
    `file://${path.dirname(outside)}`,
  );
  // inside again there is nothing to load for
  const inside = world.activeFile ?? '';
  await panel.follow(inside);
  await webview.last('followed', (message) => message.file?.name === 'p.png');
});

test('the panel has “Save to another folder”, and its retry meets the dataset opened anew', async () => {
  const { webview, file } = await openPanel();
  const { key } = (await webview.last('sample')).sample;
  fs.mkdirSync(journalPath(file));
  const failed = await webview.ask({ type: 'record', key, body: { kind: 'allBad' } });
  expect(failed).toMatchObject({ type: 'failed', elsewhere: true });
  world.folderChosen = tempFolder();
  expect(await webview.ask({ type: 'saveElsewhere', key })).toMatchObject({ type: 'done' });
  const answer = await webview.ask({ type: 'record', key, body: { kind: 'allBad' } });
  expect(answer).toMatchObject({ type: 'done' });
  expect(fs.existsSync(journalPath(file, world.folderChosen))).toBe(true);
  await webview.last('verdict', ({ verdict }) => verdict.decision?.kind === 'allBad');
});

test('a dataset that changes is shown anew, stale verdicts as such', async () => {
  const { webview, file } = await openPanel();
  const { key } = (await webview.last('sample')).sample;
  await webview.ask({ type: 'record', key, body: { kind: 'allBad' } });
  writeRows(file, [{ ...ROWS[0], candidates: ['x', 'changed'] }]);
  changed(file);
  const { sections } = await webview.last('followed', (message) => message.sections.length === 1);
  expect(sections).toMatchObject([{ id: 'a', decided: false, stale: true }]);
});

test('the active tab is followed', async () => {
  const { webview } = await openPanel();
  world.activeFile = path.join(path.dirname(world.activeFile ?? ''), 'other.png');
  events.tabs.fire();
  await webview.last('followed', ({ file }) => file?.name === 'other.png');
});

test('what is not looked through is said: files that can’t be read, tried again, and too many', async () => {
  const { webview, host, file } = await openPanel();
  const bad = path.join(path.dirname(file), 'bad.candidates.jsonl');
  fs.mkdirSync(bad);
  world.datasets.push(bad);
  host.services.mediaIndex.forget();
  const { file: followed } = await webview.last(
    'followed',
    (told) => (told.file?.remarks.length ?? 0) > 0,
  );
  expect(followed).toMatchObject({ samples: 3, files: 1 });
  expect(followed?.remarks).toEqual(['Not read: bad.candidates.jsonl. “Show Log” says why.']);
  fs.rmdirSync(bad);
  writeRows(bad, ROWS);
  host.services.mediaIndex.onChange.fire(); // nothing is forgotten
  const { file: again } = await webview.last('followed', (told) => told.file?.samples === 6);
  expect(again?.remarks).toEqual([]);
  world.datasets.splice(1, 1, ...Array<string>(MAX_FILES).fill(file));
  host.services.mediaIndex.forget();
  await webview.last(
    'followed',
    (told) => told.file?.remarks[0] === 'Only the first 2000 candidate files are searched.',
  );
});

test('answers are not pasted for a picture that no path in their file could name', async () => {
  const media = path.join(tempFolder(), 'p.png');
  setSetting('media.root', tempFolder());
  await expect(makeCandidateFile(media)).rejects.toMatchObject({ code: 'MEDIA_OUTSIDE_ROOT' });
});
