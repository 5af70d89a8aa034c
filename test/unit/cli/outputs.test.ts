// Where `rewardlens score` and `export` write, and what they leave alone.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';
import { CLI, tempFolder } from '../../support/paths';

test('score: outputs never replace what is read, nor each other', () => {
  const file = writeRows([GOOD]);
  const folder = path.dirname(file);
  const before = fs.readFileSync(file, 'utf8');
  const journal = `${file}.review.jsonl`;
  fs.writeFileSync(journal, '');
  fs.symlinkSync(file, path.join(folder, 'link'));
  const [out, other] = [path.join(folder, 'out'), path.join(folder, 'other')];
  fs.copyFileSync(file, `${other}.partial`);
  for (const flags of [
    ['--out', file],
    ['--out', path.join(folder, 'link')],
    ['--stats', file],
    ['--out', journal],
    ['--out', out, '--stats', out],
    ['--out', out, '--stats', `${out}.partial`],
  ]) {
    expect(run('score', file, ...flags).code).toBe(2);
  }
  expect(run('score', `${other}.partial`, '--out', other).code).toBe(2);
  expect(fs.readFileSync(`${other}.partial`, 'utf8')).toBe(before);
  expect(fs.readFileSync(file, 'utf8')).toBe(before);
  expect(run('export', file, '--format', 'trl', '--out', file).code).toBe(2);
  expect(fs.readdirSync(folder).sort()).toEqual(
    ['img', 'link', 'other.partial', path.basename(file), path.basename(journal)].sort(),
  );
});

test('score: a run that reads nothing leaves earlier results alone', () => {
  const folder = tempFolder();
  const [out, stats] = [path.join(folder, 'out.jsonl'), path.join(folder, 'stats.jsonl')];
  fs.writeFileSync(out, 'good\n');
  fs.writeFileSync(`${out}.partial`, 'unfinished\n');
  const missing = path.join(folder, 'typo.jsonl');
  expect(run('score', missing, '--out', out, '--stats', stats).code).toBe(1);
  expect(fs.readFileSync(out, 'utf8')).toBe('good\n');
  expect(fs.readFileSync(`${out}.partial`, 'utf8')).toBe('unfinished\n');
  expect(fs.readdirSync(folder).sort()).toEqual(['out.jsonl', 'out.jsonl.partial']);
  const nowhere = path.join(out, 'inside.jsonl');
  const fresh = path.join(folder, 'fresh.jsonl');
  const failed = run('score', writeRows([GOOD]), '--out', fresh, '--stats', nowhere);
  expect(failed).toMatchObject({
    code: 1,
    err: expect.stringContaining('OUTPUT_FAILED') as string,
  });
  expect(fs.readdirSync(folder).sort()).toEqual(['out.jsonl', 'out.jsonl.partial']);
});

test.skipIf(process.platform === 'win32')(
  'score: --out into a device, a pipe or through a link',
  () => {
    const file = writeRows([GOOD]);
    const folder = path.dirname(file);
    const [link, real] = [path.join(folder, 'link'), path.join(folder, 'real.jsonl')];
    fs.symlinkSync('real.jsonl', link);
    expect(run('score', file, '--out', link).code).toBe(0);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(rowsOf(fs.readFileSync(real, 'utf8'))).toHaveLength(1);
    fs.symlinkSync('/dev/null', path.join(folder, 'null'));
    expect(
      run('score', file, '--out', path.join(folder, 'null'), '--stats', '/dev/null').code,
    ).toBe(0);
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
    // through a shell: Node gives its children sockets, which can't be opened by name
    const command = '"$0" "$1" score "$2" --out /dev/stdout | cat';
    const piped = spawnSync('sh', ['-c', command, process.execPath, CLI, file]);
    expect(rowsOf(piped.stdout.toString())).toHaveLength(1);
  },
);
