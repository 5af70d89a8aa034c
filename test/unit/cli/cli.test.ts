// The command as a user runs it: files in, lines and exit codes out.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CLI, FIXTURES, tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: '' },
  });
  return { code: status, out: stdout, err: stderr };
}

function rowsOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function writeRows(rows: readonly (object | string)[]): string {
  const folder = tempFolder();
  fs.cpSync(path.join(FIXTURES, 'images'), path.join(folder, 'img'), { recursive: true });
  const file = path.join(folder, 'x.candidates.jsonl');
  fs.writeFileSync(
    file,
    rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''),
  );
  return file;
}

const GOOD = { id: 'good', prompt: 'What is two plus two?', candidates: ['Four.', 'Five.'] };

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

test('score: an interrupted run keeps its rows and is resumed', async () => {
  const rows = Array.from({ length: 14 }, (_, n) => ({
    ...GOOD,
    id: `s${n}`,
    images: ['img/tiny.png'],
  }));
  const file = writeRows(rows);
  const out = path.join(path.dirname(file), 'scored.jsonl');
  const child = spawn(process.execPath, [CLI, 'score', file, '--out', out], { stdio: 'ignore' });
  const partial = `${out}.partial`;
  while (
    !fs.existsSync(partial) ||
    rowsOf(fs.readFileSync(partial, 'utf8').replace(/[^\n]*$/, '')).length < 3
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(130);
  expect(fs.existsSync(out)).toBe(false);
  const before = fs.statSync(partial).size;
  // a line cut short by a crash is scored again
  fs.truncateSync(partial, before - 5);
  const resumed = run('score', file, '--out', out, '--resume');
  expect(resumed.code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8')).map((row) => row.id)).toEqual(
    rows.map(({ id }) => id),
  );
  const fresh = path.join(path.dirname(file), 'fresh.jsonl');
  run('score', file, '--out', fresh);
  expect(fs.readFileSync(out, 'utf8')).toBe(fs.readFileSync(fresh, 'utf8'));
});

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

const LONG = Array.from({ length: 8 }, (_, n) => ({
  ...GOOD,
  id: `s${n}`,
  images: ['img/tiny.png'],
}));

/** A run over {@link LONG}, stopped by Ctrl+C when three rows are written. */
async function interrupted(): Promise<Interrupted> {
  const file = writeRows(LONG);
  const folder = path.dirname(file);
  const [out, stats] = [path.join(folder, 'scored.jsonl'), path.join(folder, 'stats.jsonl')];
  const args = ['score', file, '--out', out, '--stats', stats];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
  const written = (): number =>
    fs.existsSync(`${stats}.partial`)
      ? fs.readFileSync(`${stats}.partial`).filter(isNewline).length
      : 0;
  while (written() < 3) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130);
  return {
    file,
    out,
    stats,
    ids: LONG.map(({ id }) => id),
    resume: (...flags) => run(...args, '--resume', ...flags),
    rewards: () =>
      Object.fromEntries(
        rowsOf(fs.readFileSync(out, 'utf8')).map(({ id, rewards }) => [String(id), rewards]),
      ),
    write: (rows) => fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  };
}

const isNewline = (byte: number): boolean => byte === 10;

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
  const fresh = path.join(path.dirname(out), 'fresh.jsonl');
  run('score', file, '--out', fresh);
  expect(fs.readFileSync(out, 'utf8')).toBe(fs.readFileSync(fresh, 'utf8'));
  expect(Object.keys(rewards())).toEqual(ids);
});

test('score --resume: another picture under the same name, from the first row on', async () => {
  const { out, file, resume } = await interrupted();
  const images = path.join(path.dirname(file), 'img');
  fs.copyFileSync(path.join(images, 'grey.png'), path.join(images, 'tiny.png'));
  expect(resume().code).toBe(0);
  const fresh = path.join(path.dirname(out), 'fresh.jsonl');
  run('score', file, '--out', fresh);
  expect(fs.readFileSync(out, 'utf8')).toBe(fs.readFileSync(fresh, 'utf8'));
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

test('score: --resume needs --out', () => {
  expect(run('score', writeRows([GOOD]), '--resume').code).toBe(2);
});

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

test('convert: a model folder that scores; what is missing is named', () => {
  const out = path.join(tempFolder(), 'model');
  const done = run('convert', TINY_CHECKPOINT, '--out', out, '--precision', 'fp32');
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ixc-2\.5-reward:fp32:/) as string,
  });
  const file = writeRows([GOOD]);
  const [mine] = rowsOf(run('score', file, '--model', out).out);
  const [bundled] = rowsOf(run('score', file).out);
  expect(mine?.rewards).toEqual(bundled?.rewards);
  expect(run('convert', tempFolder(), '--out', out, '--precision', 'fp32')).toMatchObject({
    code: 1,
    err: expect.stringContaining('CHECKPOINT_INVALID') as string,
  });
  expect(run('convert', TINY_CHECKPOINT, '--out', out).code).toBe(2);
});

