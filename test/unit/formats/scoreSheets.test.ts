// Score sheets: what is written is what is read back, by any reader.

import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { openScoredFile } from '../../../src/formats/readScoredFile';
import type { ScoredRow } from '../../../src/formats/scoredRow';
import { withListField } from '../../../src/formats/sheets/arrowSchema';
import { guarded, unguarded } from '../../../src/formats/sheets/csvCells';
import { openSheet } from '../../../src/formats/sheets/openSheet';
import { sheetKindOf, type SheetRow } from '../../../src/formats/sheets/scoreSheet';
import { PartialFile } from '../../../src/node/atomicFile';
import { rewardOrder } from '../../../src/sample/reward';
import { tempFolder } from '../../support/paths';

const MODEL = 'ixc-2.5-reward:fp32:0123';

function row(line: number, rewards: (number | null)[], more: Partial<ScoredRow> = {}): ScoredRow {
  return {
    id: `line-${line}`,
    line,
    rewards,
    order: rewardOrder(rewards),
    tokens: { prefix: 10, tails: rewards.map(() => 4) },
    model: MODEL,
    ...more,
  };
}

async function write(
  name: string,
  rows: readonly SheetRow[],
  datasets: readonly string[] = [],
): Promise<string> {
  const out = path.join(tempFolder(), name);
  const file = await PartialFile.create(out);
  const sheet = await openSheet(sheetKindOf(name), file, datasets);
  for (const each of rows) {
    await sheet.write(each);
  }
  await sheet.finish();
  await file.commit();
  return out;
}

const cells = (file: string): string[][] => parse(fs.readFileSync(file), { bom: true });

async function entries(file: string, lines: readonly number[], dataset = 'x.jsonl') {
  const rows = await openScoredFile(file, { path: dataset, isOneOfSeveral: false });
  const found = [];
  for (const line of lines) {
    found.push(await rows.at(line));
  }
  await rows.close();
  return found;
}

async function columns(file: string): Promise<Record<string, unknown>[]> {
  const bytes = new Uint8Array(fs.readFileSync(file));
  return parquetReadObjects({ file: bytes.buffer });
}

test('the ending of the name tells the kind', () => {
  expect(['a.csv', 'a.CSV', 'a.parquet', 'a.jsonl', 'csv', '/dev/stdout'].map(sheetKindOf)).toEqual(
    ['csv', 'csv', 'parquet', 'jsonl', 'jsonl', 'jsonl'],
  );
});

test('CSV: a line for each answer, ranks shared, faults beside', async () => {
  const file = await write('a.csv', [
    { row: row(1, [0.1, 0.30000000000000004, 0.1]), sources: ['a', 'b, "c"', undefined] },
    {
      row: row(2, [-1e-7, null], {
        errors: [{ candidate: 1, code: 'TOO_LONG', message: 'needs\r\nmore, "much"\nmore' }],
      }),
      sources: ['模型', 'x\ny'],
    },
    { row: row(3, [], { error: { code: 'ROW_NOT_JSON', message: 'not JSON' } }), sources: [] },
  ]);
  const text = fs.readFileSync(file, 'utf8');
  expect(text.startsWith('\uFEFFfile,line,id,candidate,source,reward,rank,')).toBe(true);
  expect(text.endsWith('\r\n')).toBe(true);
  expect(cells(file).slice(1)).toEqual([
    ['', '1', 'line-1', '0', 'a', '0.1', '2', '', '', MODEL],
    ['', '1', 'line-1', '1', 'b, "c"', '0.30000000000000004', '1', '', '', MODEL],
    ['', '1', 'line-1', '2', '', '0.1', '2', '', '', MODEL],
    ['', '2', 'line-2', '0', '模型', '-1e-7', '1', '', '', MODEL],
    ['', '2', 'line-2', '1', 'x\ny', '', '', 'TOO_LONG', 'needs\r\nmore, "much"\nmore', MODEL],
    ['', '3', 'line-3', '', '', '', '', 'ROW_NOT_JSON', 'not JSON', MODEL],
  ]);
});

