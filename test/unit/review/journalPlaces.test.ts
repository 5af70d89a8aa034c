import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { TextNumbers } from '../../../src/node/textNumbers';
import { EntryReader } from '../../../src/review/entryReader';
import { JournalFile } from '../../../src/review/journalFile';
import { JournalIndex } from '../../../src/review/journalIndex';
import { formatJournalLine } from '../../../src/review/journalLine';
import { JournalPlaces } from '../../../src/review/journalPlaces';
import { rowReaders } from '../../../src/review/journalRows';
import { JournalState } from '../../../src/review/journalState';
import { RowVerdicts } from '../../../src/review/rowVerdicts';
import { sampleHash } from '../../../src/review/sampleHash';
import { Verdicts } from '../../../src/review/verdicts';
import type { EntryBody, JournalEntry } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';

const CONTENTS = ['ein Kreis', '一个圆', 'a shape'];
const PEOPLE = ['mira', 'tom', 'zoë'];
const small = fc.nat({ max: 3 });

/** The rows of a dataset as [id, content]. */
const rowsOf = fc.array(fc.tuple(small, fc.nat({ max: CONTENTS.length - 1 })), { maxLength: 8 });

const entryOf = fc.record({
  uid: fc.nat({ max: 15 }),
  at: small,
  by: fc.constantFrom(...PEOPLE),
  id: small,
  line: fc.integer({ min: 1, max: 9 }),
  content: fc.nat({ max: CONTENTS.length - 1 }),
  kind: fc.constantFrom(
    'rank' as const,
    'flag' as const,
    'edit' as const,
    'add' as const,
    'undo' as const,
    'undo' as const,
  ),
  of: fc.nat({ max: 15 }),
});

function lineOf(id: number, content: number): string {
  return JSON.stringify({ id: `r${id}`, prompt: CONTENTS[content], candidates: ['a'] });
}

function bodyOf(kind: EntryBody['kind'], number: number): EntryBody {
  switch (kind) {
    case 'undo':
      return { kind, of: `u${number}` };
    case 'flag':
      return { kind, on: true };
    case 'edit':
      return { kind, candidate: number % 2, text: `edit ${number}` };
    case 'add':
      return { kind, text: `added ${number}`, source: '' };
    case 'rank': {
      const ways = { accepted: false, blind: false, shown: [], ms: 1 };
      return { kind, ranks: [[0], [1]], unranked: [], ...ways };
    }
    default:
      return { kind: 'skip' };
  }
}

function hashOf(content: number): string {
  const row = parseDatasetRow(lineOf(0, content), 1, 'safe');
  return row.ok ? sampleHash(row.sample) : '';
}

test('a journal read by places says what one in memory says', async () => {
  const folder = tempFolder();
  const [dataset, journalPath] = ['d.jsonl', 'd.review.jsonl'].map((name) =>
    path.join(folder, name),
  ) as [string, string];
  await fc.assert(
    fc.asyncProperty(rowsOf, fc.array(entryOf, { maxLength: 20 }), async (rows, drafts) => {
      // a first row, so that the dataset is never empty
      const all = [[9, 0] as const, ...rows];
      fs.writeFileSync(dataset, all.map(([id, content]) => `${lineOf(id, content)}\n`).join(''));
      const entries = drafts.map(({ uid, at, by, id, line, content, kind, of }): JournalEntry => {
        const head = {
          v: 1 as const,
          uid: `u${uid}`,
          at: new Date(at * 1000).toISOString(),
          ...{ by, id: `r${id}`, line, sampleHash: hashOf(content) },
        };
        return { ...head, ...bodyOf(kind, of) };
      });
      fs.writeFileSync(journalPath, `\uFEFF${entries.map(formatJournalLine).join('\r\n')}`);

      const state = new JournalState(entries);
      const hashes = new Map<string, Map<number, string>>();
      for (const [n, [id, content]] of all.entries()) {
        const lines = hashes.get(`r${id}`) ?? new Map<number, string>();
        hashes.set(`r${id}`, lines.set(n + 1, hashOf(content)));
      }
      const expected = new Verdicts(state, hashes);

      const index = await JournalIndex.read(new JournalFile(journalPath));
      const places = await JournalPlaces.find(index, rowReaders(dataset));
      const reader = new EntryReader(journalPath);
      expect(index.people()).toEqual(state.people());
      for (let line = all.length; line > 0; line -= 1) {
        const placed = [];
        for (const { place, stale } of places.on(line)) {
          placed.push({ entry: await reader.read(place), stale });
        }
        expect(placed).toEqual(expected.at(line).placed);
        const read = new RowVerdicts(placed);
        for (const person of PEOPLE) {
          expect(read.of(person, 1)).toEqual(expected.of(person, line, 1));
          expect(read.changesOf(person)).toEqual(expected.changesOf(person, line));
        }
      }
      await reader.close();
    }),
    { numRuns: 200 },
  );
});

test('a journal that is replaced while it is read is not misread', async () => {
  const file = path.join(tempFolder(), 'd.review.jsonl');
  fs.writeFileSync(file, '{"something":"else"}\n');
  const reader = new EntryReader(file);
  await expect(reader.read({ offset: 2, sizeBytes: 10 })).rejects.toThrow('has changed');
  await reader.close();
});

test('texts are numbered in the order in which they come first', () => {
  const numbers = new TextNumbers();
  const texts = Array.from({ length: 5000 }, (_, n) => `text ${n}`);
  expect(texts.map((text) => numbers.add(text))).toEqual(texts.map((_, n) => n));
  expect(texts.map((text) => numbers.add(text))).toEqual(texts.map((_, n) => n));
  expect(texts.map((text) => numbers.find(text))).toEqual(texts.map((_, n) => n));
  expect(numbers.find('another')).toBeUndefined();
  expect(numbers.count).toBe(texts.length);
});
