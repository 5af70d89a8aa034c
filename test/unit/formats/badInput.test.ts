// Files as they arrive: wrong encodings, cut rows, shapes mixed, nested without end. Good rows stay usable.

import fs from 'node:fs';
import path from 'node:path';
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
