import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readCandidateFile } from '../../../src/formats/readCandidateFile';
import { openScoredFile } from '../../../src/formats/readScoredFile';
import { formatScoredRow, toScoredRow } from '../../../src/formats/scoredRow';
import { MAX_LINE_BYTES } from '../../../src/node/lineReader';
import { failedScore, type SampleScore } from '../../../src/sample/reward';
import { tempFolder } from '../../support/paths';

const SCORE: SampleScore = {
  rewards: [1.75, null],
  errors: [{ candidate: 1, code: 'TOO_LONG', message: 'needs 20', data: { needed: 20 } }],
  tokens: { prefix: 17, tails: [8, 0], texts: [1, 0] },
  media: [],
  timing: { msVision: 1, msPrefix: 2, msTails: [3, 0], cached: { vision: false, prefix: false } },
};

test('a scored row has the agreed keys in the agreed order', () => {
  expect(formatScoredRow(toScoredRow({ id: 'pair-2', line: 2 }, SCORE, 'ixc:fp32:9f2c'))).toBe(
    '{"id":"pair-2","line":2,"rewards":[1.75,null],"order":[0,1],' +
      '"tokens":{"prefix":17,"tails":[8,0]},"model":"ixc:fp32:9f2c",' +
      '"errors":[{"candidate":1,"code":"TOO_LONG","message":"needs 20"}]}\n',
  );
  const failed = failedScore(2, { code: 'MEDIA_NOT_FOUND', message: 'a.png' });
  expect(toScoredRow({ id: 'a', line: 3, file: 'f.jsonl' }, failed, 'm')).toEqual({
    id: 'a',
    file: 'f.jsonl',
    line: 3,
    rewards: [null, null],
    order: [0, 1],
    tokens: { prefix: 0, tails: [0, 0] },
    model: 'm',
    error: { code: 'MEDIA_NOT_FOUND', message: 'a.png' },
  });
});

test('scored output is read back by line; other files and broken lines are told apart', async () => {
  const file = path.join(tempFolder(), 'scored.jsonl');
  const row = toScoredRow({ id: 'a', line: 4 }, SCORE, 'm');
  const other = toScoredRow({ id: 'b', line: 5, file: 'other.jsonl' }, SCORE, 'm');
  fs.writeFileSync(file, formatScoredRow(row) + formatScoredRow(other));
  const mine = { path: 'mine.jsonl', isOneOfSeveral: false };
  const read = await openScoredFile(file, mine);
  expect((await read.at(4))?.rewards).toEqual([1.75, null]);
  expect(await read.at(5)).toBeUndefined();
  await read.close();
  fs.appendFileSync(file, '{"id":');
  await expect(openScoredFile(file, mine)).rejects.toMatchObject({
    code: 'ROW_SHAPE',
    data: { line: 3 },
  });
});

test('scored rows name their dataset by any spelling of its path, and must where there are several', async () => {
  const folder = tempFolder();
  const file = path.join(folder, 'scored.jsonl');
  const dataset = path.join(folder, 'a.jsonl');
  const named = toScoredRow({ id: 'a', line: 1, file: `${folder}/./x/../a.jsonl` }, SCORE, 'm');
  fs.writeFileSync(file, formatScoredRow(named));
  const read = async (isOneOfSeveral: boolean): Promise<readonly boolean[]> => {
    const rows = await openScoredFile(file, { path: dataset, isOneOfSeveral });
    return [(await rows.at(1)) !== undefined, (await rows.at(2)) !== undefined];
  };
  expect(await read(false)).toEqual([true, false]);
  expect(await read(true)).toEqual([true, false]);
  fs.appendFileSync(file, formatScoredRow(toScoredRow({ id: 'b', line: 2 }, SCORE, 'm')));
  expect(await read(false)).toEqual([true, true]);
  await expect(read(true)).rejects.toMatchObject({ code: 'USAGE' });
});

test('what is not a candidate file is refused before it is read', async () => {
  const folder = tempFolder();
  const codeOf = async (content: string | Uint8Array): Promise<string> => {
    const file = path.join(folder, 'x.jsonl');
    fs.writeFileSync(file, content);
    return readCandidateFile(file, 'safe')
      .next()
      .then(
        () => 'rows',
        (error: unknown) => (error as { code: string }).code,
      );
  };
  expect(await codeOf('')).toBe('FILE_EMPTY');
  expect(await codeOf('a,b,c\n1,2,3\n')).toBe('NOT_A_DATASET');
  expect(await codeOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0x7b]))).toBe('NOT_A_DATASET');
  expect(await codeOf(Buffer.from('{"prompt":"p","candidates":["a"]}\n', 'utf16le'))).toBe(
    'NOT_A_DATASET',
  );
  expect(await codeOf('{"prompt":"\0"}\n{"prompt":"p","candidates":["a"]}\n')).toBe('rows');
  expect(await codeOf('oops\n{"prompt":"p","candidates":["a"]}\n')).toBe('rows');
  await expect(readCandidateFile(path.join(folder, 'none'), 'safe').next()).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});

test('a line of scored output that is too long to be read is named, not left out', async () => {
  const file = path.join(tempFolder(), 'scored.jsonl');
  const row = formatScoredRow(toScoredRow({ id: 'a', line: 1 }, SCORE, 'm'));
  fs.writeFileSync(file, row);
  fs.truncateSync(file, row.length + MAX_LINE_BYTES + 1);
  await expect(
    openScoredFile(file, { path: 'x.jsonl', isOneOfSeveral: false }),
  ).rejects.toMatchObject({ code: 'ROW_TOO_LARGE', data: { line: 2 } });
});
