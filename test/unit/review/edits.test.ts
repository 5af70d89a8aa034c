// Answers edited and added in the review: what they are to their author, to others, and in exports.

import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { journalPath } from '../../../src/review/journalPath';
import type { PairExportReport } from '../../../src/review/exportReport';
import { personVerdict } from '../../../src/review/judgedSamples';
import { exportPairs } from '../../../src/review/pairExport';
import { ReviewSession, type SessionEvent } from '../../../src/review/reviewSession';
import { failedScore, type SampleScore } from '../../../src/sample/reward';
import type { EntryBody } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';

const ROWS = [
  { id: 'a', prompt: 'A?', candidates: ['1', '2', '3'] },
  { id: 'b', prompt: 'B?', candidates: ['1', '2'] },
];

function writeDataset(): string {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  writeRows(file, ROWS);
  return file;
}

function writeRows(file: string, rows: readonly object[]): void {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** A dataset whose file is closed when the test is over. */
async function openDataset(file: string): Promise<Dataset> {
  const dataset = await Dataset.open(file);
  onTestFinished(() => dataset.close());
  return dataset;
}

async function open(file: string, person = 'mira'): Promise<ReviewSession> {
  const dataset = await openDataset(file);
  return ReviewSession.open({ dataset, journalPath: journalPath(file), person });
}

const rank = (...ranks: number[][]): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted: false,
  blind: false,
  shown: [],
  ms: 1,
});
const edit = (candidate: number, text: string): EntryBody => ({ kind: 'edit', candidate, text });
const add = (text: string): EntryBody => ({ kind: 'add', text, source: 'mira' });

/** The answers of a row as its reviewer sees them. */
async function texts(session: ReviewSession, row = 0): Promise<string[]> {
  const { sample } = session.revised(await session.sample(row));
  return sample.candidates.map(({ text }) => text);
}

const scoreOf = (...rewards: number[]): SampleScore => ({
  ...failedScore(rewards.length, { code: 'INTERNAL', message: '' }),
  rewards,
});

test('edits are on disk, survive a restart, and the dataset stays as it is', async () => {
  const file = writeDataset();
  const before = fs.readFileSync(file, 'utf8');
  const session = await open(file);
  const events: SessionEvent[] = [];
  session.onChange.on((event) => events.push(event));
  const sample = await session.sample(0);
  await session.record(sample, edit(1, 'two'));
  expect(fs.readFileSync(journalPath(file), 'utf8')).toContain('"kind":"edit","candidate":1');
  await session.record(sample, add('four'));
  await session.record(sample, edit(3, '4'));
  expect(events).toEqual(Array(3).fill({ type: 'answers', line: 1 }));
  expect(await texts(session)).toEqual(['1', 'two', '3', '4']);
  expect(await texts(await open(file))).toEqual(['1', 'two', '3', '4']);
  expect(fs.readFileSync(file, 'utf8')).toBe(before);
  // they are their author's
  expect(await texts(await open(file, 'tom'))).toEqual(['1', '2', '3']);
  expect(session.progress).toMatchObject({ reviewed: 0 });
});

test('undo and redo take back edits and added answers, among all other actions', async () => {
  const session = await open(writeDataset());
  await session.record(await session.sample(0), edit(0, 'one'));
  await session.record(await session.sample(1), { kind: 'skip' });
  await session.record(await session.sample(0), add('four'));
  expect(await session.undo()).toMatchObject({ kind: 'add', line: 1 });
  expect(await texts(session)).toEqual(['one', '2', '3']);
  expect(await session.undo()).toMatchObject({ kind: 'skip', line: 2 });
  expect(await session.undo()).toMatchObject({ kind: 'edit' });
  expect(await texts(session)).toEqual(['1', '2', '3']);
  expect(await session.undo()).toBeUndefined();
  for (const kind of ['edit', 'skip', 'add']) {
    expect(await session.redo()).toMatchObject({ kind });
  }
  expect(await texts(session)).toEqual(['one', '2', '3', 'four']);
});

test('the last change of one answer can be taken back, and done again', async () => {
  const session = await open(writeDataset());
  const sample = await session.sample(0);
  await session.record(sample, edit(0, 'uno'));
  await session.record(sample, edit(0, 'one'));
  await session.record(sample, edit(1, 'two'));
  await session.undoChange(sample, 0);
  expect(await texts(session)).toEqual(['uno', 'two', '3']);
  await session.undoChange(sample, 0);
  expect(await texts(session)).toEqual(['1', 'two', '3']);
  expect(await session.undoChange(sample, 0)).toBeUndefined();
  expect(await session.redo()).toMatchObject({ text: 'uno' });
  expect(await texts(session)).toEqual(['uno', 'two', '3']);
});

