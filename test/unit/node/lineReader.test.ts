import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { readLines, START_BYTES, type FileLine } from '../../../src/node/lineReader';
import { tempFolder } from '../../support/paths';

const folder = tempFolder();

async function lines(content: string | Uint8Array, maxLineBytes?: number): Promise<FileLine[]> {
  const file = path.join(folder, 'lines.txt');
  fs.writeFileSync(file, content);
  return all(readLines(file, maxLineBytes === undefined ? {} : { maxLineBytes }));
}

async function all(reading: AsyncIterable<FileLine>): Promise<FileLine[]> {
  const found: FileLine[] = [];
  for await (const line of reading) {
    found.push(line);
  }
  return found;
}

const textOf = (line: FileLine): string => new TextDecoder().decode(line.bytes);

test('line numbers, byte order mark, CRLF, blank lines, a last line without its end', async () => {
  const found = await lines('\ufeffone\r\n\ntwo\nthree');
  expect(found.map((line) => [line.line, textOf(line), line.ended])).toEqual([
    [1, 'one', true],
    [2, '', true],
    [3, 'two', true],
    [4, 'three', false],
  ]);
});

test('an empty file has no lines', async () => {
  expect(await lines('')).toEqual([]);
});

test('a line over the limit comes without bytes, and the next one is right', async () => {
  const found = await lines(`${'x'.repeat(100)}\nshort\n`, 50);
  expect(found[0]).toMatchObject({ line: 1, bytes: undefined, sizeBytes: 100 });
  expect(found.map(textOf)).toEqual(['', 'short']);
});

test('offset and size cut the line out of the file, whatever it holds', async () => {
  const text = fc.array(fc.stringMatching(/^[ -~äß你]*$/), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom('\n', '\r\n'), async (parts, end) => {
      const bytes = Buffer.from(parts.map((part) => part + end).join(''));
      const found = await lines(bytes);
      expect(found.map(textOf)).toEqual(parts);
      for (const line of found) {
        const cut = bytes.subarray(line.offset, line.offset + line.sizeBytes).toString();
        expect(cut.replace(/\r$/, '')).toBe(textOf(line));
      }
    }),
    { numRuns: 50 },
  );
});

test('a missing file has a code', async () => {
  await expect(readLines(path.join(folder, 'none')).next()).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});

test('a start that is refused gives no line; one that is not clear yet is shown with more', async () => {
  const file = path.join(folder, 'start.txt');
  fs.writeFileSync(file, 'one\ntwo\n');
  const refuse = (): boolean => {
    throw new AppError('NOT_A_DATASET', 'refused');
  };
  await expect(readLines(file, { recognise: refuse }).next()).rejects.toMatchObject({
    code: 'NOT_A_DATASET',
  });
  const shown: [number, boolean][] = [];
  const unsure = (start: Uint8Array, isAll: boolean): boolean => {
    shown.push([start.length, isAll]);
    return false;
  };
  const found = await all(readLines(file, { recognise: unsure }));
  expect(found.map(textOf)).toEqual(['one', 'two']);
  expect(shown).toEqual([
    [8, false],
    [8, true],
  ]);
  shown.length = 0;
  fs.writeFileSync(file, 'x'.repeat(2 * START_BYTES));
  expect(await all(readLines(file, { recognise: unsure }))).toHaveLength(1);
  expect(shown).toEqual([[START_BYTES, true]]);
});

test.skipIf(process.platform === 'win32')(
  'waiting for a pipe whose other side says nothing can be cancelled',
  async () => {
    const pipe = path.join(tempFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = fs.openSync(pipe, 'r+');
    fs.writeSync(writer, 'one\ntw');
    const controller = new AbortController();
    const found = readLines(pipe, { signal: controller.signal });
    expect(textOf((await found.next()).value as FileLine)).toBe('one');
    const second = found.next();
    controller.abort();
    await expect(second).rejects.toThrow();
    fs.closeSync(writer);
  },
);
