// `rewardlens convert`.

import path from 'node:path';
import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';
import { tempFolder, TINY_CHECKPOINT } from '../../support/paths';

test('convert: a model folder that scores; what is missing is named', () => {
  const out = path.join(tempFolder(), 'model');
  const done = run('convert', TINY_CHECKPOINT, '--out', out, '--precision', 'fp32');
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ixc-2\.5-reward:fp32:/) as string,
  });
  const file = writeRows([GOOD]);
  const [mine] = rowsOf(run('score', file, '--model', out).out);
  const [tiny] = rowsOf(run('score', file).out);
  expect(mine?.rewards).toEqual(tiny?.rewards);
  expect(run('convert', tempFolder(), '--out', out, '--precision', 'fp32')).toMatchObject({
    code: 1,
    err: expect.stringContaining('CHECKPOINT_INVALID') as string,
  });
  expect(run('convert', TINY_CHECKPOINT, '--out', out).code).toBe(2);
});