test('an added answer goes while it is the last one; its rank does not go to a later one', async () => {
  const session = await open(writeDataset());
  const sample = await session.sample(0);
  await session.record(sample, add('four'));
  await session.record(sample, add('five'));
  await session.record(sample, rank([4], [3], [0]));
  expect(await session.undoChange(sample, 3)).toBeUndefined();
  await session.undoChange(sample, 4);
  await session.record(sample, add('six'));
  expect(await texts(session)).toEqual(['1', '2', '3', 'four', 'six']);
  expect(session.verdictOf(sample)).toMatchObject({
    decision: { ranks: [[3], [0]] },
    stale: false,
  });
});

test('a rank stays when an answer is edited after it', async () => {
  const session = await open(writeDataset());
  const sample = await session.sample(0);
  await session.record(sample, rank([1], [0]));
  await session.record(sample, edit(1, 'two'));
  expect(session.verdictOf(sample)).toMatchObject({
    decision: { ranks: [[1], [0]] },
    stale: false,
  });
  expect(session.progress.reviewed).toBe(1);
});

test('rewards are those of the texts that were scored, and of no others', async () => {
  const session = await open(writeDataset());
  const sample = await session.sample(0);
  session.setScore(session.revised(sample), scoreOf(1, 2, 3));
  await session.record(sample, edit(1, 'two'));
  const revised = session.revised(sample);
  expect(session.scores.get(revised.sample)).toBeUndefined();
  expect(session.knownOn(1).rewards).toBeUndefined();
  expect(session.scores.rewardOf(1, '3')).toBe(3);
  expect(session.scores.rewardOf(1, 'two')).toBeUndefined();
  session.setScore(revised, scoreOf(1, 9, 3));
  expect(session.scores.get(revised.sample)?.rewards).toEqual([1, 9, 3]);
  expect(session.knownOn(1).rewards).toEqual([1, 9, 3]);
  expect(session.scores.get(sample)).toBeUndefined();
  expect(session.scores.rewardOf(1, '2')).toBe(2);
});

test('edits on a sample that has changed are kept and not applied', async () => {
  const file = writeDataset();
  const session = await open(file);
  await session.record(await session.sample(0), edit(0, 'one'));
  writeRows(file, [{ ...ROWS[0], candidates: ['1', 'changed', '3'] }, ...ROWS.slice(1)]);
  expect(await texts(await open(file))).toEqual(['1', 'changed', '3']);
  writeRows(file, [{ id: 'new', prompt: 'N?', candidates: ['x'] }, ...ROWS]);
  expect(await texts(await open(file), 1)).toEqual(['one', '2', '3']);
});

interface Exported {
  readonly report: PairExportReport;
  readonly rows: readonly Record<string, unknown>[];
}

