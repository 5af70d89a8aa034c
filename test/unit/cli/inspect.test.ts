// `rewardlens inspect`: what the model sees.

import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';

test('inspect: one line per candidate with what the model sees', () => {
  const file = writeRows([{ ...GOOD, images: ['img/wide.png'] }]);
  const { code, out } = run('inspect', file);
  expect(code).toBe(0);
  const rows = rowsOf(out);
  expect(rows).toHaveLength(2);
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'id',
    'candidate',
    'prompt',
    'tokens',
    'imageRuns',
    'images',
  ]);
  expect(rows[0]).toMatchObject({
    id: 'good',
    candidate: 0,
    imageRuns: [[1, 842]],
    images: [
      {
        path: 'img/wide.png',
        width: 301,
        height: 97,
        padded: [560, 560],
        grid: [1, 1],
        tokens: 841,
      },
    ],
  });
  expect((rows[1]?.tokens as unknown[])[1]).toEqual({ image_tokens: 841 });
});

test('inspect: what can’t be shown is named with its line, and the exit code says so', () => {
  const file = writeRows([
    GOOD,
    { ...GOOD, id: 'missing', images: ['img/none.png'] },
    { ...GOOD, id: 'long', max_length: 40, candidates: ['Four.', 'far too many words '.repeat(9)] },
    '{',
  ]);
  const { code, out, err } = run('inspect', file);
  expect(code).toBe(3);
  expect(
    rowsOf(out).map(({ id, candidate, error }) => [
      id,
      candidate,
      (error as { code?: string } | undefined)?.code,
    ]),
  ).toEqual([
    ['good', 0, undefined],
    ['good', 1, undefined],
    ['missing', 0, 'MEDIA_NOT_FOUND'],
    ['missing', 1, 'MEDIA_NOT_FOUND'],
    ['long', 0, undefined],
    ['long', 1, 'TOO_LONG'],
  ]);
  // a fault of the whole sample is told once
  expect(err.match(/MEDIA_NOT_FOUND/g)).toHaveLength(1);
  expect(err).toContain(`${file}:2: MEDIA_NOT_FOUND: img/none.png not found`);
  expect(err).toContain(`${file}:3: TOO_LONG: answer 1: `);
  expect(err).toContain(`${file}:4: ROW_NOT_JSON: `);
  const bad = writeRows([{ ...GOOD, images: ['img/none.png'] }]);
  expect(run('inspect', bad)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`${bad}:1: MEDIA_NOT_FOUND`) as string,
  });
});

test('inspect: a missing file does not stop the others', () => {
  const file = writeRows([GOOD]);
  const { code, out, err } = run('inspect', '/nowhere/none.jsonl', file);
  expect([code, rowsOf(out).length]).toEqual([3, 2]);
  expect(err).toContain('FILE_NOT_FOUND: /nowhere/none.jsonl');
});
