// "Save Rewards As…" without VS Code: the sheet is that of the command, and never half.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { journalPath } from '../../../src/review/journalPath';
import { saveRewards, type SaveRewardsOptions } from '../../../src/review/saveRewards';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { GOOD, rowsOf, writeRows } from '../../support/cli';
import { LengthScorer } from '../../support/fakeScorer';

function options(dataset: string, more: Partial<SaveRewardsOptions> = {}): SaveRewardsOptions {
  return {
    dataset,
    mediaRoot: path.dirname(dataset),
    journal: journalPath(dataset),
    out: path.join(path.dirname(dataset), 'out.jsonl'),
    scorer: new LengthScorer(),
    score: DEFAULT_SCORE_OPTIONS,
    identityOf: () => Promise.resolve('model@here'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  };
}

test('a line for each row, good and bad', async () => {
  const file = writeRows([GOOD, '{', { ...GOOD, id: 'three', candidates: ['a', 'bc', 'def'] }]);
  const done: number[] = [];
  const choice = options(file, { onProgress: (rows) => done.push(rows) });
  expect(await saveRewards(choice)).toEqual({ samples: 3, scored: 5, failed: 1 });
  expect(done).toEqual([1, 2, 3]);
  expect(rowsOf(fs.readFileSync(choice.out, 'utf8'))).toMatchObject([
    { id: 'good', line: 1, rewards: [5, 5], model: 'model@here' },
    { id: 'line-2', line: 2, rewards: [], error: { code: 'ROW_NOT_JSON' } },
    { id: 'three', line: 3, rewards: [1, 2, 3], order: [2, 1, 0] },
  ]);
});

test('stopped or failed, it leaves what was there', async () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'bad' }]);
  const failing = new LengthScorer(({ sample }) => {
    if (sample.id === 'bad') {
      throw new AppError('CANCELLED', 'stopped');
    }
  });
  for (const name of ['out.jsonl', 'out.csv', 'out.parquet']) {
    const out = path.join(path.dirname(file), name);
    fs.writeFileSync(out, 'earlier');
    const stopped = saveRewards(options(file, { out, scorer: failing }));
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(fs.readFileSync(out, 'utf8')).toBe('earlier');
    expect(fs.existsSync(`${out}.partial`)).toBe(false);
  }
});

test('it replaces neither the dataset nor its journal', async () => {
  const file = writeRows([GOOD]);
  fs.writeFileSync(`${file}.review.jsonl`, '');
  for (const out of [file, `${file}.review.jsonl`]) {
    await expect(saveRewards(options(file, { out }))).rejects.toMatchObject({ code: 'USAGE' });
  }
});
