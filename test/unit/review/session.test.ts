import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { journalPath } from '../../../src/review/journalPath';
import { exportPairs } from '../../../src/review/pairExport';
import { ReviewSession, type SessionEvent } from '../../../src/review/reviewSession';
import { failedScore } from '../../../src/sample/reward';
import type { EntryBody } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';

const rank = (...ranks: number[][]): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted: false,
  blind: false,
  shown: [],
  ms: 1,
});

function writeDataset(rows: readonly object[], text?: string): string {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  fs.writeFileSync(file, text ?? rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

const ROWS = [
  { id: 'a', prompt: 'A?', candidates: ['1', '2', '3'] },
  { id: 'b', prompt: 'B?', candidates: ['1', '2'], images: ['img/b.png'] },
  { id: 'c', prompt: 'C?', candidates: ['1', '2'] },
];

/** A dataset whose file is closed when the test is over. */
async function openDataset(file: string): Promise<Dataset> {
  const dataset = await Dataset.open(file);
  onTestFinished(() => dataset.close());
  return dataset;
}

async function openSession(file: string, person = 'mira'): Promise<ReviewSession> {
  const dataset = await openDataset(file);
  return ReviewSession.open({ dataset, journalPath: journalPath(file), person });
}

test('rows are found by number and by line, blank lines left out, bad ones kept', async () => {
  const file = writeDataset(
    [],
    '\ufeff{"id":"a","prompt":"A?","candidates":["x"]}\r\n\r\n  \nnot json\n{"prompt":"C?","candidates":["y"]}',
  );
  const dataset = await openDataset(file);
  expect(dataset.rowCount).toBe(3);
  expect(await dataset.row(0)).toMatchObject({ ok: true, sample: { id: 'a', line: 1 } });
  expect(await dataset.row(1)).toMatchObject({ ok: false, line: 4 });
  expect(await dataset.row(2)).toMatchObject({ ok: true, sample: { id: 'line-5' } });
  expect(await dataset.row(3)).toBeUndefined();
  expect([1, 4, 5, 2, 99].map((line) => dataset.rowAt(line))).toEqual([
    0,
    1,
    2,
    undefined,
    undefined,
  ]);
  await dataset.close();
});

test('rows that lie side by side are read at once, and then without the disk', async () => {
  const rows = Array.from({ length: 40 }, (_, n) =>
    n === 6 ? 'not json' : `{"id":"s${n}","prompt":"p","candidates":["${'x'.repeat(n)}"]}`,
  );
  const dataset = await openDataset(writeDataset([], `\ufeff${rows.join('\r\n\n')}`));
  const read = vi.spyOn(dataset.source, 'read');
  await dataset.load([7, 0, 5, 6, 1, 39, 99]);
  expect(read).toHaveBeenCalledTimes(3);
  for (const row of [0, 1, 5, 7, 39]) {
    expect(await dataset.row(row)).toMatchObject({ ok: true, sample: { id: `s${row}` } });
  }
  expect(await dataset.row(6)).toMatchObject({ ok: false, line: 13 });
  await dataset.load([0, 1]);
  expect(read).toHaveBeenCalledTimes(3);
  await dataset.close();
});

test('a verdict is on disk when it is recorded, and there again after a restart', async () => {
  const file = writeDataset(ROWS);
  const session = await openSession(file);
  const events: SessionEvent[] = [];
  session.onChange.on((event) => events.push(event));
  await session.record(await session.sample(0), rank([1], [0, 2]));
  expect(events).toEqual([{ type: 'verdict', line: 1 }]);
  expect(fs.readFileSync(journalPath(file), 'utf8')).toContain('"ranks":[[1],[0,2]]');
  expect(session.progress).toEqual({ reviewed: 1, skipped: 0, flagged: 0, total: 3 });

  const reopened = await openSession(file);
  expect(await reopened.verdict(0)).toMatchObject({ decision: { ranks: [[1], [0, 2]] } });
  expect(await reopened.verdict(1)).toMatchObject({ flagged: false });
  expect(fs.readFileSync(file, 'utf8')).toBe(
    ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
});

test('undo and redo work over samples and survive a restart', async () => {
  const file = writeDataset(ROWS);
  let session = await openSession(file);
  await session.record(await session.sample(0), rank([0], [1]));
  await session.record(await session.sample(1), { kind: 'allBad' });
  expect(await session.undo()).toMatchObject({ id: 'b', kind: 'allBad' });
  expect(await session.undo()).toMatchObject({ id: 'a', kind: 'rank' });
  expect(await session.undo()).toBeUndefined();
  session = await openSession(file);
  expect(session.progress.reviewed).toBe(0);
  expect(await session.redo()).toMatchObject({ id: 'a' });
  expect(await session.redo()).toMatchObject({ id: 'b' });
  expect(await session.redo()).toBeUndefined();
  expect(session.progress.reviewed).toBe(2);
});

test('entries of others arrive when the journal is read again', async () => {
  const file = writeDataset(ROWS);
  const mira = await openSession(file);
  const tom = await openSession(file, 'tom');
  await tom.record(await tom.sample(0), rank([2], [0], [1]));
  const events: SessionEvent[] = [];
  mira.onChange.on((event) => events.push(event));
  await mira.reloadJournal();
  await mira.reloadJournal();
  const [entry] = tom.journal.entries;
  expect(events).toEqual([{ type: 'journal', arrived: [entry] }]);
  expect(mira.progress.reviewed).toBe(0);
  expect(mira.journal.people()).toEqual(['tom']);
});

test('inserting a row above keeps verdicts; editing an answer makes them stale', async () => {
  const file = writeDataset(ROWS);
  const session = await openSession(file);
  await session.record(await session.sample(0), rank([0], [1]));
  await session.record(await session.sample(2), rank([1], [0]));
  const [a, b, c] = ROWS;
  const edited = { ...c, candidates: ['1', 'changed'] };
  fs.writeFileSync(
    file,
    [{ id: 'new', prompt: 'N?', candidates: ['x'] }, a, b, edited]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  const reopened = await openSession(file);
  expect(await reopened.verdict(1)).toMatchObject({
    stale: false,
    decision: { ranks: [[0], [1]] },
  });
  expect((await reopened.verdict(0)).decision).toBeUndefined();
  // moved and edited: the verdict is kept, and shown as one on something else
  expect(await reopened.verdict(3)).toMatchObject({ stale: true, decision: { ranks: [[1], [0]] } });
  expect(reopened.progress).toEqual({ reviewed: 1, skipped: 0, flagged: 0, total: 4 });
});

test('progress counts rows of the dataset as it is now', async () => {
  const file = writeDataset(ROWS);
  const session = await openSession(file);
  await session.record(await session.sample(0), rank([0], [1]));
  await session.record(await session.sample(1), { kind: 'skip' });
  await session.record(await session.sample(1), { kind: 'flag', on: true });
  await session.record(await session.sample(2), { kind: 'allBad' });
  expect(session.progress).toEqual({ reviewed: 2, skipped: 1, flagged: 1, total: 3 });
  const [, b, c] = ROWS;
  fs.writeFileSync(file, `${JSON.stringify(c)}\n${JSON.stringify(b)}\n`);
  const shorter = await openSession(file);
  expect(shorter.progress).toEqual({ reviewed: 1, skipped: 1, flagged: 1, total: 2 });
  await shorter.record(await shorter.sample(0), rank([0], [1]));
  expect(shorter.progress.reviewed).toBe(1);
  fs.writeFileSync(file, `${JSON.stringify({ ...c, prompt: 'Other?' })}\n`);
  expect((await openSession(file)).progress).toMatchObject({ reviewed: 0, total: 1 });
});

test('a clock that goes back loses no verdict, neither after a restart nor after a merge', async () => {
  const file = writeDataset(ROWS);
  let now = 5_000_000;
  const open = async (): Promise<ReviewSession> =>
    ReviewSession.open({
      dataset: await openDataset(file),
      journalPath: journalPath(file),
      person: 'mira',
      now: () => now,
    });
  const first = await open();
  await first.record(await first.sample(0), rank([0], [1], [2]));
  now = 1000;
  const second = await open();
  await second.record(await second.sample(0), rank([2], [1], [0]));
  expect(await second.verdict(0)).toMatchObject({ decision: { ranks: [[2], [1], [0]] } });
  await first.reloadJournal();
  await first.record(await first.sample(0), { kind: 'allBad' });
  expect(await (await open()).verdict(0)).toMatchObject({ decision: { kind: 'allBad' } });
  expect(await (await open()).undo()).toMatchObject({ kind: 'allBad' });
  expect(await (await open()).verdict(0)).toMatchObject({ decision: { kind: 'rank' } });
});

test('two quick undos take back two actions, and redo brings both again', async () => {
  const session = await openSession(writeDataset(ROWS));
  await session.record(await session.sample(0), rank([0], [1]));
  await session.record(await session.sample(1), { kind: 'allBad' });
  const undone = await Promise.all([session.undo(), session.undo(), session.undo()]);
  expect(undone.map((entry) => entry?.id)).toEqual(['b', 'a', undefined]);
  const redone = await Promise.all([session.redo(), session.redo(), session.redo()]);
  expect(redone.map((entry) => entry?.id)).toEqual(['a', 'b', undefined]);
  expect(session.progress.reviewed).toBe(2);
});

test('a reload in the middle of a record does not hide it', async () => {
  const session = await openSession(writeDataset(ROWS));
  const sample = await session.sample(0);
  await Promise.all([
    session.reloadJournal(),
    session.record(sample, { kind: 'skip' }),
    session.reloadJournal(),
    session.record(sample, { kind: 'allBad' }),
  ]);
  expect(await session.verdict(0)).toMatchObject({ decision: { kind: 'allBad' } });
});

test('a journal that can’t be read closes the dataset', async () => {
  const file = writeDataset(ROWS);
  fs.mkdirSync(journalPath(file));
  const dataset = await openDataset(file);
  await expect(
    ReviewSession.open({ dataset, journalPath: journalPath(file), person: 'mira' }),
  ).rejects.toMatchObject({ code: 'JOURNAL_UNREADABLE' });
  await expect(dataset.row(0)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('two identical rows have verdicts of their own', async () => {
  const row = { id: 'twin', prompt: 'T?', candidates: ['1', '2'] };
  const session = await openSession(writeDataset([row, row]));
  await session.record(await session.sample(1), rank([1], [0]));
  expect((await session.verdict(0)).decision).toBeUndefined();
  expect((await session.verdict(1)).decision).toBeDefined();
});

test('the scale of reward strips is the median range of what is scored', async () => {
  const session = await openSession(writeDataset(ROWS));
  expect(session.scores.medianRange()).toBeUndefined();
  const base = failedScore(2, { code: 'INTERNAL', message: '' });
  session.setScore(session.revised(await session.sample(0)), { ...base, rewards: [0, 1] });
  session.setScore(session.revised(await session.sample(1)), { ...base, rewards: [0, 4] });
  session.setScore(session.revised(await session.sample(2)), { ...base, rewards: [0, 2, null] });
  expect(session.scores.medianRange()).toBe(2);
  session.clearScores();
  expect(session.scores.get(await session.sample(0))).toBeUndefined();
});

test('exporting verdicts: policies, disputes, stale verdicts, relative paths', async () => {
  const file = writeDataset(ROWS);
  const folder = path.dirname(file);
  const mira = await openSession(file);
  const tom = await openSession(file, 'tom');
  await mira.record(await mira.sample(0), rank([2], [0], [1]));
  await mira.record(await mira.sample(1), rank([0], [1]));
  await mira.record(await mira.sample(2), rank([0], [1]));
  await tom.record(await tom.sample(2), rank([1], [0]));
  const out = path.join(folder, 'out/pairs.jsonl');
  const options = {
    datasets: [
      { path: file, mediaRoot: folder, source: { from: 'verdicts', journal: journalPath(file) } },
    ],
    format: 'trl',
    out,
  } as const;
  const report = await exportPairs({ ...options, policy: 'best-worst' });
  expect(report).toEqual({
    pairs: 2,
    acceptedPairs: 0,
    tiedPairs: 0,
    identical: 0,
    leftFiles: [],
    samples: 2,
    faults: [],
    readRows: 3,
    badRows: 0,
    rows: 2,
    testPairs: 0,
    tied: 0,
    belowMargin: 0,
    withoutMargin: 0,
    missingMedia: 1,
    tooLong: 0,
    duplicate: 0,
    disputed: 2,
    stale: 0,
    unscored: 0,
    skipped: [],
    journalFaults: [],
    editedPairs: 0,
    staleAnswers: 0,
    outdated: 0,
  });
  const rows = fs
    .readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { images?: string[]; chosen: { content: unknown }[] });
  // beside rows with pictures, content comes in parts
  expect(rows[0]?.chosen[0]?.content).toEqual([{ type: 'text', text: '3' }]);
  expect(rows[1]?.images).toEqual(['../img/b.png']);
  expect(await exportPairs({ ...options, policy: 'all' })).toMatchObject({ pairs: 4 });
});

test('exporting nothing is an error and leaves the old file', async () => {
  const file = writeDataset(ROWS);
  const out = path.join(path.dirname(file), 'pairs.jsonl');
  fs.writeFileSync(out, 'old');
  await expect(
    exportPairs({
      datasets: [
        {
          path: file,
          mediaRoot: path.dirname(file),
          source: { from: 'verdicts', journal: journalPath(file) },
        },
      ],
      format: 'trl',
      policy: 'all',
      out,
    }),
  ).rejects.toMatchObject({ code: 'EXPORT_EMPTY' });
  expect(fs.readFileSync(out, 'utf8')).toBe('old');
});

const verdictsOf = (file: string, out: string) =>
  ({
    datasets: [
      {
        path: file,
        mediaRoot: path.dirname(file),
        source: { from: 'verdicts', journal: journalPath(file) },
      },
    ],
    format: 'trl',
    out,
  }) as const;

test('a pair is disputed by anybody’s whole ranking, not only by the pairs taken from it', async () => {
  const file = writeDataset(ROWS);
  const mira = await openSession(file);
  const tom = await openSession(file, 'tom');
  await mira.record(await mira.sample(0), rank([0], [1], [2]));
  await tom.record(await tom.sample(0), rank([2], [0], [1]));
  await mira.record(await mira.sample(1), rank([0], [1]));
  const out = path.join(path.dirname(file), 'pairs.jsonl');
  const report = await exportPairs({ ...verdictsOf(file, out), policy: 'best-worst' });
  expect(report).toMatchObject({ pairs: 1, samples: 1, disputed: 2 });
  // both put 0 before 1
  expect(await exportPairs({ ...verdictsOf(file, out), policy: 'all' })).toMatchObject({
    pairs: 2,
    disputed: 4,
  });
});

test('lines of the journal that are not entries are reported', async () => {
  const file = writeDataset(ROWS);
  const mira = await openSession(file);
  await mira.record(await mira.sample(0), rank([0], [1]));
  fs.appendFileSync(journalPath(file), '<<<<<<< ours\n{"v":1,"uid":"torn');
  const out = path.join(path.dirname(file), 'pairs.jsonl');
  const report = await exportPairs({ ...verdictsOf(file, out), policy: 'all' });
  expect(report.journalFaults).toMatchObject([
    { file: journalPath(file), line: 2, torn: false },
    { file: journalPath(file), line: 3, torn: true },
  ]);
  await mira.undo();
  await expect(exportPairs({ ...verdictsOf(file, out), policy: 'all' })).rejects.toMatchObject({
    message: expect.stringContaining('2 lines of the verdict') as string,
  });
});

test('an export never replaces the dataset or the journal', async () => {
  const file = writeDataset(ROWS);
  const mira = await openSession(file);
  await mira.record(await mira.sample(0), rank([0], [1]));
  const link = path.join(path.dirname(file), 'link.jsonl');
  fs.symlinkSync(file, link);
  const before = fs.readFileSync(file, 'utf8');
  for (const out of [file, link, journalPath(file)]) {
    await expect(exportPairs({ ...verdictsOf(file, out), policy: 'all' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  }
  expect(fs.readFileSync(file, 'utf8')).toBe(before);
});

test('addresses and pictures without a mark of their own', async () => {
  const file = writeDataset([
    { ...ROWS[1], images: ['https://x.y/z.png', 'img/b.png'] },
    { ...ROWS[2], prompt: 'One <ImageHere> of two', images: ['a.png', 'b.png'] },
  ]);
  const mira = await openSession(file);
  await mira.record(await mira.sample(0), rank([0], [1]));
  await mira.record(await mira.sample(1), rank([0], [1]));
  const out = path.join(path.dirname(file), 'out/pairs.jsonl');
  const report = await exportPairs({ ...verdictsOf(file, out), policy: 'all' });
  expect(report).toMatchObject({ pairs: 1, skipped: [{ id: 'c', line: 2 }] });
  expect(JSON.parse(fs.readFileSync(out, 'utf8'))).toMatchObject({
    images: ['https://x.y/z.png', '../img/b.png'],
  });
});
