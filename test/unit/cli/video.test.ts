// The command on videos: rewards, what the model sees, and what to do without ffmpeg.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CLI, SAMPLES, tempFolder } from '../../support/paths';

/** The sample video's row alone. */
function videoRow(): string {
  const rows = fs.readFileSync(SAMPLES, 'utf8').trim().split('\n');
  const file = path.join(tempFolder(), 'video.candidates.jsonl');
  fs.writeFileSync(file, `${rows.find((row) => row.includes('"blocks-03"')) ?? ''}\n`);
  return file;
}

function run(command: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const root = ['--media-root', path.dirname(SAMPLES)];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, command, videoRow(), ...root, ...args],
    { encoding: 'utf8', env: { ...process.env, REWARDLENS_MODEL: '', ...env } },
  );
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code: status, rows, err: stderr };
}

test('score: the sample video gets rewards, and its numbers change them', () => {
  const numbered = run('score');
  expect(numbered).toMatchObject({
    code: 0,
    rows: [{ id: 'blocks-03', rewards: [0, 1, 2].map(() => expect.any(Number) as number) }],
  });
  const bare = run('score', ['--frame-labels', 'none']);
  expect(bare.code).toBe(0);
  expect(bare.rows[0]?.rewards).not.toEqual(numbered.rows[0]?.rewards);
});

test('inspect: the sheet stands where an image would, with the sampled frames', () => {
  const { code, rows } = run('inspect');
  expect(code).toBe(0);
  expect(rows).toHaveLength(3);
  expect(rows[0]?.images).toEqual([
    {
      path: 'video/blocks.mp4',
      width: 1120,
      height: 8 * (630 + 50),
      padded: [560, 2800],
      grid: [5, 1],
      // the demo model sees 5 × 5 rows and a separator per line, of each tile
      tokens: 6 * 25 + 1 + 6 * 5,
      video: {
        width: 480,
        height: 270,
        frameCount: 76,
        framesPerSecond: 10,
        indices: [0, 10, 20, 30, 40, 50, 60, 70],
        seconds: [0, 1, 2, 3, 4, 5, 6, 7],
      },
    },
  ]);
});

test('without ffmpeg the row is an error that says how to install it', () => {
  // what the tests above computed is known without ffmpeg
  const env = { REWARDLENS_FFMPEG: '/nowhere/ffmpeg', REWARDLENS_CACHE_GB: '0' };
  const { code, rows, err } = run('score', [], env);
  expect(code).toBe(1);
  expect(rows).toMatchObject([
    { rewards: [null, null, null], error: { code: 'FFMPEG_NOT_FOUND' } },
  ]);
  expect(err).toContain('apt install ffmpeg');
});
