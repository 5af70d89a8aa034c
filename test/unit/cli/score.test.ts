// `rewardlens score`: rewards, faults and exit codes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, runShell, writeRows } from '../../support/cli';
import { CLI, tempFolder, TINY_MODEL } from '../../support/paths';

test('score: one line per row in order, each fault named by line, the rest scored, exit code 3', () => {
  const file = writeRows([
    GOOD,
    '{"id": "broken", ',
    { ...GOOD, id: 'missing', images: ['img/none.png'] },
    { ...GOOD, id: 'truncated', images: ['img/truncated.png'] },
    { ...GOOD, id: 'empty', candidates: [] },
    { ...GOOD, id: 'last', images: ['img/tiny.png'] },
  ]);
  const { code, out, err } = run('score', file);
  expect(code).toBe(3);
  const rows = rowsOf(out);
  expect(
    rows.map((row) => [row.line, row.id, (row.error as { code?: string } | undefined)?.code]),
  ).toEqual([
    [1, 'good', undefined],
    [2, 'line-2', 'ROW_NOT_JSON'],
    [3, 'missing', 'MEDIA_NOT_FOUND'],
    [4, 'truncated', 'MEDIA_UNREADABLE'],
    [5, 'empty', 'NO_CANDIDATES'],
    [6, 'last', undefined],
  ]);
  expect(rows[0]).toMatchObject({
    rewards: [expect.any(Number), expect.any(Number)],
    tokens: {
      prefix: expect.any(Number) as number,
      tails: [expect.any(Number), expect.any(Number)],
    },
    model: expect.stringMatching(/^ixc-2\.5-reward:fp32:/) as string,
  });
  expect(rows[2]).toMatchObject({ rewards: [null, null], order: [0, 1] });
  for (const line of [2, 3, 4, 5]) {
    expect(err).toContain(`${file}:${line}: `);
  }
  expect(err).toContain('stand-in (untrained)');
});

test('score: exit codes 0, 1 and 2', () => {
  expect(run('score', writeRows([GOOD])).code).toBe(0);
  const folder = tempFolder();
  const empty = path.join(folder, 'empty.jsonl');
  fs.writeFileSync(empty, '');
  const nothing = run('score', empty);
  expect([nothing.code, nothing.out]).toEqual([1, '']);
  expect(nothing.err).toContain('FILE_EMPTY');
  expect(run('score', path.join(folder, 'none.jsonl'))).toMatchObject({ code: 1 });
  expect(run('score', writeRows(['oops', '{']))).toMatchObject({ code: 1 });
  expect(run('score', writeRows(['not a dataset']))).toMatchObject({ code: 1 });
  expect(run('score').code).toBe(2);
  expect(run('score', empty, '--no-such-flag').code).toBe(2);
  expect(run('score', empty, '--compat', 'sloppy').code).toBe(2);
  expect(run('score', empty, '--hd-num', '0').code).toBe(2);
  expect(run('frobnicate').code).toBe(2);
  expect(run('--help').code).toBe(0);
  expect(run('score', writeRows([GOOD]), '--model', folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('MODEL_NOT_FOUND') as string,
  });
});

test('score: several files are named, a missing one does not stop the others', () => {
  const [a, b] = [writeRows([GOOD]), writeRows([{ ...GOOD, id: 'other' }])];
  const { code, out } = run('score', a, '/nowhere/none.jsonl', b);
  expect(code).toBe(3);
  expect(rowsOf(out).map((row) => [row.file, row.id])).toEqual([
    [a, 'good'],
    [b, 'other'],
  ]);
});

test('score: an empty file beside good ones fails alone', () => {
  const [a, b] = [writeRows([GOOD]), writeRows([{ ...GOOD, id: 'other' }])];
  const empty = path.join(tempFolder(), 'empty.candidates.jsonl');
  fs.writeFileSync(empty, '');
  const { code, out, err } = run('score', a, empty, b);
  expect(code).toBe(3);
  expect(rowsOf(out).map(({ file, id }) => [file, id])).toEqual([
    [a, 'good'],
    [b, 'other'],
  ]);
  for (const { rewards } of rowsOf(out)) {
    expect(rewards).toEqual([expect.any(Number), expect.any(Number)]);
  }
  expect(err).toContain(`FILE_EMPTY: ${empty}: `);
  expect(err).toContain('4 answers of 2 samples scored. 1 failures');
});

test('score: an empty picture beside good ones is the fault of its row alone', () => {
  const file = writeRows([{ ...GOOD, id: 'a', images: ['img/0.png'] }, GOOD]);
  fs.writeFileSync(path.join(path.dirname(file), 'img/0.png'), '');
  const { code, out, err } = run('score', file);
  expect(code).toBe(3);
  expect(rowsOf(out)).toMatchObject([
    { id: 'a', rewards: [null, null], error: { code: expect.stringMatching(/^MEDIA_/) as string } },
    { id: 'good', rewards: [expect.any(Number), expect.any(Number)] },
  ]);
  expect(err).toContain(`${file}:1: MEDIA_`);
});