test('CSV: no text of a dataset is a formula, and every text comes back', () => {
  for (const text of ['=1+1', '+1', '-1', '@x', '\t=1', "'=1", "''@", '＝1', '\n=x']) {
    expect(guarded(text)).toBe(`'${text}`);
  }
  for (const text of ['a=b', "'tis", '', '1.5', ' =1']) {
    expect(guarded(text)).toBe(text);
  }
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("'", '=', '-', 'a', '＠') }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(unguarded(guarded(text))).toBe(text);
    }),
    { seed: 7 },
  );
});

test('every kind gives back the rewards to the last bit', async () => {
  // JSON has no -0
  const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const reward = fc.option(double, { nil: null });
  const word = fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed());
  const samples = fc.array(
    fc.record({ id: word, rewards: fc.array(reward, { maxLength: 5 }), source: word }),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(
      samples,
      fc.constantFrom('a.csv', 'a.parquet', 'a.jsonl'),
      async (all, name) => {
        const rows = all.map(({ id, rewards, source }, n) => ({
          row: row(n + 1, rewards, { id }),
          sources: rewards.map(() => source),
        }));
        const file = await write(name, rows);
        const found = await entries(
          file,
          rows.map(({ row: { line } }) => line),
        );
        expect(found).toMatchObject(
          rows.map(({ row: { id, line, rewards } }) => ({
            id,
            line,
            rewards,
            model: MODEL,
          })),
        );
      },
    ),
    { seed: 11, numRuns: 40 },
  );
});

test('10,000 rows: the same bytes every time, and all of them come back', async () => {
  const rows = Array.from({ length: 10_001 }, (_, n) => ({
    row: row(n + 1, [Math.sin(n), n % 7 === 0 ? null : Math.cos(n)]),
    sources: ['a', 'b'],
  }));
  for (const name of ['a.csv', 'a.parquet']) {
    const [one, other] = [await write(name, rows), await write(name, rows)];
    expect(fs.readFileSync(one).equals(fs.readFileSync(other))).toBe(true);
    expect(await entries(one, [1, 5000, 10_001])).toEqual(
      [0, 4999, 10_000].map((n) => ({
        id: `line-${n + 1}`,
        line: n + 1,
        rewards: rows[n]?.row.rewards,
        model: MODEL,
      })),
    );
  }
});

test('parquet: a row for each sample, with what failed', async () => {
  const errors = [{ candidate: 1, code: 'TOO_LONG', message: 'lang 🦊' }];
  const file = await write('a.parquet', [
    { row: row(1, [1.5, null], { file: 'b.jsonl', errors }), sources: [] },
    { row: row(2, [], { error: { code: 'ROW_SHAPE', message: 'no' } }), sources: [] },
  ]);
  expect(await columns(file)).toEqual([
    {
      id: 'line-1',
      file: 'b.jsonl',
      line: 1,
      rewards: [1.5, null],
      order: [0, 1],
      prefix_tokens: 10,
      tail_tokens: [4, 4],
      model: MODEL,
      error_code: null,
      error_message: null,
      errors,
    },
    {
      id: 'line-2',
      file: null,
      line: 2,
      rewards: [],
      order: [],
      prefix_tokens: 10,
      tail_tokens: [],
      model: MODEL,
      error_code: 'ROW_SHAPE',
      error_message: 'no',
      errors: null,
    },
  ]);
});

function dataset(count: number, rowGroupSize: number, more: object[] = []): string {
  const text = (name: string, value: (n: number) => string) => ({
    name,
    data: Array.from({ length: count }, (_, n) => value(n)),
    type: 'STRING' as const,
  });
  const columnData = [
    text('id', (n) => `q${n}`),
    text('prompt', (n) => `Question ${n}?`),
    text('chosen', () => 'Yes.'),
    text('rejected', () => 'No.'),
    ...(more as ReturnType<typeof text>[]),
  ];
  const file = path.join(tempFolder(), 'train.parquet');
  fs.writeFileSync(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })));
  return file;
}

