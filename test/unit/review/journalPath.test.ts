// Where the verdicts of a dataset are: beside it, or in a folder, where names may meet.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { findJournal, journalPath } from '../../../src/review/journalPath';
import { ReviewSession } from '../../../src/review/reviewSession';
import { tempFolder } from '../../support/paths';

const NAME = 'd.candidates.jsonl';

/** Two datasets of one name in different folders, and a folder for journals. */
function world() {
  const root = tempFolder();
  const [one, other] = ['one', 'other'].map((name) => {
    const folder = path.join(root, name);
    fs.mkdirSync(folder);
    const file = path.join(folder, NAME);
    fs.writeFileSync(file, `{"id":"a","prompt":"${name}?","candidates":["x","y"]}\n`);
    return file;
  }) as [string, string];
  const journals = path.join(root, 'journals');
  fs.mkdirSync(journals);
  return { root, one, other, journals };
}

async function skip(file: string, journal: string): Promise<void> {
  const session = await ReviewSession.open({
    dataset: await Dataset.open(file),
    journalPath: journal,
    person: 'mira',
  });
  await session.record(await session.sample(0), { kind: 'skip' });
  session.dispose();
}

test('datasets of one name have a journal each, the same on every machine', async () => {
  const { root, one, other, journals } = world();
  const [first, second] = [await findJournal(one, journals), await findJournal(other, journals)];
  expect(path.dirname(first)).toBe(journals);
  expect(path.basename(first)).toMatch(/^d\.candidates\.jsonl\.[0-9a-f]{8}\.review\.jsonl$/);
  expect(second).not.toBe(first);
  const moved = `${root}-moved`;
  fs.renameSync(root, moved);
  const there = await findJournal(path.join(moved, 'one', NAME), path.join(moved, 'journals'));
  expect(path.basename(there)).toBe(path.basename(first));
  fs.renameSync(moved, root);
});

test('beside the dataset a name can’t meet another: it has no mark', async () => {
  const { one } = world();
  for (const folder of [undefined, '', path.dirname(one), `${path.dirname(one)}/.`]) {
    expect(await findJournal(one, folder)).toBe(`${one}.review.jsonl`);
  }
});

test('a journal without a mark goes on for the dataset that it is about, and for no other', async () => {
  const { one, other, journals } = world();
  const unmarked = path.join(journals, `${NAME}.review.jsonl`);
  await skip(one, unmarked);
  // the row has moved since
  fs.writeFileSync(
    one,
    `{"id":"b","prompt":"b","candidates":["x"]}\n${fs.readFileSync(one, 'utf8')}`,
  );
  expect(await findJournal(one, journals)).toBe(unmarked);
  expect(await findJournal(other, journals)).toBe(journalPath(other, journals));
  // one with its mark comes first
  await skip(one, journalPath(one, journals));
  expect(await findJournal(one, journals)).toBe(journalPath(one, journals));
});

test('a journal without a mark that can’t be read is told of; an unreadable dataset later', async () => {
  const { one, journals } = world();
  const unmarked = path.join(journals, `${NAME}.review.jsonl`);
  fs.mkdirSync(unmarked);
  expect(await findJournal(one, journals)).toBe(unmarked);
  fs.rmdirSync(unmarked);
  await skip(one, unmarked);
  fs.rmSync(one);
  expect(await findJournal(one, journals)).toBe(journalPath(one, journals));
});
