// Open datasets: what changes them, and that they are opened once.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { tempFolder } from '../../support/paths';
import { tarBytes, writeShard } from '../../support/shards';
import { changed, setSetting } from './fakeVscode';
import { datasetOf, endHosts, startHost, writeRows } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(() => {
  endHosts();
  vi.restoreAllMocks();
});

const ROWS = [{ id: 'a', prompt: 'p', candidates: ['x', 'y'] }];

test.each([
  ['review.journalFolder', tempFolder()],
  ['review.person', 'ada'],
  ['media.root', tempFolder()],
])('a change of %s is applied to what is open', async (name, value) => {
  const { services } = startHost();
  const file = datasetOf(ROWS);
  const reopened: string[] = [];
  services.sessions.onReopen.on((each) => reopened.push(each));
  const first = await services.sessions.share(file);
  setSetting('review.keys', false);
  expect(reopened).toEqual([]);
  setSetting(name, value);
  expect(reopened).toEqual([file]);
  const second = await services.sessions.share(file);
  const { session } = second.dataset;
  const { mediaRoot } = second.dataset.settings();
  expect([path.dirname(session.journalPath), session.person, mediaRoot]).toContain(value);
  expect(first.dataset.scoring.isClosed).toBe(true);
  first.dispose();
  second.dispose();
});

test('a change while the dataset is read is noticed', async () => {
  const { services } = startHost();
  const file = datasetOf(ROWS);
  const open = Dataset.open.bind(Dataset);
  vi.spyOn(Dataset, 'open').mockImplementationOnce(async (path) => {
    const dataset = await open(path);
    writeRows(file, [...ROWS, ...ROWS]);
    changed(file); // its watcher is there already
    return dataset;
  });
  const share = await services.sessions.share(file);
  expect(share.dataset.session.dataset.rowCount).toBe(2);
  share.dispose();
});

test('a change before the watcher really watches is noticed, too', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { services } = startHost();
    const file = datasetOf(ROWS);
    const reopened: string[] = [];
    services.sessions.onReopen.on((each) => reopened.push(each));
    const share = await services.sessions.share(file);
    writeRows(file, [...ROWS, ...ROWS]);
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(reopened).toEqual([file]));
    share.dispose();
  } finally {
    vi.useRealTimers();
  }
});

test('a line that is cut off later is reported, though no entry has changed', async () => {
  const { services } = startHost();
  const file = datasetOf(ROWS);
  const share = await services.sessions.share(file);
  const { session } = share.dataset;
  await session.record(await session.sample(0), { kind: 'skip' });
  const events: string[] = [];
  session.onChange.on(({ type }) => events.push(type));
  fs.appendFileSync(session.journalPath, '{"v":1,"uid":"torn');
  changed(session.journalPath);
  await vi.waitFor(() => expect(events).toEqual(['journal']));
  expect(session.journalFaults).toMatchObject([{ line: 2, torn: true }]);
  share.dispose();
});

test('a new limit of the cache ends the engine, and rewards stay', async () => {
  const { services, engine } = startHost();
  const share = await services.sessions.share(datasetOf(ROWS));
  const { session, scoring } = share.dataset;
  await scoring.all(() => undefined, new AbortController().signal);
  setSetting('cache.gigabytes', 1);
  await Promise.resolve();
  expect(engine.stops).toBe(1);
  expect(session.scores.lastOf(1)?.rewards).toEqual([1, 1]);
  share.dispose();
});

test('another model in the same folder: its predecessor’s rewards go', async () => {
  const { services, engine } = startHost();
  const share = await services.sessions.share(datasetOf(ROWS));
  const { session, scoring } = share.dataset;
  await scoring.all(() => undefined, new AbortController().signal);
  expect(session.scores.lastOf(1)?.rewards).toEqual([1, 1]);
  engine.onReplaced.fire();
  await vi.waitFor(() => expect(session.scores.lastOf(1)).toBeUndefined());
  share.dispose();
});

test('a shard is opened from a copy: verdicts beside it, and opened anew when it changes', async () => {
  const { services } = startHost();
  const row = { prompt: 'p', candidates: ['x', 'y'] };
  const file = await writeShard([['0.json', row]]);
  const reopened: string[] = [];
  services.sessions.onReopen.on((each) => reopened.push(each));
  const share = await services.sessions.share(file);
  const { session } = share.dataset;
  expect([share.dataset.path, session.dataset.hasText]).toEqual([file, false]);
  expect(session.journalPath).toBe(`${file}.review.jsonl`);
  await session.record(await session.sample(0), { kind: 'skip' });
  expect(fs.readFileSync(session.journalPath, 'utf8')).toContain('"id":"0"');
  fs.writeFileSync(
    file,
    await tarBytes([
      ['0.json', row],
      ['1.json', row],
    ]),
  );
  changed(file);
  expect(reopened).toEqual([file]);
  const again = await services.sessions.share(file);
  await again.dataset.session.dataset.indexed;
  expect(again.dataset.session.dataset.rowCount).toBe(2);
  expect((await again.dataset.session.verdict(0)).decision?.kind).toBe('skip');
  share.dispose();
  again.dispose();
});

test('a list is opened anew when one of its files changes', async () => {
  const { services } = startHost();
  const member = datasetOf(ROWS);
  const list = path.join(path.dirname(member), 'mix.yaml');
  fs.writeFileSync(list, `datasets:\n- json_path: ${path.basename(member)}\n`);
  const reopened: string[] = [];
  services.sessions.onReopen.on((each) => reopened.push(each));
  const share = await services.sessions.share(list);
  writeRows(member, [...ROWS, ...ROWS]);
  changed(member);
  expect(reopened).toEqual([list]);
  share.dispose();
});
