// Files as they arrive: wrong encodings, cut rows, shapes mixed, nested without end. Good rows stay usable.

import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseCandidateLine } from '../../../src/formats/candidateFile';
import { readCandidateFile } from '../../../src/formats/readCandidateFile';
import { LineSplitter } from '../../../src/node/lineReader';
import { tempFolder } from '../../support/paths';

const GOOD = JSON.stringify({ prompt: 'q', candidates: ['a'] });

/** Ids of good rows and codes of bad ones. */
async function outcomes(content: string | Uint8Array): Promise<string[]> {
  const file = path.join(tempFolder(), 'rows.jsonl');
  fs.writeFileSync(file, content);
  const found: string[] = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    found.push(row.ok ? row.sample.id : `${row.line} ${row.error.code}`);
  }
  return found;
}

test('UTF-16 is no dataset, in lines or in a list', async () => {
  for (const text of [GOOD, `[${GOOD}]`]) {
    await expect(outcomes(Buffer.from(`\ufeff${text}`, 'utf16le'))).rejects.toMatchObject({
      code: 'NOT_A_DATASET',
    });
  }
});

test('a row in Latin-1 is the only bad one', async () => {
  const row = Buffer.from(`\n{"prompt":"Grün","candidates":["a"]}\n`, 'latin1');
  const lines = Buffer.concat([Buffer.from(GOOD), row, Buffer.from(GOOD)]);
  expect(await outcomes(lines)).toEqual(['line-1', '2 ROW_ENCODING', 'line-3']);
  const inList = Buffer.from(row);
  inList[0] = 0x2c;
  inList[inList.length - 1] = 0x2c;
  const list = Buffer.concat([Buffer.from(`[${GOOD}`), inList, Buffer.from(`${GOOD}]`)]);
  expect(await outcomes(list)).toEqual(['line-1', '2 ROW_ENCODING', 'line-3']);
});

test('rows of all shapes in one file', async () => {
  const rows = [GOOD, '[1]', '"text"', 'null', '7', '{}', '{"prompt":', GOOD];
  expect(await outcomes(rows.join('\n'))).toEqual([
    'line-1',
    '2 ROW_SHAPE',
    '3 ROW_SHAPE',
    '4 ROW_SHAPE',
    '5 ROW_SHAPE',
    '6 ROW_SHAPE',
    '7 ROW_NOT_JSON',
    'line-8',
  ]);
});

test('a row that is nested 100,000 deep', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const beside = `{"prompt":"q","candidates":["a"],"x":${deep}}`;
  const inside = `{"prompt":"q","candidates":${deep}}`;
  const expected = ['line-1', '2 ROW_SHAPE', 'line-3'];
  expect(await outcomes([beside, inside, GOOD].join('\n'))).toEqual(expected);
  expect(await outcomes(`[${[GOOD, inside, beside].join(',')}]`)).toEqual(expected);
});

test('a line beyond the limit is named with its size, and the next is read', () => {
  const splitter = new LineSplitter(GOOD.length);
  const file = Buffer.from(`${GOOD} \n${GOOD}\n`);
  const results = [...splitter.push(file), ...splitter.end()].map((line) =>
    parseCandidateLine(line, 'safe'),
  );
  expect(results).toMatchObject([
    { ok: false, line: 1, error: { code: 'ROW_TOO_LARGE' } },
    { ok: true, sample: { line: 2 } },
  ]);
});

/** Messages of bad rows, and of what ends the file. */
async function messages(content: string | Uint8Array, name = 'rows.jsonl'): Promise<string[]> {
  const file = path.join(tempFolder(), name);
  fs.writeFileSync(file, content);
  const found: string[] = [];
  try {
    for await (const row of readCandidateFile(file, 'safe')) {
      found.push(row.ok ? row.sample.id : row.error.message);
    }
  } catch (error) {
    found.push((error as Error).message);
  }
  return found;
}

test('places are those of the file, in bytes', async () => {
  const bad = '{\n "prompt": "Grün",\n "candidates" ["a"]\n}';
  const list = `[\n${GOOD},\n${bad},\n${GOOD}\n]`;
  const at = Buffer.byteLength(list.slice(0, list.indexOf('["a"]', list.indexOf(bad))));
  const [, told, last] = await messages(list, 'rows.json');
  expect(told).toContain(`at byte ${at}`);
  expect(told).not.toMatch(/position|line \d/);
  expect(last).toBe('line-3');
  const cut = `${GOOD}\n{"prompt":"q","candida`;
  expect((await messages(cut))[1]).toContain(`at byte ${Buffer.byteLength(cut)}`);
  expect((await messages(`${GOOD}\n{"prompt":x}`))[1]).toContain('the row begins at byte');
  const latin = Buffer.concat([
    Buffer.from(`${GOOD}\n`),
    Buffer.from('{"prompt":"Grün"}', 'latin1'),
  ]);
  expect((await messages(latin))[1]).toBe(`the row at byte ${GOOD.length + 1} is not UTF-8`);
});

test('the encoding is named', async () => {
  const utf16 = Buffer.from(`${GOOD}\n`, 'utf16le');
  expect((await messages(utf16))[0]).toContain('UTF-16LE (at byte 0), expected UTF-8');
  expect((await messages(Buffer.from(utf16).swap16()))[0]).toContain('UTF-16BE');
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]);
  expect((await messages(marked))[0]).toContain('UTF-16LE');
});

test('a list without its commas, or with nothing in some places, still gives its rows', async () => {
  expect(await outcomes(`[${GOOD}\n${GOOD} ${GOOD}]`)).toEqual(['line-1', 'line-2', 'line-3']);
  expect(await outcomes(`[null, ${GOOD}, null]`)).toEqual(['1 ROW_SHAPE', 'line-2', '3 ROW_SHAPE']);
});

test('a compressed file that is cut says how far it was read', async () => {
  const rows = Array.from({ length: 5000 }, (_, n) =>
    JSON.stringify({ prompt: `q ${n * 7919}`, candidates: ['a'] }),
  );
  const packed = gzipSync(rows.join('\n'));
  const told = (await messages(packed.subarray(0, packed.length - 2000), 'rows.jsonl.gz')).at(-1);
  expect(told).toMatch(/cut after \d+ unpacked bytes \(from \d+ packed ones\)/);
});