test('a parquet dataset keeps its bytes and gets a column; it gives its own rewards', async () => {
  const source = dataset(10, 4);
  const rows = Array.from({ length: 10 }, (_, n) => ({
    row: row(n + 1, n === 6 ? [] : [n / 3, n === 2 ? null : -n], { id: `q${n}` }),
    sources: [],
  }));
  const file = await write('out.parquet', rows, [source]);
  const [before, after] = [await columns(source), await columns(file)];
  expect(after.map(({ rewards: _, ...rest }) => rest)).toEqual(before);
  expect(after.map(({ rewards }) => rewards)).toEqual(
    rows.map(({ row: { rewards } }) => (rewards.length === 0 ? null : rewards)),
  );
  const [old, grown] = [fs.readFileSync(source), fs.readFileSync(file)];
  const pages = old.length - 8 - old.readUInt32LE(old.length - 8);
  expect(grown.subarray(0, pages).equals(old.subarray(0, pages))).toBe(true);
  expect(await entries(file, [1, 3, 7], file)).toEqual(
    [0, 2, 6].map((n) => ({
      id: `q${n}`,
      line: n + 1,
      rewards: rows[n]?.row.rewards,
      model: MODEL,
    })),
  );
});

test('a column "rewards" of the dataset stays; scored again there is a third', async () => {
  const source = dataset(3, 2, [{ name: 'rewards', data: ['x', 'y', 'z'], type: 'STRING' }]);
  const rows = [1, 2, 3].map((line) => ({
    row: row(line, [line, -line], { id: `q${line - 1}` }),
    sources: [],
  }));
  const once = await write('once.parquet', rows, [source]);
  const twice = await write('twice.parquet', rows, [once]);
  expect((await columns(twice))[1]).toMatchObject({
    rewards: 'y',
    rewards_2: [2, -2],
    rewards_3: [2, -2],
  });
  expect(await entries(twice, [2], twice)).toMatchObject([{ id: 'q1', rewards: [2, -2] }]);
});

test('rows that are missing are told, not written', async () => {
  const source = dataset(3, 2);
  const rows = [{ row: row(1, [1, 2]), sources: [] }];
  await expect(write('out.parquet', rows, [source])).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringContaining('has changed while it was scored') as string,
  });
});

test('sheets that are not whole, or were sorted, are refused by line', async () => {
  const head = 'line,id,candidate,reward\n';
  const file = path.join(tempFolder(), 'x.csv');
  for (const [text, line] of [
    ['1,a,0,0.5\n2,b,0,1\n1,a,1,0.25\n', 4],
    ['1,a,0,0.5\n1,a,2,1\n', 3],
    ['1,a,0,"0,5"\n', 2],
    ['1,a,0\n', 2],
    ['1,"a,0,1\n', 2],
  ] as const) {
    fs.writeFileSync(file, head + text);
    await expect(entries(file, [1])).rejects.toMatchObject({
      code: 'ROW_SHAPE',
      message: expect.stringContaining(`${file}:${line}: `) as string,
    });
  }
  await expect(entries(dataset(2, 2), [1])).rejects.toMatchObject({ code: 'ROW_SHAPE' });
});

test('what is no Arrow schema is left out, whatever it is', () => {
  const schema = fc.uint8Array({ maxLength: 200 }).map((bytes) => {
    const whole = Buffer.concat([Buffer.alloc(8, 0xff), bytes]);
    whole.writeInt32LE(bytes.length, 4);
    return whole.toString('base64');
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), schema), (text) => {
      const grown = withListField(text, 'rewards');
      expect(grown === undefined || grown.length > text.length).toBe(true);
    }),
    { seed: 5, numRuns: 500 },
  );
});
