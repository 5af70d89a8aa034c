// The journal's file: what can go wrong with it on disk.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { MAX_LINE_BYTES } from '../../../src/node/lineReader';
import { JournalFile } from '../../../src/review/journalFile';
import { tempFolder } from '../../support/paths';

test('a line too long to be read is a fault like any other', async () => {
  const file = new JournalFile(path.join(tempFolder(), 'd.review.jsonl'));
  fs.writeFileSync(file.path, '');
  fs.truncateSync(file.path, MAX_LINE_BYTES + 1);
  fs.appendFileSync(file.path, '\n');
  const entry = { v: 1, uid: 'u', at: 'T', by: 'mira', id: 'a', line: 1, sampleHash: 'h' } as const;
  await file.append({ ...entry, kind: 'skip' });
  const { entries, faults } = await file.read();
  expect(entries).toMatchObject([{ uid: 'u', kind: 'skip' }]);
  expect(faults).toEqual([
    {
      line: 1,
      reason: `${MAX_LINE_BYTES + 1} bytes, at most ${MAX_LINE_BYTES} are read`,
      torn: false,
    },
  ]);
});
