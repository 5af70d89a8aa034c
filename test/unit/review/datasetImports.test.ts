// Imported copies: the rows that readers give, made once, made anew when anything they come from changes.

import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { columnMappingSchema } from '../../../src/formats/columnMapping';
import type { RowResult } from '../../../src/formats/datasetRow';
import { mappedFormat } from '../../../src/formats/mappedRows';
import { readCandidateFile } from '../../../src/formats/readCandidateFile';
import type { RowFormat } from '../../../src/formats/rows/rowFormat';
import { heldFile } from '../../../src/node/heldMedia';
import { Dataset } from '../../../src/review/dataset';
import { DatasetImports, needsImport } from '../../../src/review/datasetImports';
import { ReviewSession } from '../../../src/review/reviewSession';
import { sampleHash } from '../../../src/review/sampleHash';
import { FIXTURES, tempFolder } from '../../support/paths';
import { tarBytes, writeShard, type Members } from '../../support/shards';

const PICTURE = fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'));
const pair = { question: 'Which?', chosen: 'A pear.', rejected: 'A brick.' };
const SHARD: Members = [
  ['0.json', { ...pair, margin: 2, note: { kept: [1] } }],
  ['0.png', PICTURE],
  ['1.json', '{'],
  ['2.json', { prompt: 'q', candidates: [{ text: 'a', source: 'm' }], domain: 'd', hd_num: 4 }],
];
const never = new AbortController().signal;
const nothing = (): void => undefined;

async function rowsOf(rows: AsyncIterable<RowResult>) {
  const all = [];
  for await (const row of rows) {
    all.push(row);
  }
  return all;
}

async function openCopy(imports: DatasetImports, file: string) {
  const copy = (await imports.find(file)) ?? (await imports.make(file, nothing, never));
  const dataset = await Dataset.openCopy(file, copy.rowsFile);
  await dataset.indexed;
  return { copy, dataset };
}

test('a copy has the rows of the dataset, bad ones too, and its media', async () => {
  const file = await writeShard(SHARD);
  const { dataset } = await openCopy(new DatasetImports(1e9), file);
  const expected = await rowsOf(readCandidateFile(file, 'safe'));
  expect(expected.map(({ ok }) => ok)).toEqual([true, false, true]);
  for (const [row, result] of expected.entries()) {
    expect(await dataset.row(row)).toEqual(result);
    expect(dataset.lineOf(row)).toBe(row + 1);
  }
  expect([dataset.path, dataset.hasText, dataset.rowCount]).toEqual([file, false, 3]);
  const first = await dataset.row(0);
  const [name = ''] = first?.ok === true ? first.sample.images : [];
  expect(fs.readFileSync(await heldFile(name))).toEqual(PICTURE);
  await dataset.close();
});

test('made once; made anew when the file changes, even within its time and size', async () => {
  const file = await writeShard(SHARD);
  const imports = new DatasetImports(1e9);
  expect(await imports.find(file)).toBeUndefined();
  const first = await imports.make(file, nothing, never);
  expect(await imports.find(file)).toEqual(first);
  expect(await new DatasetImports(1e9).find(file)).toEqual(first);
  const { atime, mtime } = fs.statSync(file);
  const bytes = await tarBytes(SHARD);
  bytes[bytes.indexOf('A pear.')] = 0x54;
  fs.writeFileSync(file, bytes);
  fs.utimesSync(file, atime, mtime);
  expect(await imports.find(file)).toBeUndefined();
});

test('a copy is that of the columns that a person named, and no other', async () => {
  const file = await writeShard([['0.json', { ask: 'q', one: 'a', two: 'b' }]]);
  const mapped = (...candidates: readonly string[]) =>
    mappedFormat(columnMappingSchema.parse({ prompt: 'ask', candidates }));
  const imports = new DatasetImports(1e9);
  const answersOf = async (format: RowFormat): Promise<unknown> => {
    const copy =
      (await imports.find(file, format)) ?? (await imports.make(file, nothing, never, format));
    const dataset = await Dataset.openCopy(file, copy.rowsFile);
    await dataset.indexed;
    const row = await dataset.row(0);
    await dataset.close();
    return row?.ok === true ? row.sample.candidates.map(({ text }) => text) : row;
  };
  expect(await answersOf(mapped('one', 'two'))).toEqual(['a', 'b']);
  expect(await answersOf(mapped('two', 'one'))).toEqual(['b', 'a']);
  expect(await imports.find(file)).toBeUndefined();
  expect(await imports.find(file, mapped('one', 'two'))).toBeDefined();
});

