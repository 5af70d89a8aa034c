// Parquet files made here: pictures inside, several groups, all that can be wrong with the file.

import fs from 'node:fs';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { countCandidateRows, readCandidateFile } from '../../../src/formats/readCandidateFile';
import { resolveMedia } from '../../../src/node/folder';
import { sha256 } from '../../../src/node/hash';
import { Dataset } from '../../../src/review/dataset';
import { FIXTURES, tempFolder } from '../../support/paths';

const PICTURE = new Uint8Array(fs.readFileSync(path.join(FIXTURES, 'images/tiny.png')));
const HELD = `embedded://${sha256(PICTURE)}.png`;

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

function parquet(columnData: Columns, rowGroupSize = 1000): string {
  const file = path.join(tempFolder(), 'train.parquet');
  fs.writeFileSync(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })));
  return file;
}

async function read(file: string) {
  const results = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    results.push(row);
  }
  return results;
}

const pairs = (count: number): Columns => [
  {
    name: 'prompt',
    data: Array.from({ length: count }, (_, n) => `Question ${n}?`),
    type: 'STRING',
  },
  { name: 'chosen', data: Array.from({ length: count }, () => 'Yes.'), type: 'STRING' },
  { name: 'rejected', data: Array.from({ length: count }, () => 'No.'), type: 'STRING' },
];

test('a picture inside, numbers and missing columns', async () => {
  const file = parquet([
    { name: 'idx', data: [12n, 9007199254740993n], type: 'INT64' },
    { name: 'image', data: [PICTURE, PICTURE], type: 'BYTE_ARRAY' },
    { name: 'candidates', data: [null, null], type: 'JSON' },
    { name: 'question', data: ['Which <image>?', 'Grün?'], type: 'STRING' },
    { name: 'chosen', data: ['A pear.', 'Ja.'], type: 'STRING' },
    { name: 'rejected', data: ['A brick.', 'Nein.'], type: 'STRING' },
  ]);
  const results = await read(file);
  expect(results).toMatchObject([
    {
      ok: true,
      sample: {
        id: '12',
        line: 1,
        messages: [{ role: 'user', content: 'Which <image>?' }],
        images: [HELD],
        candidates: [{ text: 'A pear.' }, { text: 'A brick.' }],
        given: { ranks: [[0], [1]] },
      },
    },
    { ok: true, sample: { id: '9007199254740993', line: 2, images: [HELD] } },
  ]);
  expect(await countCandidateRows(file)).toBe(2);
});

test('structs with bytes and path, in lists', async () => {
  const messages = [
    { role: 'user', content: '<image><image> Alike?' },
    { role: 'assistant', content: 'Yes.' },
  ];
  const images = [
    { bytes: null, path: 'a.png' },
    { bytes: PICTURE, path: 'b.png' },
  ];
  const file = path.join(tempFolder(), 'train.parquet');
  const written = parquetWriteBuffer({
    columnData: [
      { name: 'messages', data: [messages] },
      { name: 'images', data: [images] },
    ],
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'messages', type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
      { name: 'images', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
  });
  fs.writeFileSync(file, new Uint8Array(written));
  expect(await read(file)).toMatchObject([
    {
      sample: {
        messages: [{ content: '<ImageHere><ImageHere> Alike?' }],
        images: ['a.png', HELD],
      },
    },
  ]);
});

test('RLAIF-V as it is published: its columns, pictures as bytes and path', async () => {
  const columns = {
    ds_name: 'RLAIF-V',
    question: 'What is in the picture?',
    chosen: 'A pear.',
    rejected: 'A brick.',
    origin_dataset: 'VQAv2',
    origin_split: '{"model": "muffin", "type": "question_answering"}',
    idx: '7',
    image_path: 'llava1.5/7.jpg',
  };
  const names = Object.keys(columns);
  const text = (name: string) =>
    ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }) as const;
  const written = parquetWriteBuffer({
    columnData: [
      ...Object.entries(columns).map(([name, value]) => ({ name, data: [value] })),
      { name: 'image', data: [{ bytes: PICTURE, path: '7.jpg' }] },
    ],
    schema: [
      { name: 'root', num_children: names.length + 1 },
      ...names.map(text),
      { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      text('path'),
    ],
  });
  const file = path.join(tempFolder(), 'RLAIF-V-Dataset_000.parquet');
  fs.writeFileSync(file, new Uint8Array(written));
  expect(await read(file)).toEqual([
    {
      ok: true,
      sample: {
        id: '7',
        line: 1,
        messages: [{ role: 'user', content: 'What is in the picture?' }],
        candidateRole: 'assistant',
        images: [HELD],
        videos: [],
        candidates: [{ text: 'A pear.' }, { text: 'A brick.' }],
        given: { ranks: [[0], [1]] },
        domain: 'VQAv2',
      },
      origin: {
        format: 'RLAIF-V',
        rest: { idx: '7', origin_split: columns.origin_split },
      },
    },
  ]);
  expect(new Uint8Array(fs.readFileSync(await resolveMedia('/nowhere', HELD)))).toEqual(PICTURE);
});

test('rows of several groups keep their order; a damaged group leaves the others', async () => {
  const file = parquet(pairs(10), 4);
  const lines = (await read(file)).map((row) => (row.ok ? row.sample.line : -row.line));
  expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const bytes = fs.readFileSync(file);
  bytes.fill(0xff, 4, 40); // the header of the first page
  fs.writeFileSync(file, bytes);
  const results = await read(file);
  expect(results.map((row) => (row.ok ? row.sample.line : -row.line))).toEqual([
    -1, -2, -3, -4, 5, 6, 7, 8, 9, 10,
  ]);
  expect(results[3]).toMatchObject({ error: { code: 'FILE_UNREADABLE', data: { line: 4 } } });
  expect(results[3]?.ok === false && results[3].error.message).toContain('rows 1 to 4');
});

test('a file that is cut, or whose footer lies about its size', async () => {
  const whole = fs.readFileSync(parquet(pairs(3)));
  const file = path.join(tempFolder(), 'cut.parquet');
  for (const size of [4, 9, Math.floor(whole.length / 2), whole.length - 1]) {
    fs.writeFileSync(file, whole.subarray(0, size));
    await expect(read(file)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('PAR1') as string,
    });
  }
  const lying = Buffer.from(whole);
  lying.writeUInt32LE(0xfffffff0, whole.length - 8);
  fs.writeFileSync(file, lying);
  await expect(read(file)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('claims') as string,
  });
});

test('the review editor opens text only', async () => {
  await expect(Dataset.open(parquet(pairs(1)))).rejects.toMatchObject({
    code: 'NOT_A_DATASET',
  });
});