test('the environment names a model when no option does', () => {
  const file = writeRows([GOOD]);
  const { stderr } = spawnSync(process.execPath, [CLI, 'score', file], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: TINY_MODEL },
  });
  expect(stderr).toContain('(REWARDLENS_MODEL: ');
});

test('export: pairs by rewards and by verdicts', () => {
  const file = writeRows([{ ...GOOD, images: ['img/tiny.png'] }]);
  const folder = path.dirname(file);
  const scored = path.join(folder, 'scored.jsonl');
  const pairs = path.join(folder, 'pairs.jsonl');
  run('score', file, '--out', scored);
  const flags = ['--format', 'trl', '--out', pairs];
  expect(run('export', file, ...flags, '--from', 'rewards', '--rewards', scored).code).toBe(0);
  const [row] = rowsOf(fs.readFileSync(pairs, 'utf8'));
  expect(row).toMatchObject({ images: ['img/tiny.png'] });
  expect(run('export', file, ...flags).err).toContain('EXPORT_EMPTY');
  expect(run('export', file, ...flags, '--from', 'rewards').code).toBe(2);
  const entry = rowsOf(fs.readFileSync(scored, 'utf8'))[0] ?? {};
  fs.writeFileSync(scored, `${JSON.stringify({ ...entry, rewards: [2, 1] })}\n`);
  const exact = ['--from', 'rewards', '--rewards', scored, '--min-margin', '1'];
  expect(run('export', file, ...flags, ...exact).code).toBe(0);
  expect(run('export', file, file, ...flags, '--from', 'rewards', '--rewards', scored).code).toBe(
    2,
  );
  fs.appendFileSync(file, `${JSON.stringify({ ...GOOD, id: 'later' })}\n`);
  const unscored = run('export', file, ...flags, '--from', 'rewards', '--rewards', scored);
  expect(unscored).toMatchObject({
    code: 3,
    err: expect.stringContaining('1 samples have no row in the scored output') as string,
  });
  const far = ['--min-margin', '1000'];
  expect(run('export', file, ...flags, '--from', 'rewards', '--rewards', scored, ...far).code).toBe(
    1,
  );
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

test('doctor: the self-test and its JSON', () => {
  expect(run('doctor')).toMatchObject({
    code: 0,
    out: expect.stringContaining('rewards repeat') as string,
  });
  const report = JSON.parse(run('doctor', '--json').out) as { model: unknown };
  expect(report.model).toMatchObject({ ok: true, selfTest: { repeatable: true } });
  expect(report).toMatchObject({
    devices: [
      { name: 'cpu', usable: true },
      { name: 'webgpu' },
      { name: 'cuda' },
      { name: 'dml' },
      { name: 'coreml' },
    ],
  });
  expect(run('doctor', '--model', '/nowhere').code).toBe(1);
});

test('doctor: says why the engine does not start', () => {
  const folder = tempFolder();
  const cli = path.join(folder, 'cli.js');
  fs.copyFileSync(CLI, cli);
  fs.writeFileSync(path.join(folder, 'engine.js'), "require('no-such-runtime');\n");
  const doctor = spawnSync(process.execPath, [cli, 'doctor', '--json'], { encoding: 'utf8' });
  expect(doctor.status).toBe(1);
  expect(JSON.parse(doctor.stdout)).toMatchObject({
    onnxruntime: null,
    engine: { ok: false, code: 'ENGINE_START_FAILED' },
    model: { ok: false },
  });
  expect(doctor.stdout).toContain("Cannot find module 'no-such-runtime'");
  const text = spawnSync(process.execPath, [cli, 'doctor'], { encoding: 'utf8' });
  expect(text.stdout).toContain("Cannot find module 'no-such-runtime'");
});
