// `rewardlens score`: runs that are stopped, or whose engine is.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  GOOD,
  rowsOf,
  run,
  runHeld,
  until,
  writeRows,
  type HeldRun,
  type Outcome,
} from '../../support/cli';

const LONG = Array.from({ length: 8 }, (_, n) => ({
  ...GOOD,
  id: `s${n}`,
  images: ['img/tiny.png'],
}));
/** rows that are certainly written when the run stops at the one after them */
const WRITTEN = 3;

const linesIn = (file: string): number =>
  fs.existsSync(file) ? fs.readFileSync(file).filter((byte) => byte === 10).length : 0;

/** A run over {@link LONG} whose engine has come to the fourth row, three rows being written. */
async function heldAfterThree(file: string, out: string, ...flags: string[]): Promise<HeldRun> {
  const sample = `s${WRITTEN}`;
  const held = await runHeld({ method: 'score', sample }, 'score', file, '--out', out, ...flags);
  await until('three rows are written', () => linesIn(`${out}.partial`) >= WRITTEN);
  return held;
}

interface Interrupted {
  readonly file: string;
  readonly out: string;
  readonly stats: string;
  readonly ids: readonly string[];
  /** starts `score --resume` over what was left */
  readonly resume: (...flags: string[]) => Outcome;
  /** rewards of the finished output by id */
  readonly rewards: () => Record<string, unknown>;
  /** replaces the dataset */
  readonly write: (rows: readonly object[]) => void;
}

/** A run over {@link LONG}, stopped by Ctrl+C when three rows are written. */
async function interrupted(): Promise<Interrupted> {
  const file = writeRows(LONG);
  const folder = path.dirname(file);
  const [out, stats] = [path.join(folder, 'scored.jsonl'), path.join(folder, 'stats.jsonl')];
  const held = await heldAfterThree(file, out, '--stats', stats);
  await until('three statistics are written', () => linesIn(`${stats}.partial`) >= WRITTEN);
  held.interrupt();
  expect((await held.ended).code).toBe(130);
  expect(fs.existsSync(out)).toBe(false);
  return {
    file,
    out,
    stats,
    ids: LONG.map(({ id }) => id),
    resume: (...flags) => run('score', file, '--out', out, '--stats', stats, '--resume', ...flags),
    rewards: () =>
      Object.fromEntries(
        rowsOf(fs.readFileSync(out, 'utf8')).map(({ id, rewards }) => [String(id), rewards]),
      ),
    write: (rows) => fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  };
}

/** The output of a run that nothing disturbs. */
function undisturbed(file: string, ...flags: string[]): string {
  const fresh = path.join(path.dirname(file), 'fresh.jsonl');
  expect(run('score', file, '--out', fresh, ...flags).code).toBe(0);
  return fs.readFileSync(fresh, 'utf8');
}

test('an interrupted run keeps its rows and is resumed, whatever a crash left of the last one', async () => {
  const { file, out, ids, resume } = await interrupted();
  const partial = `${out}.partial`;
  expect(linesIn(partial)).toBe(WRITTEN);
  // a line cut short is scored again
  fs.truncateSync(partial, fs.statSync(partial).size - 5);
  expect(resume().code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8')).map(({ id }) => id)).toEqual(ids);
  expect(fs.readFileSync(out, 'utf8')).toBe(undisturbed(file));
});

test('an engine killed in the middle (kill -9): the run goes on, nothing lost, nothing doubled', async () => {
  const file = writeRows(LONG);
  const out = path.join(path.dirname(file), 'scored.jsonl');
  // another device would be left for the CPU when its engine dies
  const held = await heldAfterThree(file, out, '--device', 'cpu');
  process.kill(held.enginePid, 'SIGKILL');
  const { code, err } = await held.ended;
  expect(code).toBe(0);
  expect(err).toContain('The scoring engine stopped (signal SIGKILL) and is being restarted.');
  expect(err).toContain('16 answers of 8 samples scored.');
  expect(fs.readFileSync(out, 'utf8')).toBe(undisturbed(file, '--device', 'cpu'));
});

test('score --resume: rows and statistics stay in step, whatever was cut short', async () => {
  const { out, stats, ids, resume } = await interrupted();
  fs.appendFileSync(`${stats}.partial`, '{"id":"torn');
  fs.appendFileSync(`${out}.keys.partial`, 'torn');
  expect(resume().code).toBe(0);
  for (const file of [out, stats]) {
    expect(rowsOf(fs.readFileSync(file, 'utf8')).map(({ id }) => id)).toEqual(ids);
  }
  expect(fs.readdirSync(path.dirname(out)).filter((name) => /partial|keys/.test(name))).toEqual([]);
});

test('score --resume: what has changed since is scored again', async () => {
  const { out, ids, file, write, rewards, resume } = await interrupted();
  write(LONG.map((row, n) => (n === 1 ? { ...row, candidates: ['Six.', 'Seven.'] } : row)));
  const resumed = resume();
  expect(resumed.code).toBe(0);
  expect(resumed.err).toContain(`${file}:2: has changed`);
  expect(fs.readFileSync(out, 'utf8')).toBe(undisturbed(file));
  expect(Object.keys(rewards())).toEqual(ids);
});

test('score --resume: another picture under the same name, from the first row on', async () => {
  const { out, file, resume } = await interrupted();
  const images = path.join(path.dirname(file), 'img');
  fs.copyFileSync(path.join(images, 'grey.png'), path.join(images, 'tiny.png'));
  expect(resume().code).toBe(0);
  expect(fs.readFileSync(out, 'utf8')).toBe(undisturbed(file));
});

test('score --resume: refuses other options, other files and damage, and leaves what there is', async () => {
  const { out, write, resume } = await interrupted();
  const before = fs.readFileSync(`${out}.partial`, 'utf8');
  const refused = (...flags: string[]): void => {
    expect(resume(...flags).code).toBe(2);
    expect(fs.readFileSync(`${out}.partial`, 'utf8')).toBe(before);
    expect(fs.existsSync(out)).toBe(false);
  };
  refused('--hd-num', '6');
  refused('--compat', 'reference');
  write(LONG.slice(0, 2));
  refused();
  write(LONG.slice(1));
  refused();
  write(LONG);
  const keys = fs.readFileSync(`${out}.keys.partial`);
  fs.rmSync(`${out}.keys.partial`);
  refused();
  fs.writeFileSync(`${out}.keys.partial`, keys);
  fs.writeFileSync(`${out}.partial`, before.replace('{', '<'));
  expect(resume()).toMatchObject({
    code: 2,
    err: expect.stringContaining('.partial:1: ') as string,
  });
  fs.writeFileSync(`${out}.partial`, before);
  expect(resume().code).toBe(0);
});

test('score --resume refuses rewards of another device', () => {
  const file = writeRows([GOOD]);
  const out = path.join(path.dirname(file), 'scored.jsonl');
  const [row] = rowsOf(run('score', file, '--device', 'cpu').out);
  const model = `${String(row?.model)}@webgpu`;
  fs.writeFileSync(`${out}.partial`, `${JSON.stringify({ ...row, model })}\n`);
  const options = { compat: 'safe', hdNum: 24, maxLength: 16_384, frameLabels: 'atlas' };
  fs.writeFileSync(`${out}.keys.partial`, `${JSON.stringify({ model, ...options })}\nkey\n`);
  expect(run('score', file, '--device', 'cpu', '--out', out, '--resume')).toMatchObject({
    code: 2,
    err: expect.stringContaining('@webgpu') as string,
  });
});
