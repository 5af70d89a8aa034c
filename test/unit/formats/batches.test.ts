// Batch outputs of OpenAI and vLLM: answers in one file, their prompts in another beside it.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countCandidateRows, readCandidateFile } from '../../../src/formats/readCandidateFile';
import { Dataset } from '../../../src/review/dataset';
import { DatasetImports, needsImport } from '../../../src/review/datasetImports';
import { tempFolder } from '../../support/paths';

const asked = (id: string | number, content: unknown = `question ${id}`) => ({
  custom_id: id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'm', messages: [{ role: 'user', content }], n: 2 },
});

const answered = (id: string | number, ...texts: readonly (string | null)[]) => ({
  id: `vllm-${id}`,
  custom_id: id,
  response: {
    status_code: 200,
    request_id: 'r',
    body: {
      model: 'm',
      choices: texts.map((content, index) => ({ index, message: { role: 'assistant', content } })),
    },
  },
  error: null,
});

const failed = (id: string, response: unknown, error: unknown) => ({
  id: `vllm-${id}`,
  custom_id: id,
  response,
  error,
});

function write(files: Readonly<Record<string, readonly unknown[]>>): string {
  const folder = tempFolder();
  for (const [name, rows] of Object.entries(files)) {
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function read(file: string) {
  const rows = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    rows.push(row);
  }
  return rows;
}

test('answers get their prompts from the batch input beside, by custom_id in any order', async () => {
  const folder = write({
    'batch.output.jsonl': [
      answered('ü2', 'two', 'zwei'),
      answered(1, 'one', null),
      answered('x', 'lost'),
    ],
    'batch.input.jsonl': [
      asked('q0'),
      asked(1),
      asked('ü2', [
        { type: 'image_url', image_url: { url: 'a.png' } },
        { type: 'text', text: 'what?' },
      ]),
    ],
    'notes.jsonl': [{ prompt: 'p', candidates: ['a'] }],
  });
  const file = path.join(folder, 'batch.output.jsonl');
  const rows = await read(file);
  expect(rows).toMatchObject([
    {
      ok: true,
      sample: {
        id: 'ü2',
        line: 1,
        images: ['a.png'],
        messages: [{ role: 'user', content: '<ImageHere>what?' }],
        candidates: [
          { text: 'two', source: 'm' },
          { text: 'zwei', source: 'm' },
        ],
      },
    },
    {
      ok: true,
      sample: {
        id: '1',
        messages: [{ role: 'user', content: 'question 1' }],
        candidates: [{ text: 'one' }],
      },
    },
    { ok: false, line: 3, id: 'x', error: { code: 'ROW_SHAPE' } },
  ]);
  expect(rows[2]?.ok === false && rows[2].error.message).toContain('batch input');
  expect(await countCandidateRows(file)).toBe(3);
});

test('of several inputs the one whose name is nearest counts', async () => {
  const folder = write({
    'a.out.jsonl': [answered('1', 'x')],
    'b.out.jsonl': [answered('1', 'x'), answered('only-a', 'y')],
    'a.in.jsonl': [asked('1', 'of a'), asked('only-a', 'of a')],
    'b.in.jsonl': [asked('1', 'of b')],
  });
  const questions = (await read(path.join(folder, 'b.out.jsonl'))).map((row) =>
    row.ok ? row.sample.messages[0]?.content : row.error.message,
  );
  expect(questions).toEqual(['of b', 'of a']);
});

test('where the server failed, its own words are the fault', async () => {
  const folder = write({
    'out.jsonl': [
      failed('1', null, { code: 'batch_expired', message: 'could not be executed' }),
      failed('2', { status_code: 400, body: null }, { error: { message: 'too long', code: 400 } }),
      failed('3', { status_code: 429, body: { error: { message: 'slow down' } } }, null),
      answered('5', 'fine'),
    ],
    'in.jsonl': ['1', '2', '3', '5'].map((id) => asked(id)),
  });
  const rows = await read(path.join(folder, 'out.jsonl'));
  expect(rows.map((row) => (row.ok ? row.sample.id : row.error.code))).toEqual([
    ...['NO_CANDIDATES', 'NO_CANDIDATES', 'NO_CANDIDATES'],
    '5',
  ]);
  expect(rows.map((row) => (row.ok ? '' : row.error.message.split(' (')[0]))).toEqual([
    'the server answered: could not be executed',
    'the server answered with status 400: too long',
    'the server answered with status 429: slow down',
    '',
  ]);
});

test('the review editor shows a copy, made anew when the input changes or appears', async () => {
  const folder = write({ 'out.jsonl': [answered('1', 'x')] });
  const file = path.join(folder, 'out.jsonl');
  const imports = new DatasetImports(1e9);
  const open = async () => {
    const copy =
      (await imports.find(file)) ??
      (await imports.make(file, () => undefined, new AbortController().signal));
    const dataset = await Dataset.openCopy(file, copy.rowsFile);
    await dataset.indexed;
    const row = await dataset.row(0);
    await dataset.close();
    return row?.ok === true ? row.sample.messages[0]?.content : row?.error.code;
  };
  expect(await needsImport(file)).toBe(true);
  expect(await open()).toBe('ROW_SHAPE');
  const input = path.join(folder, 'in.jsonl');
  fs.writeFileSync(input, JSON.stringify(asked('1', 'first')));
  expect(await open()).toBe('first');
  fs.writeFileSync(input, JSON.stringify(asked('1', 'another')));
  expect(await open()).toBe('another');
});

test('rows that hold their prompt are read at their places, as ever', async () => {
  const joined = { ...answered('1', 'x'), body: asked('1').body };
  const folder = write({ 'out.jsonl': [joined], 'in.jsonl': [asked('1', 'other')] });
  const file = path.join(folder, 'out.jsonl');
  expect(await needsImport(file)).toBe(false);
  expect(await read(file)).toMatchObject([{ ok: true, sample: { id: '1' } }]);
});

test('completions and answers of the Responses API are read, too', async () => {
  const response = (body: object) => ({ status_code: 200, body: { model: 'm', ...body } });
  const folder = write({
    'out.jsonl': [
      { custom_id: '1', response: response({ choices: [{ text: 'a' }, { text: 'b' }] }) },
      {
        custom_id: '2',
        response: response({
          output: [
            { type: 'reasoning', summary: [] },
            {
              type: 'message',
              role: 'assistant',
              content: [{ type: 'output_text', text: 'c', annotations: [] }],
            },
          ],
        }),
      },
      { custom_id: '3', response: response({ choices: [{ message: { content: 'd' } }] }) },
      answered('4', 'e'),
    ],
    'in.jsonl': [
      { custom_id: '1', body: { prompt: 'once' } },
      {
        custom_id: '2',
        body: {
          instructions: 's',
          input: [{ role: 'user', content: [{ type: 'input_text', text: 'q' }] }],
        },
      },
      asked('3'),
      { custom_id: '4', body: { messages: [{ role: 'tool', content: 'x' }] } },
    ],
  });
  const rows = await read(path.join(folder, 'out.jsonl'));
  expect(rows).toMatchObject([
    {
      sample: {
        messages: [{ role: 'user', content: 'once' }],
        candidates: [{ text: 'a' }, { text: 'b' }],
      },
    },
    {
      sample: {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'q' },
        ],
        candidates: [{ text: 'c', source: 'm' }],
      },
    },
    { ok: false },
    { ok: false },
  ]);
  const faults = rows.slice(2).map((row) => (row.ok ? '' : row.error.message));
  expect(faults[0]).toContain('choices.0.message.role');
  expect(faults[1]).toContain('the role "tool"');
});
