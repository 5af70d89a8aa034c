// Which rows a query finds, in which order, against looking at every row in memory.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { findFacets, findRows } from '../../../src/review/findRows';
import { rowValues, sortKey } from '../../../src/review/matchRow';
import { StandingCounts } from '../../../src/review/standingCounts';
import { journalPath } from '../../../src/review/journalPath';
import { ReviewSession } from '../../../src/review/reviewSession';
import { FILE_ORDER, type QueueFilter, type QueueQuery } from '../../../src/sample/queueQuery';
import type { SampleScore } from '../../../src/sample/reward';
import { tempFolder } from '../../support/paths';

const never = new AbortController().signal;

async function openRows(
  lines: readonly (object | string)[],
  noiseFloor = 0,
): Promise<ReviewSession> {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  fs.writeFileSync(
    file,
    lines.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''),
  );
  const dataset = await Dataset.open(file);
  return ReviewSession.open({
    dataset,
    journalPath: journalPath(file),
    person: 'mira',
    noiseFloor: () => noiseFloor,
  });
}

const score = (...rewards: (number | null)[]): SampleScore =>
  ({ rewards, errors: [], tokens: { prefix: 0, tails: [], texts: [] }, media: [] }) as never;

const ROWS = [
  { id: 'apple', prompt: 'One?', candidates: [{ text: 'x', source: 'm1' }, 'yy'], domain: 'vqa' },
  '',
  { id: 'pear', prompt: 'Two?', candidates: ['xxxx', { text: 'APPLE', source: 'm2' }] },
  'not json',
  { id: 'plum', prompt: 'Three?', candidates: ['x', 'y', 'z'], domain: 'ocr' },
  { id: 'fig', prompt: 'Four?', candidates: ['xxx', 'y'], domain: 'vqa' },
];

async function session(): Promise<ReviewSession> {
  const opened = await openRows(ROWS);
  opened.setScore(opened.revised(await opened.sample(0)), score(1, 2));
  opened.setScore(opened.revised(await opened.sample(1)), score(3, 0.5));
  opened.setScore(opened.revised(await opened.sample(3)), score(null, null, null));
  const rank = { unranked: [], accepted: false, blind: false, shown: [], ms: 1 };
  // the model has it the other way round
  await opened.record(await opened.sample(0), { kind: 'rank', ranks: [[0], [1]], ...rank });
  await opened.record(await opened.sample(1), { kind: 'rank', ranks: [[0], [1]], ...rank });
  await opened.record(await opened.sample(4), { kind: 'flag', on: true });
  return opened;
}

async function found(
  opened: ReviewSession,
  filter: QueueFilter,
  sort: Partial<QueueQuery> = {},
): Promise<readonly number[]> {
  const query = { ...FILE_ORDER, ...sort, filter };
  return [...(await findRows(opened, query, () => undefined, never)).rows];
}

test('conditions: of one kind any, of several kinds all', async () => {
  const opened = await session();
  expect(await found(opened, {})).toEqual([0, 1, 2, 3, 4]);
  expect(await found(opened, { text: 'apple' })).toEqual([0, 1]);
  expect(await found(opened, { text: 'THREE' })).toEqual([3]);
  expect(await found(opened, { standings: ['differs'] })).toEqual([0]);
  expect(await found(opened, { standings: ['reviewed', 'flagged'] })).toEqual([1, 4]);
  expect(await found(opened, { standings: ['todo'] })).toEqual([4]);
  expect(await found(opened, { standings: ['noReward'] })).toEqual([3]);
  expect(await found(opened, { standings: ['broken'] })).toEqual([2]);
  expect(await found(opened, { marginBelow: 2 })).toEqual([0]);
  expect(await found(opened, { sources: ['m1', 'm2'] })).toEqual([0, 1]);
  expect(await found(opened, { domains: ['vqa'], text: 'four' })).toEqual([4]);
  opened.dispose();
});

