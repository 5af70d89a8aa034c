// Statistics of a dataset by its journal and rewards: cases counted by hand.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { datasetStatistics } from '../../../src/review/datasetStatistics';
import { journalPath } from '../../../src/review/journalPath';
import { readJudgedSamples } from '../../../src/review/judgedSamples';
import { ReviewSession } from '../../../src/review/reviewSession';
import { sampleHash } from '../../../src/review/sampleHash';
import type { SampleScore } from '../../../src/sample/reward';
import type { DatasetStatistics, StatisticsSelection } from '../../../src/sample/statistics';
import type { EntryBody } from '../../../src/sample/verdict';
import { hashOf, judgedSamples } from '../../support/judgedDataset';
import { tempFolder } from '../../support/paths';

const ANSWERS = ['one', 'two', 'three'];

function rowOf(n: number): object {
  return {
    id: `s${n}`,
    prompt: `question ${n}`,
    candidates: ANSWERS.map((text, c) => ({ text: `${text} ${n}`, source: 'xyz'[c] })),
    ...(n === 3 ? {} : { domain: n % 2 === 0 ? 'even' : 'odd' }),
  };
}

function writeDataset(rows = 6): string {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  fs.writeFileSync(
    file,
    Array.from({ length: rows }, (_, n) => JSON.stringify(rowOf(n))).join('\n'),
  );
  return file;
}

/** One person's view of the dataset; the journal is shared. */
async function openAs(file: string, person: string): Promise<ReviewSession> {
  const dataset = await Dataset.open(file);
  return ReviewSession.open({ dataset, journalPath: journalPath(file), person });
}

const rank = (
  ranks: readonly (readonly number[])[],
  how: { accepted?: boolean; blind?: boolean } = {},
): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [0, 1, 2].filter((index) => !ranks.flat().includes(index)),
  accepted: how.accepted ?? false,
  blind: how.blind ?? false,
  shown: [0, 1, 2],
  ms: 1,
});

const score = (rewards: readonly (number | null)[], texts = [10, 20, 30]): SampleScore =>
  ({ rewards, errors: [], tokens: { prefix: 0, tails: [], texts }, media: [] }) as never;

async function record(session: ReviewSession, row: number, body: EntryBody): Promise<void> {
  await session.record(await session.sample(row), body);
}

async function setScore(
  session: ReviewSession,
  row: number,
  ...rewards: (number | null)[]
): Promise<void> {
  session.setScore(session.revised(await session.sample(row)), score(rewards));
}

async function statistics(
  session: ReviewSession,
  selection: StatisticsSelection = {},
  noiseFloor = 0,
): Promise<DatasetStatistics> {
  return datasetStatistics(await readJudgedSamples(session), {
    selection,
    person: session.person,
    rows: session.dataset.rowCount,
    noiseFloor,
    unnamed: 'no source',
  });
}

test('a dataset without verdicts and rewards', async () => {
  const session = await openAs(writeDataset(), 'mira');
  const found = await statistics(session);
  expect(found.facts).toEqual({
    samples: 6,
    reviewed: 0,
    people: [{ name: 'mira', reviewed: 0 }],
    allBad: 0,
    allTied: 0,
    tiedPairs: 0,
    stale: 0,
    scored: 0,
    unscored: 0,
    upTo: undefined,
  });
  expect(found.agreement).toEqual({
    votes: undefined,
    blind: undefined,
    accepted: undefined,
    top: undefined,
    tau: undefined,
    people: [],
  });
  expect(found.temperature).toMatchObject({ state: 'notIdentified', reason: 'noPairs' });
  expect([found.histograms, found.length, found.bestOfN]).toEqual([undefined, undefined, []]);
  session.dispose();
});

