// Rows of unknown columns, read by what a person says the columns hold.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { guessMapping } from '../../../src/formats/columnGuess';
import {
  columnMappingSchema,
  mappingFault,
  mappingToJson,
  withPart,
  type ColumnMapping,
} from '../../../src/formats/columnMapping';
import {
  columnsOf,
  isSameShape,
  shapeOf,
  withInnerColumns,
} from '../../../src/formats/columnShape';
import { readDatasetRow } from '../../../src/formats/datasetRow';
import { firstRows } from '../../../src/formats/firstRows';
import { mappedFormat } from '../../../src/formats/mappedRows';
import { readCandidateFile } from '../../../src/formats/readCandidateFile';
import { Dataset } from '../../../src/review/dataset';
import { tempFolder } from '../../support/paths';

const toMapping = (json: object): ColumnMapping => columnMappingSchema.parse(json);
const read = (row: object, json: object) =>
  readDatasetRow(row, 1, 'safe', JSON.stringify(row), mappedFormat(toMapping(json)));

test('columns inside columns, and inside lists', () => {
  const row = {
    meta: { id: 7, question: { text: 'What is it?' } },
    runs: [{ answer: 'A pear.' }, { answer: 'An apple.' }],
    'a.b': 'm1',
    a: { b: 'm2' },
  };
  const mapping = {
    id: 'meta.id',
    prompt: 'meta.question.text',
    candidates: ['runs.0.answer', 'runs.1.answer'],
    sources: 'a.b',
  };
  expect(read(row, mapping)).toMatchObject({
    ok: true,
    sample: {
      id: '7',
      messages: [{ role: 'user', content: 'What is it?' }],
      candidates: [
        { text: 'A pear.', source: 'm1' },
        { text: 'An apple.', source: 'm1' },
      ],
    },
  });
  expect(read(row, { ...mapping, prompt: 'meta.question.words' })).toMatchObject({
    ok: false,
    error: { code: 'ROW_SHAPE', message: expect.stringContaining('meta.question.words') as string },
  });
  expect(read(row, { ...mapping, prompt: 'constructor.name' }).ok).toBe(false);
});