test('score: wrong usage is told before any model is looked for', () => {
  const file = writeRows([GOOD]);
  const out = path.join(path.dirname(file), 'out.jsonl');
  const noModel = ['--model', '/nowhere'];
  for (const [flags, why] of [
    [['--resume'], '--resume needs --out'],
    [['--out', file], 'would replace'],
    [['--out', out, '--stats', out], 'would replace'],
  ] as const) {
    const { code, err } = run('score', file, ...flags, ...noModel);
    expect([code, err]).toEqual([2, expect.stringContaining(`USAGE: `)]);
    expect(err).toContain(why);
  }
  expect(run('score', file, '--out', out, ...noModel)).toMatchObject({
    code: 1,
    err: expect.stringContaining('MODEL_NOT_FOUND') as string,
  });
});

test.skipIf(process.platform === 'win32')('score and inspect: rows from a pipe', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'picture', images: ['img/tiny.png'] }]);
  const root = path.dirname(file);
  const { out: expected } = run('score', file);
  const piped = runShell(`cat ${file} | rewardlens score /dev/stdin --media-root ${root}`);
  expect(piped).toMatchObject({ code: 0, out: expected });
  const substituted = runShell(`rewardlens score <(cat ${file}) --media-root ${root}`);
  expect(substituted).toMatchObject({ code: 0, out: expected });
  const inspected = runShell(`cat ${file} | rewardlens inspect /dev/stdin --media-root ${root}`);
  expect(inspected).toMatchObject({ code: 0, out: run('inspect', file).out });
  // piece by piece, and nothing that is a dataset
  const slow = runShell(
    `(printf '{'; sleep 0.2; tail -c +2 ${file}) | rewardlens score /dev/stdin`,
  );
  expect(rowsOf(slow.out).map(({ id }) => id)).toEqual(['good', 'picture']);
  expect(runShell('true | rewardlens score /dev/stdin')).toMatchObject({
    code: 1,
    err: expect.stringContaining('FILE_EMPTY') as string,
  });
  expect(runShell('echo a,b,c | rewardlens score /dev/stdin')).toMatchObject({
    code: 1,
    err: expect.stringContaining('NOT_A_DATASET') as string,
  });
});

test('score: duplicate ids are kept and reported', () => {
  const { out, err } = run('score', writeRows([GOOD, GOOD]));
  expect(rowsOf(out).map((row) => row.line)).toEqual([1, 2]);
  expect(err).toContain('the id good stands on line 1, too');
});

test('score: --out, --stats and --table', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'b', images: ['img/tiny.png'] }]);
  const out = path.join(path.dirname(file), 'scored.jsonl');
  const stats = path.join(path.dirname(file), 'stats.jsonl');
  expect(run('score', file, '--out', out, '--stats', stats)).toMatchObject({ code: 0, out: '' });
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toHaveLength(2);
  const [first] = rowsOf(fs.readFileSync(stats, 'utf8'));
  expect(Object.keys(first ?? {})).toEqual([
    'id',
    'prefixTokens',
    'tailTokens',
    'msVision',
    'msPrefix',
    'msTails',
    'cached',
    'device',
    'precision',
  ]);
  expect(first).toMatchObject({ id: 'good', device: 'cpu', precision: 'fp32' });
  expect(run('score', file, '--table').out).toContain('Reward (untrained)');
});

test('reference mode scores conversations as they are; safe mode refuses a mismatch', () => {
  const file = writeRows([
    { id: 'asks', messages: [{ role: 'user', content: 'hi' }] },
    { ...GOOD, id: 'marks', prompt: 'See <ImageHere> and <ImageHere>', images: ['img/tiny.png'] },
  ]);
  const codes = (out: string): unknown[] =>
    rowsOf(out).map((row) => (row.error as { code?: string } | undefined)?.code);
  expect(codes(run('score', file).out)).toEqual(['NO_CANDIDATES', 'PLACEHOLDER_MISMATCH']);
  expect(run('score', file).code).toBe(1);
  const reference = run('score', file, '--compat', 'reference');
  expect(codes(reference.out)).toEqual([undefined, undefined]);
  expect(reference.code).toBe(0);
});

test('the environment names a model when no option does', () => {
  const file = writeRows([GOOD]);
  const { stderr } = spawnSync(process.execPath, [CLI, 'score', file], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: TINY_MODEL },
  });
  expect(stderr).toContain('(REWARDLENS_MODEL: ');
});

test('score --device: what is used is said; what is not there is an error with its reason', () => {
  const file = writeRows([GOOD]);
  const cpu = run('score', file, '--device', 'cpu');
  expect(cpu).toMatchObject({ code: 0, err: expect.stringContaining('Device: CPU\n') as string });
  const absent = process.platform === 'darwin' ? 'dml' : 'coreml';
  expect(run('score', file, '--device', absent)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(
      /DEVICE_UNAVAILABLE: .+ not in this build .*--device auto/,
    ) as string,
  });
  expect(run('score', file, '--device', 'tpu').code).toBe(2);
});
