// Counts kept from verdicts and rewards, against looking at every row.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { findRows } from '../../../src/review/findRows';
import { journalPath } from '../../../src/review/journalPath';
import { ReviewSession } from '../../../src/review/reviewSession';
import { StandingCounts } from '../../../src/review/standingCounts';
import { FILE_ORDER, type QueueFilter } from '../../../src/sample/queueQuery';
import type { SampleScore } from '../../../src/sample/reward';
import type { RevisedSample } from '../../../src/sample/revision';
import { STANDINGS, type Condition } from '../../../src/sample/standing';
import type { EntryBody } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';

const never = new AbortController().signal;
const CONDITIONS: readonly Condition[] = [...STANDINGS, 'flagged'];

async function openRows(): Promise<ReviewSession> {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  const rows = Array.from({ length: 12 }, (_, n) =>
    n === 4
      ? 'not json'
      : JSON.stringify({
          id: `s${n}`,
          prompt: n % 2 === 0 ? 'even' : 'odd',
          candidates: ['a', 'b'],
        }),
  );
  fs.writeFileSync(file, rows.join('\n'));
  const dataset = await Dataset.open(file);
  return ReviewSession.open({ dataset, journalPath: journalPath(file), person: 'mira' });
}

const score = (...rewards: (number | null)[]): SampleScore =>
  ({ rewards, errors: [], tokens: { prefix: 0, tails: [], texts: [] }, media: [] }) as never;

const rank = (...ranks: number[][]): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted: false,
  blind: false,
  shown: [],
  ms: 1,
});

async function revised(session: ReviewSession, row: number): Promise<RevisedSample> {
  return session.revised(await session.sample(row));
}

function follow(session: ReviewSession, counts: StandingCounts): void {
  session.onChange.on((event) => {
    if (event.type === 'verdict' || event.type === 'answers' || event.type === 'score') {
      counts.update(event.line);
    }
  });
}

/** Each condition alone, and beside another one. */
async function expectCounts(
  session: ReviewSession,
  counts: StandingCounts,
  others: QueueFilter,
): Promise<void> {
  const found = async (standings: readonly Condition[]): Promise<number> => {
    const query = { ...FILE_ORDER, filter: { ...others, standings } };
    return (await findRows(session, query, () => undefined, never)).rows.length;
  };
  for (const condition of CONDITIONS) {
    for (const standings of [[condition], [condition, 'flagged' as const]]) {
      expect([standings, counts.count(standings)]).toEqual([standings, await found(standings)]);
    }
  }
}

test.each([{}, { text: 'even' }])('counts follow verdicts and rewards: %j', async (others) => {
  const session = await openRows();
  const query = { ...FILE_ORDER, filter: others };
  const { pool } = await findRows(session, query, () => undefined, never);
  const counts = new StandingCounts(session, pool);
  follow(session, counts);
  await expectCounts(session, counts, others);
  for (const row of [0, 1, 2, 3]) {
    await session.record(await session.sample(row), rank([0], [1]));
    session.setScore(await revised(session, row), row < 2 ? score(1, 2) : score(2, 1));
  }
  await session.record(await session.sample(5), { kind: 'flag', on: true });
  await session.record(await session.sample(2), { kind: 'flag', on: true });
  await session.record(await session.sample(6), { kind: 'skip' });
  await session.record(await session.sample(7), { kind: 'allBad' });
  session.setScore(await revised(session, 8), score(null, null));
  await expectCounts(session, counts, others);
  await session.undo();
  await session.record(await session.sample(5), { kind: 'flag', on: false });
  session.setScore(await revised(session, 8), score(1, null));
  await expectCounts(session, counts, others);
  await expectCounts(session, new StandingCounts(session, pool), others);
  session.dispose();
});

test('counts follow edited and added answers: rewards are those of the answers as they are', async () => {
  const session = await openRows();
  await session.dataset.row(4);
  const counts = new StandingCounts(session);
  follow(session, counts);
  const sample = await session.sample(0);
  await session.record(sample, rank([0], [1]));
  session.setScore(await revised(session, 0), score(1, 2));
  expect(counts.count(['differs'])).toBe(1);
  await session.record(sample, { kind: 'edit', candidate: 0, text: 'better' });
  expect([counts.count(['differs']), counts.count(['reviewed'])]).toEqual([0, 1]);
  await expectCounts(session, counts, {});
  session.setScore(await revised(session, 0), score(3, 2));
  await session.undo();
  // the rewards of the edit are not those of what stands there again
  expect([counts.count(['differs']), counts.count(['reviewed'])]).toEqual([0, 1]);
  session.setScore(await revised(session, 0), score(1, 2));
  expect(counts.count(['differs'])).toBe(1);

  await session.record(sample, { kind: 'add', text: 'new', source: 'mira' });
  await session.record(sample, rank([1], [2], [0]));
  session.setScore(await revised(session, 0), score(1, 3, 2));
  expect(counts.count(['differs'])).toBe(0);
  session.setScore(await revised(session, 0), score(1, 2, 3));
  expect(counts.count(['differs'])).toBe(1);
  await expectCounts(session, counts, {});
  // without the added answer the others stand in the model's order
  await session.undoChange(sample, 2);
  session.setScore(await revised(session, 0), score(1, 2));
  expect(counts.count(['differs'])).toBe(0);
  await expectCounts(session, counts, {});
  await expectCounts(session, new StandingCounts(session), {});
  session.dispose();
});

test('a row that was not looked at yet counts as one to do', async () => {
  const session = await openRows();
  const counts = new StandingCounts(session);
  expect([counts.count(['todo']), counts.count(['broken'])]).toEqual([12, 0]);
  await session.dataset.row(4);
  expect([counts.count(['todo']), counts.count(['broken'])]).toEqual([11, 1]);
  session.dispose();
});
