// Where the rows of a file are: against splitting it in memory, in the background, and from disk.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../../../src/base/byteSource';
import { BlobCache } from '../../../src/node/blobCache';
import { Dataset } from '../../../src/review/dataset';
import { IndexCache } from '../../../src/review/indexCache';
import { RowIndex } from '../../../src/review/rowIndex';
import { scanRows } from '../../../src/review/scanRows';
import { tempFolder } from '../../support/paths';

const never = new AbortController().signal;

async function indexOf(text: string): Promise<RowIndex> {
  const index = new RowIndex();
  const source = bytesSource('rows', new TextEncoder().encode(text));
  await scanRows(source, index, () => undefined, never);
  return index;
}

test('rows are the lines that hold something', async () => {
  const line = fc.stringMatching(/^[a ]{0,6}\r?$/);
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), fc.boolean(), async (lines, marked, ended) => {
      const text = lines.join('\n') + (ended ? '\n' : '');
      const index = await indexOf((marked ? '\ufeff' : '') + text);
      const expected = lines.flatMap((each, n) => (each.trim() === '' ? [] : [[n + 1, each]]));
      const bytes = Buffer.from((marked ? '\ufeff' : '') + text);
      const found = Array.from({ length: index.count }, (_, row) => {
        const at = index.at(row) ?? { line: 0, offset: 0, sizeBytes: 0 };
        const piece = bytes.subarray(at.offset, at.offset + at.sizeBytes).toString();
        return [at.line, piece.replace('\ufeff', '')];
      });
      expect(found).toEqual(expected);
      for (const [row, [number]] of found.entries()) {
        expect(index.rowAt(Number(number))).toBe(row);
      }
      expect(index.rowAt(lines.length + 1)).toBeUndefined();
      expect(index.at(index.count)).toBeUndefined();
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('an index comes back from its bytes', async () => {
  const index = await indexOf('a\n\nb\n'.repeat(2000));
  const restored = RowIndex.restore(Buffer.concat(index.parts()));
  expect(restored?.count).toBe(4000);
  expect(restored?.at(3999)).toEqual(index.at(3999));
  expect(restored?.rowAt(1)).toBe(0);
  expect(RowIndex.restore(new Uint8Array(25))).toBeUndefined();
});

/** 40 MB in 2,000 rows: more than is scanned at once. */
function largeFile(): string {
  const file = path.join(tempFolder(), 'large.candidates.jsonl');
  const filler = 'x'.repeat(20_000);
  const rows = Array.from({ length: 2000 }, (_, n) =>
    JSON.stringify({ id: `r${n}`, prompt: filler, candidates: ['a', 'b'] }),
  );
  fs.writeFileSync(file, `${rows.join('\n')}\n`);
  return file;
}

test('a large file is open before it is scanned, and scanned once', async () => {
  const file = largeFile();
  const folder = tempFolder();
  const kept = new IndexCache(new BlobCache(folder, 1 << 30, () => undefined));
  const first = await Dataset.open(file, kept);
  expect(first.isComplete).toBe(false);
  expect(first.rowCount).toBeLessThan(2000);
  expect(first.indexedShare).toBeGreaterThan(0);
  expect(first.indexedShare).toBeLessThan(1);
  expect(await first.row(0)).toMatchObject({ ok: true, sample: { id: 'r0' } });
  let told = 0;
  first.onGrow.on(() => (told += 1));
  expect(await first.findRow(2000)).toBe(1999);
  expect(first).toMatchObject({ rowCount: 2000, isComplete: true, indexedShare: 1 });
  expect(told).toBeGreaterThan(2);
  await first.close();
  expect(fs.readdirSync(folder)).toHaveLength(1);

  const again = await Dataset.open(file, kept);
  expect(again.isComplete).toBe(true);
  expect(await again.row(1999)).toMatchObject({ ok: true, sample: { id: 'r1999', line: 2000 } });
  await again.close();

  // the same size and time, another content
  const { atime, mtime } = fs.statSync(file);
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replaceAll('x\n', '\n').replaceAll('"x', '"y'));
  fs.truncateSync(file, Buffer.byteLength(text));
  fs.utimesSync(file, atime, mtime);
  const changed = await Dataset.open(file, kept);
  expect(changed.isComplete).toBe(false);
  await changed.close();
});

test('closing in the middle of a scan ends it', async () => {
  const dataset = await Dataset.open(largeFile());
  await dataset.close();
  expect(dataset.isComplete).toBe(true);
  expect(dataset.rowCount).toBeLessThan(2000);
  expect(dataset.fault).toBeUndefined();
});