test('rewards closer than the noise of the device tie: no disagreement, as on the cards', async () => {
  for (const [noiseFloor, differing] of [
    [0, [0]],
    [0.5, []],
  ] as const) {
    const opened = await openRows([{ id: 's', prompt: 'p', candidates: ['x', 'y'] }], noiseFloor);
    const sample = await opened.sample(0);
    opened.setScore(opened.revised(sample), score(1, 1.4));
    const ranks = { kind: 'rank' as const, ranks: [[0], [1]] };
    const rest = { unranked: [], accepted: false, blind: false, shown: [], ms: 1 };
    await opened.record(sample, { ...ranks, ...rest });
    expect(await found(opened, { standings: ['differs'] })).toEqual(differing);
    const counts = new StandingCounts(opened);
    expect(counts.count(['differs'])).toBe(differing.length);
    const { verdict, rewards } = opened.knownOn(1);
    const facts = { result: { ok: true as const, sample }, verdict, rewards, noiseFloor };
    expect(sortKey('disagreement', facts)).toBe(differing.length);
    opened.dispose();
  }
});

test('orders: what has no value comes last, either way round', async () => {
  const opened = await session();
  expect(await found(opened, {}, { sort: 'margin' })).toEqual([0, 1, 2, 3, 4]);
  expect(await found(opened, {}, { sort: 'margin', descending: true })).toEqual([1, 0, 2, 3, 4]);
  expect(await found(opened, {}, { sort: 'reward', descending: true })).toEqual([1, 0, 2, 3, 4]);
  expect(await found(opened, {}, { sort: 'length', descending: true })).toEqual([1, 4, 0, 3, 2]);
  expect(await found(opened, {}, { sort: 'domain' })).toEqual([3, 0, 4, 1, 2]);
  expect(await found(opened, {}, { sort: 'disagreement', descending: true })).toEqual([
    0, 1, 2, 3, 4,
  ]);
  expect(await found(opened, {}, { sort: 'changed', descending: true })).toEqual([1, 0, 2, 3, 4]);
  expect(await found(opened, {}, { sort: 'file', descending: true })).toEqual([4, 3, 2, 1, 0]);
  opened.dispose();
});

test('sources and domains are counted by rows', async () => {
  const opened = await session();
  const { sources, domains } = await findFacets(opened, never);
  expect(Object.fromEntries(sources)).toEqual({ m1: 1, m2: 1 });
  expect(Object.fromEntries(domains)).toEqual({ vqa: 2, ocr: 1 });
  opened.dispose();
});

test('texts are found whatever their size, and progress is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ab', 'b', 'c'.repeat(3_000_000), 'xA'), { maxLength: 8 }),
      async (texts) => {
        const opened = await openRows([
          { prompt: 'p', candidates: ['first'] },
          ...texts.map((text) => ({ prompt: text, candidates: ['y'] })),
        ]);
        const expected = texts.flatMap((text, n) => (/a/i.test(text) ? [n + 1] : []));
        expect(await found(opened, { text: 'a' })).toEqual(expected);
        opened.dispose();
      },
    ),
    { seed: 6, numRuns: 20 },
  );
});

test('looking through many rows tells how far it is, and can be stopped', async () => {
  const rows = Array.from({ length: 2100 }, (_, n) => ({ prompt: `p${n}`, candidates: ['a'] }));
  const opened = await openRows(rows);
  const shares: number[] = [];
  const query = { ...FILE_ORDER, filter: { text: 'p' } };
  const { rows: all } = await findRows(opened, query, (share) => shares.push(share), never);
  expect(all).toHaveLength(2100);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  const stop = new AbortController();
  await expect(findRows(opened, query, () => stop.abort(), stop.signal)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  opened.dispose();
});

test('a row has a value for each order; a blind reviewer gets none that tells rewards or sources', async () => {
  const session = await openRows([
    {
      id: 'a',
      prompt: 'q',
      domain: 'charts',
      candidates: [{ text: 'yes', source: 'm' }, 'no, it is'],
    },
  ]);
  const result = await session.dataset.row(0);
  if (result === undefined) {
    throw new Error('no row');
  }
  const verdict = await session.verdict(0);
  const facts = { result, verdict, rewards: [2, -1], noiseFloor: 0 };
  const open = { file: 1, margin: 3, length: 9, reward: 2, domain: 'charts', source: '' };
  expect(rowValues(facts, false)).toEqual(open);
  expect(rowValues(facts, true)).toEqual({ file: 1, length: 9, domain: 'charts' });
});