test('a key after a list stands for all of its objects', () => {
  const row = {
    meta: { question: 'Which fruit?' },
    runs: [
      { answer: 'A pear.', by: { name: 'm1' } },
      { answer: 'An apple.', by: { name: 'm2' } },
    ],
  };
  const mapping = {
    prompt: 'meta.question',
    candidates: 'runs.answer',
    sources: 'runs.by.name',
  };
  expect(read(row, mapping)).toMatchObject({
    ok: true,
    sample: {
      candidates: [
        { text: 'A pear.', source: 'm1' },
        { text: 'An apple.', source: 'm2' },
      ],
    },
  });
  expect(read(row, { ...mapping, candidates: 'runs.reply' }).ok).toBe(false);

  // and it is offered, with what stands there
  const shown = withInnerColumns(columnsOf([row]));
  expect(shown.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    'meta: object',
    'meta.question: text',
    'runs: list',
    'runs.answer: list',
    'runs.by: list',
    'runs.by.name: list',
  ]);
  expect(shown.find(({ name }) => name === 'runs.by.name')?.example).toEqual(['m1', 'm2']);
  // a column of that very name is the one that the name stands for
  const twice = { ...row, 'meta.question': 3 };
  expect(
    withInnerColumns(columnsOf([twice])).filter((each) => each.name === 'meta.question'),
  ).toEqual([{ name: 'meta.question', kind: 'number', example: 3 }]);
  // all the way down a row that holds itself many times, it ends
  const deep = JSON.parse(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`) as Record<string, unknown>;
  expect(withInnerColumns(columnsOf([deep]))).toHaveLength(4);
});

test('answers in several columns, their sources, pictures and an id', () => {
  const row = {
    key: 'k-7',
    ask: 'What is <image>?',
    left: 'A pear.',
    right: null,
    third: 'An apple.',
    by: ['m1', 'm2', 'm3'],
    pic: 'a.png',
    hd_num: 6,
    note: 'kept',
  };
  const mapping = {
    id: 'key',
    prompt: 'ask',
    candidates: ['left', 'right', 'third'],
    sources: 'by',
    images: 'pic',
  };
  expect(read(row, mapping)).toEqual({
    ok: true,
    sample: {
      id: 'k-7',
      line: 1,
      messages: [{ role: 'user', content: 'What is <ImageHere>?' }],
      candidateRole: 'assistant',
      candidates: [
        { text: 'A pear.', source: 'm1' },
        { text: 'An apple.', source: 'm3' },
      ],
      images: ['a.png'],
      videos: [],
      hdNum: 6,
    },
    origin: { format: 'mapping of columns', rest: { note: 'kept' } },
  });
});

test('answers in a list, of texts or objects; one source for all of them', () => {
  const list = ['Yes.', { text: 'No.', source: 'own' }, { role: 'assistant', content: 'Perhaps.' }];
  expect(read({ q: 'Is it?', a: list }, { prompt: 'q', candidates: 'a' })).toMatchObject({
    sample: {
      candidates: [{ text: 'Yes.' }, { text: 'No.', source: 'own' }, { text: 'Perhaps.' }],
    },
  });
  const mapping = { prompt: 'q', candidates: 'a', sources: 'm' };
  expect(read({ q: 'Is it?', a: ['Yes.', 'No.'], m: 'both' }, mapping)).toMatchObject({
    sample: {
      candidates: [
        { text: 'Yes.', source: 'both' },
        { text: 'No.', source: 'both' },
      ],
    },
  });
  expect(read({ q: 'Is it?', a: ['Yes.', 'No.'], m: ['one'] }, mapping)).toMatchObject({
    error: {
      code: 'ROW_SHAPE',
      message: expect.stringContaining('1 sources for 2 answers') as string,
    },
  });
});

test('pairs, with a prompt apart or inside', () => {
  const given = { ranks: [[0], [1]] };
  expect(
    read({ q: 'Why?', up: 'So.', down: 'No.' }, { prompt: 'q', chosen: 'up', rejected: 'down' }),
  ).toMatchObject({ sample: { given, candidates: [{ text: 'So.' }, { text: 'No.' }] } });
  const talk = (text: string) => [
    { from: 'human', value: 'Why?' },
    { from: 'gpt', value: text },
  ];
  expect(
    read({ up: talk('So.'), down: talk('No.') }, { chosen: 'up', rejected: 'down' }),
  ).toMatchObject({
    sample: {
      given,
      messages: [{ role: 'user', content: 'Why?' }],
      candidates: [{ text: 'So.' }, { text: 'No.' }],
    },
  });
});

test('a conversation that ends with its answer, or with the turn that answers are to', () => {
  const talk = [
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'So.' },
  ];
  expect(read({ talk }, { messages: 'talk' })).toMatchObject({
    sample: { messages: [{ content: 'Why?' }], candidates: [{ text: 'So.' }] },
  });
  const mapping = { messages: 'talk', candidates: 'a' };
  expect(read({ talk: talk.slice(0, 1), a: 'No.' }, mapping)).toMatchObject({
    sample: { candidates: [{ text: 'No.' }] },
  });
  expect(read({ talk, a: 'No.' }, mapping)).toMatchObject({ error: { code: 'ROW_SHAPE' } });
});

test('faults name the column; a row that does not fit is bad, not guessed', () => {
  const mapping = { prompt: 'q', candidates: ['a', 'b'] };
  const fault = (row: object) => {
    const result = read(row, mapping);
    return result.ok ? undefined : result.error;
  };
  expect(fault({ q: 7, a: 'x' })?.message).toContain('column "q"');
  expect(fault({ q: 'x', a: { b: 1 } })?.message).toContain('column "a": expected a text');
  expect(fault({ q: 'x', a: null })).toMatchObject({ code: 'NO_CANDIDATES' });
  expect(fault({ q: 'x', a: '\ud83d' })).toMatchObject({ code: 'ROW_SHAPE' });
  expect(
    readDatasetRow('text', 1, 'safe', '"text"', mappedFormat(toMapping(mapping))),
  ).toMatchObject({ ok: false, error: { code: 'ROW_SHAPE' } });
});

test('a mapping says all that is needed, and nothing else', () => {
  for (const bad of [
    {},
    { prompt: 'q' },
    { candidates: 'a' },
    { prompt: 'q', messages: 'm', candidates: 'a' },
    { prompt: 'q', chosen: 'c' },
    { prompt: 'q', chosen: 'c', rejected: 'r', candidates: 'a' },
    { prompt: 'q', candidates: ['a', 'b', 'c'], sources: ['x', 'y'] },
    { prompt: 'q', candidates: 'a', answers: 'b' },
    { prompt: '', candidates: 'a' },
  ]) {
    expect(columnMappingSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  }
  const json = { prompt: 'q', candidates: ['a', 'b'], images: 'i', id: 'k' };
  expect(mappingToJson(toMapping(json))).toEqual(json);
});

test('a part is set; those that say the same in another way are emptied', () => {
  const pair = toMapping({ prompt: 'q', chosen: 'c', rejected: 'r', id: 'k' });
  const json = (mapping: ColumnMapping) => mappingToJson(mapping);
  expect(json(withPart(pair, 'candidates', ['a', 'b']))).toEqual({
    prompt: 'q',
    candidates: ['a', 'b'],
    id: 'k',
  });
  expect(json(withPart(pair, 'messages', ['m']))).toEqual({
    messages: 'm',
    chosen: 'c',
    rejected: 'r',
    id: 'k',
  });
  expect(mappingFault(withPart(pair, 'rejected', []))).toBe('halfPair');
  expect(json(withPart(pair, 'candidates', []))).toEqual(json(pair));
});

test('shapes: names and kinds, in any order; a column without values fits any', () => {
  const shape = (...rows: Record<string, unknown>[]) => shapeOf(columnsOf(rows));
  const one = shape({ b: null, a: 'x' }, { b: [1], a: 'y' });
  expect(one).toEqual({ a: 'text', b: 'list' });
  expect(isSameShape(one, shape({ a: 'z', b: [] }))).toBe(true);
  expect(isSameShape(one, shape({ a: 'z', b: null }))).toBe(true);
  expect(isSameShape(one, shape({ a: 'z', b: 1 }))).toBe(false);
  expect(isSameShape(one, shape({ a: 'z' }))).toBe(false);
  expect(isSameShape(one, shape({ a: 'z', c: [] }))).toBe(false);
  expect(isSameShape(shape({ toString: 'x' }), { a: 'text' })).toBe(false);
  expect(isSameShape({}, {})).toBe(false);
});

test('guesses by names and kinds', () => {
  const guess = (row: Record<string, unknown>) => mappingToJson(guessMapping(columnsOf([row])));
  expect(
    guess({
      question_id: 3,
      question: 'q',
      answer_a: 'x',
      answer_b: 'y',
      model_a: 'm',
      model_b: 'n',
      image_path: 'a.png',
      split: 'train',
    }),
  ).toEqual({
    id: 'question_id',
    prompt: 'question',
    candidates: ['answer_a', 'answer_b'],
    sources: ['model_a', 'model_b'],
    images: 'image_path',
  });
  expect(guess({ instruction_text: 'q', winner: 'x', loser: 'y', clip: 'a.mp4' })).toEqual({
    prompt: 'instruction_text',
    chosen: 'winner',
    rejected: 'loser',
    videos: 'clip',
  });
  expect(guess({ dialog: [{}], model_outputs: ['x'], generator: 'm' })).toEqual({
    messages: 'dialog',
    candidates: 'model_outputs',
    sources: 'generator',
  });
  expect(mappingFault(guessMapping(columnsOf([{ foo: 1 }])))).toBe('noPrompt');
  expect(mappingFault(guessMapping(columnsOf([{ question: 'q', response: 'r' }])))).toBeUndefined();
});

const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed());
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 4, maxLength: 9 });

test('whatever the columns are called, the samples are the expected ones, from lines and parquet', async () => {
  const samples = fc.array(
    fc.record({
      id: word,
      prompt: word,
      answers: fc.array(fc.option(word), { minLength: 5, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(names, samples, fc.boolean(), async (all, wanted, isParquet) => {
      const [id = '', prompt = '', ...candidates] = all;
      const rows = wanted.map((sample) => ({
        [id]: sample.id,
        [prompt]: sample.prompt,
        ...Object.fromEntries(candidates.map((name, n) => [name, sample.answers[n] ?? null])),
      }));
      const file = path.join(tempFolder(), isParquet ? 'x.parquet' : 'x.jsonl');
      fs.writeFileSync(file, isParquet ? toParquet(all, rows) : toLines(rows));
      const mapped = mappedFormat(toMapping({ id, prompt, candidates }));
      const found = [];
      for await (const row of readCandidateFile(file, 'safe', undefined, mapped)) {
        found.push(row);
      }
      expect(found).toMatchObject(
        wanted.map((sample, n) => {
          const texts = candidates.flatMap((_, at) => sample.answers[at] ?? []);
          return texts.length === 0
            ? { ok: false, line: n + 1, error: { code: 'NO_CANDIDATES' } }
            : {
                sample: {
                  id: sample.id,
                  line: n + 1,
                  messages: [{ role: 'user', content: sample.prompt }],
                  candidates: texts.map((text) => ({ text })),
                },
              };
        }),
      );
      if (!isParquet) {
        const dataset = await Dataset.open(file, undefined, mapped);
        await dataset.indexed;
        expect(await dataset.row(0)).toEqual(found[0]);
        await dataset.close();
      }
      expect(Object.keys(shapeOf(columnsOf(await firstRows(file))))).toEqual([...all].sort());
    }),
    { seed: 23, numRuns: 60 },
  );
});

function toLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function toParquet(names: readonly string[], rows: readonly Record<string, unknown>[]): Uint8Array {
  const columnData = names.map((name) => ({
    name,
    data: rows.map((row) => row[name]),
    type: 'STRING' as const,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