test('made anew when a file that a list names changes, comes or goes', async () => {
  const folder = tempFolder();
  const list = path.join(folder, 'mix.yaml');
  const row = (prompt: string): string => JSON.stringify({ prompt, candidates: ['a'] });
  fs.writeFileSync(list, 'datasets:\n- json_path: a.jsonl\n- json_path: b.jsonl\n');
  fs.writeFileSync(path.join(folder, 'a.jsonl'), row('one'));
  const imports = new DatasetImports(1e9);
  const { copy, dataset } = await openCopy(imports, list);
  expect(copy.sources.slice(0, 2)).toEqual([list, path.join(folder, 'a.jsonl')]);
  expect(await dataset.row(1)).toMatchObject({ error: { code: 'FILE_NOT_FOUND' } });
  await dataset.close();
  fs.writeFileSync(path.join(folder, 'b.jsonl'), row('two'));
  expect(await imports.find(list)).toBeUndefined();
  const second = await openCopy(imports, list);
  expect(await second.dataset.row(1)).toMatchObject({ ok: true });
  await second.dataset.close();
  fs.writeFileSync(path.join(folder, 'a.jsonl'), row('other'));
  expect(await imports.find(list)).toBeUndefined();
});

test('verdicts go beside the original, and their hash is that of the command line', async () => {
  const file = await writeShard(SHARD);
  const { dataset } = await openCopy(new DatasetImports(1e9), file);
  const journalPath = `${file}.review.jsonl`;
  const session = await ReviewSession.open({ dataset, journalPath, person: 'me' });
  await session.record(await session.sample(0), { kind: 'skip' });
  session.dispose();
  const [first] = await rowsOf(readCandidateFile(file, 'safe'));
  const entry = JSON.parse(fs.readFileSync(journalPath, 'utf8')) as { sampleHash: string };
  expect(first?.ok === true && sampleHash(first.sample)).toBe(entry.sampleHash);
});

test('a file that is cut: its rows, and a bad one that says so; one without rows is no dataset', async () => {
  const folder = tempFolder();
  const lines = Array.from({ length: 50_000 }, (_, n) =>
    JSON.stringify({ prompt: `${n} ${Math.random()}`, candidates: ['a'] }),
  );
  const packed = gzipSync(lines.join('\n'));
  const file = path.join(folder, 'cut.jsonl.gz');
  fs.writeFileSync(file, packed.subarray(0, packed.length / 2));
  expect(await needsImport(file)).toBe(true);
  const { dataset } = await openCopy(new DatasetImports(1e9), file);
  expect(await dataset.row(0)).toMatchObject({ ok: true });
  const last = await dataset.row(dataset.rowCount - 1);
  expect(last).toMatchObject({ ok: false, error: { code: 'FILE_UNREADABLE' } });
  expect(last?.ok === false && last.error.message).toContain('missing from here on');
  await dataset.close();
  fs.writeFileSync(file, packed.subarray(0, 12));
  await expect(new DatasetImports(1e9).make(file, nothing, never)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
});

test('cancelling leaves nothing behind', async () => {
  const file = await writeShard(SHARD);
  const controller = new AbortController();
  controller.abort();
  const imports = new DatasetImports(1e9);
  await expect(imports.make(file, nothing, controller.signal)).rejects.toThrow(/abort|cancel/i);
  expect(await imports.find(file)).toBeUndefined();
});

test('the limit removes copies that nobody has open, the least used first', async () => {
  const [first, second, third] = [
    await writeShard(SHARD),
    await writeShard(SHARD),
    await writeShard(SHARD),
  ];
  await new DatasetImports(1e9).make(first, nothing, never);
  const open = new DatasetImports(1);
  await open.make(second, nothing, never);
  await open.make(third, nothing, never);
  const other = new DatasetImports(1e9);
  expect(await other.find(first)).toBeUndefined();
  expect(await other.find(second)).toBeDefined();
  expect(await other.find(third)).toBeDefined();
});

test('a damaged copy gives bad rows, not wrong ones', async () => {
  const file = await writeShard(SHARD);
  const { rowsFile } = await new DatasetImports(1e9).make(file, nothing, never);
  const lines = fs.readFileSync(rowsFile, 'utf8').trimEnd().split('\n');
  fs.writeFileSync(rowsFile, ['{"ok":true}', 'null', lines[2]].join('\n'));
  const dataset = await Dataset.openCopy(file, rowsFile);
  expect(await dataset.row(0)).toMatchObject({ ok: false, line: 1 });
  expect(await dataset.row(1)).toMatchObject({ ok: false, line: 2 });
  expect(await dataset.row(2)).toMatchObject({ ok: true });
  await dataset.close();
});