test('votes, blind votes, accepted orders, ties, all bad and skips, each where it belongs', async () => {
  const session = await openAs(writeDataset(), 'mira');
  // three pairs, all as the model has them
  await record(session, 0, rank([[0], [1], [2]]));
  await setScore(session, 0, 3, 2, 1);
  // blind, three pairs, none as the model has them
  await record(session, 1, rank([[0], [1], [2]], { blind: true }));
  await setScore(session, 1, 1, 2, 3);
  // an accepted order
  await record(session, 2, rank([[2], [1], [0]], { accepted: true }));
  await setScore(session, 2, 1, 2, 3);
  // two in one place above the third: two pairs, of which the model ties one
  await record(session, 3, rank([[0, 1], [2]]));
  await setScore(session, 3, 5, 2, 2);
  await record(session, 4, { kind: 'allBad' });
  await setScore(session, 4, 1, 2, 3);
  await record(session, 5, { kind: 'skip' });

  const { agreement, facts, league } = await statistics(session);
  expect(agreement.votes).toMatchObject({
    value: (3 + 0 + 1.5) / 8,
    pairs: 8,
    samples: 3,
    modelTies: 1,
  });
  expect(agreement.blind).toMatchObject({ value: 0, pairs: 3, samples: 1 });
  expect(agreement.accepted).toMatchObject({ value: 1, pairs: 3, samples: 1 });
  // the model's best is the person's best, the worst, and one of two
  expect(agreement.top).toMatchObject({
    value: 2 / 3,
    chance: (1 / 3 + 1 / 3 + 2 / 3) / 3,
    samples: 3,
  });
  // of the third: one pair the same way, two untied by each
  expect(agreement.tau).toMatchObject({ samples: 3 });
  expect(agreement.tau?.value).toBeCloseTo((1 - 1 + 1 / 2) / 3, 12);
  expect(facts).toMatchObject({
    reviewed: 5,
    people: [{ name: 'mira', reviewed: 5 }],
    allBad: 1,
    allTied: 0,
    tiedPairs: 1,
    stale: 0,
    scored: 5,
    unscored: 0,
  });
  expect(Date.parse(facts.upTo ?? '')).toBeGreaterThan(0);
  // own votes only, ties included
  expect(league.comparisons).toBe(9);
  session.dispose();
});

test('margins below the noise floor are ties of the model', async () => {
  const session = await openAs(writeDataset(), 'mira');
  await record(session, 0, rank([[0], [1], [2]]));
  await setScore(session, 0, 3, 2.99, 1);
  const found = await statistics(session, {}, 0.04);
  expect(found.agreement.votes).toMatchObject({ value: 2.5 / 3, modelTies: 1 });
  expect(found.agreement.top).toMatchObject({ value: 0.5 });
  session.dispose();
});

test('a partial ranking forms pairs among its own answers only; an all-tied one forms none', async () => {
  const session = await openAs(writeDataset(), 'mira');
  await record(session, 0, rank([[2], [0]]));
  await setScore(session, 0, 1, 9, 2);
  await record(session, 1, rank([[0, 1, 2]]));
  await setScore(session, 1, 1, 2, 3);
  const { agreement, facts } = await statistics(session);
  expect(agreement.votes).toMatchObject({ value: 1, pairs: 1 });
  expect(agreement.top).toMatchObject({ value: 1, chance: 0.5, samples: 1 });
  expect(facts).toMatchObject({ allTied: 1, tiedPairs: 3, reviewed: 2 });
  session.dispose();
});

test('verdicts on samples that have changed since count for nothing', async () => {
  const file = writeDataset();
  const before = await openAs(file, 'mira');
  await record(before, 0, rank([[0], [1], [2]]));
  await record(before, 1, rank([[0], [1], [2]]));
  before.dispose();
  const rows = fs.readFileSync(file, 'utf8').replace('question 0', 'another question');
  fs.writeFileSync(file, rows);
  const session = await openAs(file, 'mira');
  await session.loaded;
  await setScore(session, 0, 3, 2, 1);
  await setScore(session, 1, 3, 2, 1);
  const { agreement, facts } = await statistics(session);
  expect(agreement.votes).toMatchObject({ pairs: 3, samples: 1 });
  expect(facts).toMatchObject({ stale: 1, reviewed: 1 });
  session.dispose();
});

test('two people: apart, together, and against each other', async () => {
  const file = writeDataset();
  const noor = await openAs(file, 'noor');
  await record(noor, 0, rank([[0], [1], [2]]));
  await record(noor, 1, rank([[2], [1], [0]]));
  await record(noor, 2, rank([[0, 1], [2]]));
  await record(noor, 3, rank([[1], [0]], { accepted: true }));
  noor.dispose();
  const session = await openAs(file, 'mira');
  await session.loaded;
  await record(session, 0, rank([[0], [1], [2]]));
  await record(session, 1, rank([[0], [1], [2]]));
  await record(session, 3, rank([[1], [0]]));
  for (const row of [0, 1, 2, 3]) {
    await setScore(session, row, 3, 2, 1);
  }
  const all = await statistics(session);
  expect(all.people).toEqual(['mira', 'noor']);
  expect(all.facts.people).toEqual([
    { name: 'mira', reviewed: 3 },
    { name: 'noor', reviewed: 4 },
  ]);
  expect(all.facts.reviewed).toBe(4);
  // mira: 3 + 3 + 0 of 7; noor: 3 + 0 + 2 of 8
  expect(all.agreement.votes).toMatchObject({ value: 11 / 15, pairs: 15, samples: 4 });
  expect((await statistics(session, { people: ['mira'] })).agreement.votes).toMatchObject({
    value: 6 / 7,
  });
  expect((await statistics(session, { people: ['noor'] })).agreement.votes).toMatchObject({
    value: 5 / 8,
  });
  // samples 0 and 1: three pairs alike, three opposite; chance would give one in two
  expect(all.agreement.top).toMatchObject({ verdicts: 6, samples: 4 });
  const [both] = all.agreement.people;
  expect(both).toMatchObject({ first: 'mira', second: 'noor', pairs: 6, samples: 2 });
  expect(both?.kappa).toBeCloseTo(0, 12);
  expect((await statistics(session, { people: ['mira'] })).agreement.people).toEqual([]);
  session.dispose();
});

