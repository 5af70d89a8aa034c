// What `npm start` does with the samples, and with paths that hold spaces.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { codeCommand } from '../../harness/demo.mjs';
import { GOOD, until, writeRows } from '../../support/cli';
import { CLI, ROOT, SAMPLES, tempFolder } from '../../support/paths';

/** Evaluates an expression over the module, in a process of its own. */
function evaluate(expression: string, env: NodeJS.ProcessEnv = {}) {
  const module = JSON.stringify(path.join(ROOT, 'test/harness/demo.mjs'));
  const script = `const demo = await import(${module}); console.log('=' + (${expression}));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8', env: { ...process.env, REWARDLENS_MODEL: '', ...env } },
  );
  return { value: /^=(.*)$/m.exec(stdout)?.[1], out: stdout, err: stderr };
}

const score = (files: readonly string[], hasFfmpeg: boolean, env: NodeJS.ProcessEnv = {}) =>
  evaluate(
    `demo.scoreSamples(${JSON.stringify(CLI)}, ${JSON.stringify(files)}, ${hasFfmpeg})`,
    env,
  );

test('samples that can’t be scored are a failure, and it is said', () => {
  const file = writeRows([GOOD]);
  const scored = score([file], true);
  expect(scored.value).toBe('undefined');
  expect(scored.out).toContain('good: What is two');
  expect(score([file], true, { REWARDLENS_MODEL: '/nowhere' }).value).toBe(
    'Scoring the samples failed (exit code 1).',
  );
  const partly = 'Scoring the samples failed (exit code 3).';
  expect(score([file, '/nowhere/none.jsonl'], true).value).toBe(partly);
});

test('without ffmpeg the sample video fails, which is no failure of the whole', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'clip', videos: ['blocks.mp4'] }]);
  const video = path.join(path.dirname(SAMPLES), 'video/blocks.mp4');
  fs.copyFileSync(video, path.join(path.dirname(file), 'blocks.mp4'));
  // what was computed before is known without ffmpeg
  const env = { REWARDLENS_FFMPEG: '/nowhere/ffmpeg', REWARDLENS_CACHE_GB: '0' };
  expect(score([file], false, env).value).toBe('undefined');
  expect(score([file], true, env).value).toBe('Scoring the samples failed (exit code 3).');
});

test.skipIf(process.platform === 'win32')('VS Code gets paths with spaces whole', async () => {
  const bin = path.join(tempFolder(), 'my programs');
  const log = path.join(bin, 'arguments');
  fs.mkdirSync(bin);
  const script = `#!/bin/sh\n[ "$1" = --version ] || printf '%s\\n' "$@" done > '${log}'\n`;
  fs.writeFileSync(path.join(bin, 'code'), script, { mode: 0o755 });
  const args = ['--extensionDevelopmentPath=/my code/repo', '/my work/space', '$(touch x)'];
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, DISPLAY: ':0' };
  expect(evaluate(`demo.openDesktop(${JSON.stringify(args)})`, env).value).toBe('true');
  const lines = () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n') : []);
  await until('VS Code has its arguments', () => lines().includes('done'));
  expect(lines().slice(0, -2)).toEqual(args);
  expect(evaluate('demo.openDesktop([])', { PATH: '/nowhere', DISPLAY: ':0' }).value).toBe('false');
  expect(codeCommand(['C:\\my work\\x'], 'win32')).toEqual({
    args: ['"C:\\my work\\x"'],
    options: { shell: true },
  });
});