async function exported(file: string): Promise<Exported> {
  const out = path.join(path.dirname(file), 'pairs.jsonl');
  const journal = journalPath(file);
  const report = await exportPairs({
    datasets: [
      { path: file, mediaRoot: path.dirname(file), source: { from: 'verdicts', journal } },
    ],
    format: 'trl',
    policy: 'all',
    out,
  });
  const lines = fs.readFileSync(out, 'utf8').trim().split('\n');
  return { report, rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const pairsIn = ({ rows }: Exported): string[] =>
  rows.map(({ chosen, rejected }) =>
    [chosen, rejected].map((side) => (side as { content: string }[])[0]?.content).join('>'),
  );

test('pairs are of the edited texts, and say so; without edits rows have no such mark', async () => {
  const file = writeDataset();
  const session = await open(file);
  await session.record(await session.sample(1), rank([0], [1]));
  expect((await exported(file)).rows[0]).not.toHaveProperty('edited_chosen');
  const sample = await session.sample(0);
  await session.record(sample, edit(1, 'two'));
  await session.record(sample, rank([1], [0]));
  const all = await exported(file);
  expect(pairsIn(all)).toEqual(['two>1', '1>2']);
  expect(all.rows.map((row) => [row.edited_chosen, row.edited_rejected])).toEqual([
    [true, false],
    [false, false],
  ]);
  expect(all.report).toMatchObject({ editedPairs: 1, staleAnswers: 0, outdated: 0 });
});

test('ranks are of the text as it was: pairs with an answer edited since are left out, and counted', async () => {
  const file = writeDataset();
  const session = await open(file);
  const other = await session.sample(1);
  await session.record(other, rank([0], [1]));
  const sample = await session.sample(0);
  await session.record(sample, rank([1], [0], [2]));
  await session.record(sample, edit(1, 'two'));
  const left = await exported(file);
  expect(pairsIn(left)).toEqual(['1>3', '1>2']);
  expect(left.report).toMatchObject({ outdated: 2, editedPairs: 0 });
  expect(session.verdictOf(sample).editedSince).toEqual([1]);
  // the edit is taken back, and done again
  await session.undo();
  expect(session.verdictOf(sample).editedSince).toBeUndefined();
  expect((await exported(file)).report).toMatchObject({ outdated: 0, pairs: 4 });
  await session.redo();
  expect(session.verdictOf(sample).editedSince).toEqual([1]);
  // ranked once more it counts
  await session.record(sample, rank([1], [0], [2]));
  expect(pairsIn(await exported(file))).toEqual(['two>1', 'two>3', '1>3', '1>2']);
  // an edit to what it said then is none
  await session.record(sample, edit(1, 'zwei'));
  expect(session.verdictOf(sample).editedSince).toEqual([1]);
  await session.record(sample, edit(1, 'two'));
  expect(session.verdictOf(sample).editedSince).toBeUndefined();
  // the same after a restart
  expect((await open(file)).verdictOf(sample).editedSince).toBeUndefined();
});

test('an edit that is taken back out of order, after its answer was ranked, counts as one since', async () => {
  const file = writeDataset();
  const session = await open(file);
  await session.record(await session.sample(1), rank([0], [1]));
  const sample = await session.sample(0);
  await session.record(sample, edit(1, 'two'));
  await session.record(sample, rank([1], [0], [2]));
  expect(pairsIn(await exported(file))).toEqual(['two>1', 'two>3', '1>3', '1>2']);
  await session.undoChange(sample, 1);
  expect(await texts(session)).toEqual(['1', '2', '3']);
  expect(session.verdictOf(sample).editedSince).toEqual([1]);
  const left = await exported(file);
  expect(pairsIn(left)).toEqual(['1>3', '1>2']);
  expect(left.report).toMatchObject({ outdated: 2, editedPairs: 0 });
  // for statistics the answer has no place, also after a restart
  const again = await open(file);
  const placed = personVerdict(again, sample, 'mira')?.placed;
  expect(placed?.map(({ text }) => text)).toEqual(['1', '3']);
  // done again, the ranks are of what it says
  await session.redo();
  expect(pairsIn(await exported(file))).toEqual(['two>1', 'two>3', '1>3', '1>2']);
});

test('each person’s ranks are over the answers that this person saw', async () => {
  const file = writeDataset();
  const mira = await open(file);
  const tom = await open(file, 'tom');
  const sample = await mira.sample(0);
  await mira.record(sample, edit(0, 'one'));
  await mira.record(sample, add('four'));
  await mira.record(sample, rank([3], [0], [2]));
  // answer 0 is another text to tom, and his added answer another one than mira's
  await tom.reloadJournal();
  await tom.record(sample, { kind: 'add', text: 'vier', source: 'tom' });
  await tom.record(sample, rank([2], [0], [3]));
  const all = await exported(file);
  expect(pairsIn(all)).toEqual(['four>one', 'four>3', 'one>3', '3>1', '3>vier', '1>vier']);
  expect(all.report.disputed).toBe(0);
});

test('the same words by two people are one answer, on which they can disagree', async () => {
  const file = writeDataset();
  const sessions = [await open(file), await open(file, 'tom')];
  for (const [n, session] of sessions.entries()) {
    await session.reloadJournal();
    const sample = await session.sample(0);
    await session.record(sample, { kind: 'add', text: 'four', source: session.person });
    await session.record(sample, n === 0 ? rank([3], [0], [1]) : rank([0], [3], [1]));
  }
  const all = await exported(file);
  expect(pairsIn(all)).toEqual(['four>2', '1>2']);
  expect(all.report.disputed).toBe(2);
});

test('an edit that says what another answer says makes no pair of two equal texts', async () => {
  const file = writeDataset();
  const session = await open(file);
  const sample = await session.sample(0);
  await session.record(sample, rank([1], [0], [2]));
  await session.record(sample, edit(1, '1'));
  expect(pairsIn(await exported(file))).toEqual(['1>3']);
});

test('edits on a sample that has changed are not exported, and that is said', async () => {
  const file = writeDataset();
  const session = await open(file);
  await session.record(await session.sample(0), edit(0, 'one'));
  await session.record(await session.sample(1), rank([0], [1]));
  writeRows(file, [{ ...ROWS[0], prompt: 'Another?' }, ...ROWS.slice(1)]);
  expect((await exported(file)).report).toMatchObject({ pairs: 1, staleAnswers: 1 });
});