test('selection by domain and by blind verdicts', async () => {
  const session = await openAs(writeDataset(), 'mira');
  await record(session, 0, rank([[0], [1]], { blind: true }));
  await record(session, 1, rank([[0], [1]]));
  await record(session, 3, rank([[0], [1]]));
  for (const row of [0, 1, 3]) {
    await setScore(session, row, 2, 1, 0);
  }
  const pairsOf = async (selection: StatisticsSelection): Promise<number | undefined> =>
    (await statistics(session, selection)).agreement.votes?.pairs;
  expect((await statistics(session)).domains).toEqual(['even', 'odd']);
  expect(await pairsOf({})).toBe(3);
  expect(await pairsOf({ domains: ['even'] })).toBe(1);
  expect(await pairsOf({ domains: ['even', 'odd'] })).toBe(2);
  expect(await pairsOf({ domains: [''] })).toBe(1);
  expect(await pairsOf({ blindOnly: true })).toBe(1);
  expect(await pairsOf({ domains: ['odd'], blindOnly: true })).toBeUndefined();
  session.dispose();
});

test('a reward belongs to the text that was judged: an edit without one forms no pair', async () => {
  const session = await openAs(writeDataset(), 'mira');
  await setScore(session, 0, 3, 2, 1);
  await record(session, 0, { kind: 'edit', candidate: 0, text: 'better' });
  await record(session, 0, rank([[0], [1], [2]]));
  const before = await statistics(session);
  expect(before.agreement.votes).toMatchObject({ value: 1, pairs: 1 });
  expect(before.facts.unscored).toBe(1);
  await setScore(session, 0, 0, 2, 1);
  const after = await statistics(session);
  expect(after.agreement.votes).toMatchObject({ value: 1 / 3, pairs: 3 });
  expect(after.facts.unscored).toBe(0);
  session.dispose();
});

test('rewards: by source, against length, best of n', async () => {
  const session = await openAs(writeDataset(), 'mira');
  for (const row of [0, 1, 2, 3]) {
    await setScore(session, row, row, row + 1, row + 5);
  }
  await setScore(session, 4, 7, null, null);
  const { histograms, length, bestOfN, facts } = await statistics(session);
  expect(facts.scored).toBe(5);
  expect(
    histograms?.sources.map(({ source, answers, median }) => [source, answers, median]),
  ).toEqual([
    ['x', 5, 2],
    ['y', 4, 2.5],
    ['z', 4, 6.5],
  ]);
  expect(length).toMatchObject({ answers: 13, samples: 5 });
  expect(length?.points).toHaveLength(13);
  expect(length?.within?.value).toBeGreaterThan(0.9);
  // of 0, 1 and 5 above one another: mean 2; best of two (1 + 5 + 5) / 3; best of three 5
  expect(bestOfN.map(({ n, samples }) => [n, samples])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
  expect(bestOfN[1]?.gain).toBeCloseTo(11 / 3 - 2, 12);
  expect(bestOfN[2]?.gain).toBeCloseTo(3, 12);
  session.dispose();
});

test('the temperature is of one person’s own votes', async () => {
  const file = writeDataset(6);
  const noor = await openAs(file, 'noor');
  await record(noor, 0, rank([[2], [1], [0]]));
  noor.dispose();
  const session = await openAs(file, 'mira');
  await session.loaded;
  await record(session, 0, rank([[0], [1], [2]]));
  await record(session, 1, rank([[2], [1], [0]]));
  await record(session, 2, rank([[0], [1], [2]]));
  await record(session, 3, rank([[0], [1], [2]], { accepted: true }));
  for (const row of [0, 1, 2, 3]) {
    await setScore(session, row, 2, 1, 0);
  }
  const fit = (await statistics(session, { people: ['mira'] })).temperature;
  // margins 1, 1, 2 twice for and once against the model
  expect(fit).toMatchObject({ state: 'fitted', pairs: 9, samples: 3 });
  const others = (await statistics(session, { people: ['noor'] })).temperature;
  expect(others).toMatchObject({ reason: 'reversed', pairs: 3 });
  session.dispose();
});

test('the journal of the UI tests is about its samples', () => {
  for (const sample of judgedSamples(3)) {
    expect(hashOf(sample)).toBe(sampleHash(sample));
  }
});
