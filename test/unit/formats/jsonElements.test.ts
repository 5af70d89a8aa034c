// Elements of JSON lists, found byte by byte: against JSON.parse of the whole.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowResult } from '../../../src/formats/datasetRow';
import { ElementFinder, type ElementContainer } from '../../../src/formats/jsonElements';
import { countCandidateRows, readCandidateFile } from '../../../src/formats/readCandidateFile';
import { Dataset } from '../../../src/review/dataset';
import { tempFolder } from '../../support/paths';

/** @param size of the pieces in which the text is shown */
function elementsOf(text: string, size: number, container: ElementContainer = 'list'): string[] {
  const bytes = Buffer.from(text);
  const finder = new ElementFinder(container);
  const ranges = [];
  for (let at = 0; at < bytes.length; at += size) {
    ranges.push(...finder.push(bytes.subarray(at, at + size)));
  }
  ranges.push(...finder.end());
  return ranges.map(({ start, end }) => bytes.subarray(start, end).toString());
}

const lists = fc.array(fc.oneof(fc.object(), fc.jsonValue()).map((value) => value ?? null));
const indents = fc.constantFrom(undefined, 1, '\t', '  \r\n');
const sizes = fc.integer({ min: 1, max: 40 });

test('a list gives its elements, in whatever pieces it comes', () => {
  fc.assert(
    fc.property(lists, indents, sizes, fc.boolean(), (list, indent, size, marked) => {
      const text = (marked ? '\ufeff' : '') + JSON.stringify(list, null, indent);
      const found = elementsOf(text, size).map((each) => JSON.parse(each) as unknown);
      expect(found).toEqual(JSON.parse(JSON.stringify(list)));
    }),
    { seed: 21, numRuns: 500 },
  );
});

test('objects one after the other', () => {
  const objects = fc.array(fc.object());
  fc.assert(
    fc.property(objects, indents, sizes, (list, indent, size) => {
      const text = list.map((each) => JSON.stringify(each, null, indent)).join('\n');
      const found = elementsOf(text, size, 'objects').map((each) => JSON.parse(each) as unknown);
      expect(found).toEqual(JSON.parse(JSON.stringify(list)));
    }),
    { seed: 22, numRuns: 300 },
  );
});

test('a list that is cut keeps what stands before the cut', () => {
  fc.assert(
    fc.property(fc.array(fc.object(), { minLength: 1 }), fc.nat(), (list, at) => {
      const text = JSON.stringify(list);
      const cut = text.slice(0, at % text.length);
      const found = elementsOf(cut, 7);
      const whole = found.slice(0, -1).map((each) => JSON.parse(each) as unknown);
      expect(whole).toEqual((JSON.parse(text) as unknown[]).slice(0, whole.length));
    }),
    { seed: 23, numRuns: 500 },
  );
});

test('after a fault the next elements are found', () => {
  const broken = ['{"a": [1, 2}', '{"a": {"b": 1]}}', '{"a": "no end\n}', '{"a": tru}', '{"a" 1]}'];
  for (const each of broken) {
    expect(elementsOf(`[{"x":1}, ${each}, {"y":2}]`, 5)).toEqual(['{"x":1}', each, '{"y":2}']);
  }
});

test('any text is taken', () => {
  const text = fc.string({
    unit: fc.constantFrom('[', ']', '{', '}', '"', ',', '\\', ' ', '\n', '1'),
  });
  fc.assert(
    fc.property(text, fc.constantFrom('list' as const, 'objects' as const), (each, container) => {
      const found = elementsOf(each, 3, container);
      expect(found.every((one) => one !== '' && each.includes(one))).toBe(true);
      expect(found).toEqual(elementsOf(each, 1000, container));
    }),
    { seed: 24, numRuns: 1000 },
  );
});

function fileOf(text: string): string {
  const file = path.join(tempFolder(), 'any-name.txt');
  fs.writeFileSync(file, text);
  return file;
}

async function readAll(file: string): Promise<RowResult[]> {
  const rows: RowResult[] = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    rows.push(row);
  }
  return rows;
}

const row = (n: number) => ({ id: `r${n}`, prompt: 'q', chosen: `a${n}`, rejected: 'b' });

test('a list is read in order, and at random', async () => {
  const long = { ...row(1), filler: 'ü'.repeat(400_000) }; // longer than a piece of the file
  const list = [row(0), long, { id: 'odd' }, row(3)];
  for (const text of [JSON.stringify(list), JSON.stringify(list, null, 2)]) {
    const file = fileOf(`\ufeff ${text}\n`);
    const rows = await readAll(file);
    expect(rows.map((each) => (each.ok ? each.sample.id : each.id))).toEqual([
      'r0',
      'r1',
      'odd',
      'r3',
    ]);
    expect(rows.map((each) => each.ok)).toEqual([true, true, false, true]);
    expect(rows[3]).toMatchObject({ sample: { line: 4, given: { ranks: [[0], [1]] } } });
    expect(await countCandidateRows(file)).toBe(4);
    const dataset = await Dataset.open(file);
    await dataset.indexed;
    expect(dataset.fault).toBeUndefined();
    expect(await Promise.all([3, 1, 0, 2].map((each) => dataset.row(each)))).toEqual(
      [3, 1, 0, 2].map((each) => rows[each]),
    );
    const all: RowResult[] = [];
    for await (const [, result] of dataset.rows()) {
      all.push(result);
    }
    expect(all).toEqual(rows);
    const before = text.slice(0, text.indexOf('"odd"')).split('\n').length;
    // the element begins with the line of its bracket
    expect(await dataset.textLineOf(2)).toBe(text.includes('\n') ? before - 1 : 1);
    expect(await dataset.textLineOf(4)).toBeUndefined();
    await dataset.close();
  }
});

test('a list without an end gives its rows, then says where more was expected', async () => {
  const text = `[${JSON.stringify(row(0))}, ${JSON.stringify(row(1))}`;
  const file = fileOf(text);
  const rows: RowResult[] = [];
  const read = async (): Promise<void> => {
    for await (const each of readCandidateFile(file, 'safe')) {
      rows.push(each);
    }
  };
  await expect(read()).rejects.toMatchObject({
    code: 'ROW_NOT_JSON',
    data: { file, offset: text.length },
  });
  expect(rows.map((each) => each.ok)).toEqual([true, true]);
  const dataset = await Dataset.open(file);
  await dataset.indexed;
  expect(dataset.rowCount).toBe(2);
  expect(dataset.fault).toMatchObject({ code: 'ROW_NOT_JSON' });
  await dataset.close();
});

test('a row that is cut is a bad row', async () => {
  const rows = await readAll(fileOf(`[${JSON.stringify(row(0))}, {"id": "r1", "pro`));
  expect(rows.map((each) => each.ok)).toEqual([true, false]);
  expect(rows[1]).toMatchObject({ line: 2, error: { code: 'ROW_NOT_JSON' } });
});

test('one object over many lines is one row; a stray line among lines stays one', async () => {
  expect(await readAll(fileOf(JSON.stringify(row(0), null, 2)))).toMatchObject([{ ok: true }]);
  const lines = `{\n${JSON.stringify(row(0))}\n[1]\n${JSON.stringify(row(1))}\n`;
  const rows = await readAll(fileOf(lines));
  expect(rows.map((each) => each.ok)).toEqual([false, true, false, true]);
});
