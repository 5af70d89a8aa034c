// `rewardlens export`: pairs, and what is said of everything that gives none.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { journalPath } from '../../../src/review/journalPath';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';
import { writeJournal } from '../../support/journals';
import { CLI, tempFolder } from '../../support/paths';

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

const rank = (id: string, more: object = {}) => ({
  id,
  kind: 'rank',
  ranks: [[0], [1]],
  unranked: [],
  accepted: false,
  blind: false,
  shown: [0, 1],
  ms: 1,
  ...more,
});

const toTrl = (...files: string[]) => {
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const outcome = run('export', ...files, '--format', 'trl', '--out', out);
  const written = fs.existsSync(out) ? rowsOf(fs.readFileSync(out, 'utf8')) : [];
  return { ...outcome, written };
};

test('export: rows that can’t be read are named with file, line and code', () => {
  const file = writeRows([GOOD, '{', { ...GOOD, id: 'none', candidates: [] }]);
  writeJournal(file, [rank('good')]);
  const { code, err, written } = toTrl(file);
  expect([code, written.length]).toEqual([3, 1]);
  expect(err).toContain(`${file}:2: ROW_NOT_JSON: `);
  expect(err).toContain(`${file}:3: NO_CANDIDATES: `);
  expect(err).toContain('2 rows could not be read.');
});

test('export: a file that is missing or broken does not stop the others', () => {
  const [a, b, broken] = [writeRows([GOOD]), writeRows([GOOD]), writeRows([GOOD])];
  for (const file of [a, b]) {
    writeJournal(file, [rank('good')]);
  }
  fs.mkdirSync(`${broken}.review.jsonl`);
  const empty = path.join(tempFolder(), 'empty.jsonl');
  fs.writeFileSync(empty, '');
  const { code, err, written } = toTrl(a, '/nowhere/none.jsonl', empty, broken, b);
  expect([code, written.length]).toEqual([3, 2]);
  expect(err).toContain('FILE_NOT_FOUND: /nowhere/none.jsonl: ');
  expect(err).toContain(`FILE_EMPTY: ${empty}: `);
  expect(err).toContain(`JOURNAL_UNREADABLE: ${broken}.review.jsonl: EISDIR`);
  expect(err).toContain('2 pairs of 2 samples written');
  expect(err).toContain('3 files could not be read.');
  // alone, or without any other that gives a pair, nothing is written
  expect(toTrl('/nowhere/none.jsonl')).toMatchObject({ code: 1, written: [] });
  const all = toTrl('/nowhere/none.jsonl', empty);
  expect(all).toMatchObject({ code: 1, written: [] });
  expect(all.err).toContain('FILE_NOT_FOUND: /nowhere/none.jsonl: ');
  expect(all.err).toMatch(/EXPORT_EMPTY: .*2 files can’t be read/);
});

test('export: what is left out is named with its file, also when nothing is left to export', () => {
  const clip = { ...GOOD, id: 'clip', videos: ['v.mp4'] };
  const [file, other] = [writeRows([GOOD]), writeRows([GOOD, clip])];
  writeJournal(file, [rank('good')]);
  writeJournal(other, [rank('clip')]);
  fs.appendFileSync(`${other}.review.jsonl`, 'torn');
  const { code, err } = toTrl(file, other);
  expect(code).toBe(3);
  expect(err).toContain(`${other}:2: clip left out: TRL has no place for videos`);
  expect(err).toContain(`${other}.review.jsonl:2: left out, not a journal entry`);
  expect(err).toContain('1 pairs of 1 samples written');
  const nothing = toTrl(other);
  expect(nothing.code).toBe(1);
  expect(nothing.err).toContain(`${other}:2: clip left out: `);
});

test('export: pairs that only an accepted order gives are counted apart', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'b' }, { ...GOOD, id: 'c' }]);
  const accepted = { accepted: true };
  writeJournal(file, [
    rank('good', accepted),
    rank('b', accepted),
    // somebody else voted the same way
    rank('b', { by: 'tom' }),
    rank('c'),
  ]);
  const { code, err, written } = toTrl(file);
  expect([code, written.length]).toEqual([0, 3]);
  expect(err).toContain('3 pairs of 3 samples written');
  expect(err).toContain('1 of them from orders of the model that were accepted, not voted for.');
  writeJournal(file, [rank('good')]);
  expect(toTrl(file).err).not.toContain('accepted');
});

test('export: ties give pairs in both directions, where they are asked for', () => {
  const candidates = ['Red.', 'Crimson, I would say.', 'Blue.'];
  const rows = ['tied', 'apart', 'ranked'].map((id) => ({ id, prompt: 'Which?', candidates }));
  const file = writeRows(rows);
  writeJournal(file, [
    rank('tied', { ranks: [[0, 1]], unranked: [2] }),
    rank('apart', { ranks: [[0, 1]], unranked: [2] }),
    rank('apart', { by: 'tom', ranks: [[1], [0]], unranked: [2] }),
    rank('ranked', { ranks: [[0, 1], [2]] }),
  ]);
  const scored = path.join(path.dirname(file), 'scored.jsonl');
  const scores = rows.map(({ id }, n) => ({ id, line: n + 1, rewards: [3, 1, 0.5] }));
  fs.writeFileSync(scored, scores.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const exported = (format: string, ...flags: string[]) => {
    const out = path.join(tempFolder(), 'pairs.jsonl');
    const fixed = ['--format', format, '--out', out, '--rewards', scored, '--pairs', 'all'];
    const { code, err } = run('export', file, ...fixed, ...flags);
    return { code, err, rows: fs.existsSync(out) ? rowsOf(fs.readFileSync(out, 'utf8')) : [] };
  };
  const without = exported('rewardlens');
  expect(without.rows.map(({ id }) => id)).toEqual(['apart', 'ranked', 'ranked']);
  expect(without.rows.every(({ tied }) => tied === false)).toBe(true);
  expect(without.err).toContain('1 samples left out: all their judged answers are tied.');

  const { code, err, rows: all } = exported('rewardlens', '--ties');
  expect(code).toBe(0);
  expect(err).toContain('7 pairs of 3 samples written');
  expect(err).toContain('4 of them from ties, one in each direction.');
  const ties = all.filter(({ tied }) => tied);
  expect(ties.map(({ id, chosen, rejected, margin }) => [id, chosen, rejected, margin])).toEqual([
    ['tied', candidates[0], candidates[1], 0],
    ['tied', candidates[1], candidates[0], 0],
    ['ranked', candidates[0], candidates[1], 0],
    ['ranked', candidates[1], candidates[0], 0],
  ]);
  // a rule drops both directions or none
  const short = exported('rewardlens', '--ties', '--max-length-ratio', '1.5');
  expect(short.rows.map(({ id, tied }) => [id, tied])).toEqual([['ranked', false]]);
  const apart = exported('rewardlens', '--ties', '--min-margin', '0.1');
  expect(apart.rows.some(({ tied }) => tied)).toBe(false);
  expect(exported('rewardlens', '--ties', '--min-margin', '0').rows).toHaveLength(6);
  // labels are of good and bad answers
  const labels = exported('trl-kto', '--ties');
  expect(labels.code).toBe(3);
  expect(labels.err).toContain('the answers are tied: neither is good or bad');

  const byRewards = exported('ms-swift', '--ties', '--from', 'rewards');
  expect(byRewards.rows.every(({ margin }) => Number(margin) > 0)).toBe(true);
});

test('export: edited and added answers of the journal are used, and marked', () => {
  const file = writeRows([GOOD]);
  writeJournal(file, [
    { id: 'good', kind: 'edit', candidate: 0, text: 'FOUR' },
    { id: 'good', kind: 'add', text: 'Six.', source: 'mira' },
    { id: 'good', kind: 'add', text: 'Seven.', source: 'mira' },
    { id: 'good', kind: 'undo', of: 'u2' },
    { ...rank('good'), ranks: [[0], [1], [2], [3]] },
  ]);
  const { code, err, written } = toTrl(file);
  expect([code, written]).toEqual([
    0,
    [
      expect.objectContaining({
        chosen: [{ role: 'assistant', content: 'FOUR' }],
        rejected: [{ role: 'assistant', content: 'Six.' }],
        edited_chosen: true,
        edited_rejected: true,
      }),
    ],
  ]);
  expect(err).toContain('1 of them with answers edited or written in the review.');
});

/** Everything under a folder, by path. */
function filesUnder(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

test('export: folders of several files, which keep what others have put there', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'b', images: ['img/tiny.png'] }]);
  writeJournal(file, [rank('good'), rank('b')]);
  const out = path.join(tempFolder(), 'data');
  fs.mkdirSync(out);
  fs.writeFileSync(path.join(out, 'dataset_info.json'), '{"other": {"file_name": "o.json"}}');
  const to = (format: string) => run('export', file, '--format', format, '--out', out).code;
  expect([
    to('llamafactory-alpaca'),
    to('llamafactory-alpaca'),
    to('llamafactory-sharegpt'),
  ]).toEqual([0, 0, 0]);
  expect([to('ixc'), to('llamafactory-v1'), to('llamafactory-v1')]).toEqual([0, 0, 0]);
  const files = filesUnder(out);
  expect(Object.keys(files)).toEqual([
    'data.txt',
    'dataset_info.json',
    'dataset_info.yaml',
    'x_alpaca.json',
    'x_image.json',
    'x_sharegpt.json',
    'x_text.json',
    'x_v1.jsonl',
  ]);
  expect(files['data.txt']).toBe('./x_text.json 0.001\n./x_image.json 0.001\n');
  expect(files['dataset_info.yaml']).toBe('x_v1:\n  path: x_v1.jsonl\n  source: local\n');
  expect(JSON.parse(files['dataset_info.json'] ?? '')).toEqual({
    other: { file_name: 'o.json' },
    x_alpaca: {
      file_name: 'x_alpaca.json',
      ranking: true,
      columns: {
        prompt: 'instruction',
        query: 'input',
        chosen: 'chosen',
        rejected: 'rejected',
        images: 'images',
      },
    },
    x_sharegpt: {
      file_name: 'x_sharegpt.json',
      formatting: 'sharegpt',
      ranking: true,
      columns: {
        messages: 'conversations',
        chosen: 'chosen',
        rejected: 'rejected',
        images: 'images',
      },
    },
  });
  expect(JSON.parse(files['x_alpaca.json'] ?? '')).toHaveLength(2);
  fs.writeFileSync(path.join(out, 'dataset_info.json'), 'not a list');
  expect(to('llamafactory-alpaca')).toBe(1);
  expect(filesUnder(out)['x_alpaca.json']).toBe(files['x_alpaca.json']);
});

test('export: what the rules drop is counted', () => {
  const long = { ...GOOD, id: 'long', candidates: ['Four, as everybody knows.', 'Five.'] };
  const file = writeRows([GOOD, { ...GOOD, id: 'again' }, long, { ...GOOD, id: 'tied' }]);
  const scored = path.join(path.dirname(file), 'scored.jsonl');
  const ids = ['good', 'again', 'long', 'tied'];
  const lines = ids.map((id, n) =>
    JSON.stringify({ id, line: n + 1, rewards: id === 'tied' ? [1, 1] : [3, 1], model: 'm:1' }),
  );
  fs.writeFileSync(scored, `${lines.join('\n')}\n`);
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const rules = ['--dedupe', '--max-length-ratio', '2', '--min-margin', '2'];
  const rewards = ['--from', 'rewards', '--rewards', scored];
  const args = [file, '--format', 'rewardlens', '--out', out, ...rewards];
  const { code, err } = run('export', ...args, ...rules);
  expect(code).toBe(0);
  expect(err).toContain('1 pairs of 1 samples written');
  expect(err).toContain('1 samples left out: all their judged answers are tied.');
  expect(err).toContain('1 pairs left out: the chosen answer is too long for the rejected one.');
  expect(err).toContain('1 pairs left out: they are there already.');
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toMatchObject([
    { id: 'good', margin: 2, reward_model: 'm:1' },
  ]);
  const far = run('export', ...args, '--min-margin', '2.5');
  expect(far.code).toBe(1);
  expect(far.err).toContain('3 pairs are below the margin');
});

test('export: verdicts with rewards; a margin without them is a usage error', () => {
  const file = writeRows([GOOD]);
  writeJournal(file, [rank('good')]);
  const scored = path.join(path.dirname(file), 'scored.jsonl');
  fs.writeFileSync(scored, '{"id":"good","line":1,"rewards":[1,3],"model":"m"}\n');
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const args = [file, '--format', 'trl-reward', '--out', out];
  expect(run('export', ...args, '--min-margin', '0').code).toBe(2);
  expect(run('export', ...args, '--rewards', scored).code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toMatchObject([{ margin: 0 }]);
  const ours = [file, '--format', 'rewardlens', '--out', out, '--rewards', scored];
  expect(run('export', ...ours).code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toMatchObject([{ margin: -2 }]);
  expect(run('export', ...args, '--rewards', scored, '--min-margin', '0').code).toBe(1);
  expect(run('export', ...args, '--test-fraction', '1').code).toBe(2);
  expect(run('export', ...args, '--max-length-ratio', '0').code).toBe(2);
});

test('export: a prompt is on one side of the split, in whatever order', () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({
    ...GOOD,
    id: `s${n}`,
    prompt: `What is ${n % 20} and two?`,
  }));
  const sides = [rows, [...rows].reverse()].map((ordered) => {
    const file = writeRows(ordered);
    writeJournal(
      file,
      ordered.map(({ id }) => rank(id)),
    );
    const out = path.join(tempFolder(), 'pairs.jsonl');
    const args = ['--format', 'trl', '--out', out, '--test-fraction', '0.3'];
    expect(run('export', file, ...args).code).toBe(0);
    return [out, out.replace('.jsonl', '.test.jsonl')].map((name) =>
      rowsOf(fs.readFileSync(name, 'utf8'))
        .map(({ prompt }) => JSON.stringify(prompt))
        .sort(),
    );
  });
  const [train = [], test = []] = sides[0] ?? [];
  expect(train.length + test.length).toBe(40);
  expect(test.length).toBeGreaterThan(0);
  expect(train.filter((prompt) => test.includes(prompt))).toEqual([]);
  expect(sides[1]).toEqual(sides[0]);
});

test('export: media are copied once by content, or embedded where the format can', () => {
  const [one, other] = [
    writeRows([
      { ...GOOD, images: ['img/tiny.png'] },
      { ...GOOD, id: 'b', images: ['img/tiny.png'] },
    ]),
    writeRows([{ ...GOOD, images: ['img/gone.png'] }]),
  ];
  writeJournal(one, [rank('good'), rank('b')]);
  writeJournal(other, [rank('good')]);
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const to = (format: string, media: string) =>
    run('export', one, other, '--format', format, '--out', out, '--media', media);
  const copied = to('trl', 'copy');
  expect(copied.code).toBe(3);
  expect(copied.err).toContain(`${other}:1: good left out: img/gone.png not found`);
  const names = fs.readdirSync(path.join(path.dirname(out), 'pairs.media'));
  expect(names).toHaveLength(1);
  expect(rowsOf(fs.readFileSync(out, 'utf8')).map(({ images }) => images)).toEqual([
    [`pairs.media/${names[0]}`],
    [`pairs.media/${names[0]}`],
  ]);
  const picture = fs.readFileSync(path.join(path.dirname(one), 'img/tiny.png'));
  expect(fs.readFileSync(path.join(path.dirname(out), 'pairs.media', names[0] ?? ''))).toEqual(
    picture,
  );
  expect(to('ms-swift', 'embed').code).toBe(3);
  const url = `data:image/png;base64,${picture.toString('base64')}`;
  expect(rowsOf(fs.readFileSync(out, 'utf8'))[0]).toMatchObject({ images: [url] });
  expect(to('mm-rlhf', 'embed').code).toBe(2);
  expect(fs.readdirSync(path.dirname(out)).sort()).toEqual(['pairs.jsonl', 'pairs.media']);
});

test('export: pairs with an answer that was edited after it was ranked are left out, and counted', () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'b' }]);
  const late = { kind: 'edit', candidate: 0, text: 'Five.', at: '2026-11-24T09:00:00Z' };
  writeJournal(file, [rank('good'), { id: 'good', ...late }, rank('b')]);
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const { code, err } = run('export', file, '--format', 'trl', '--out', out);
  expect(code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toHaveLength(1);
  expect(err).toContain('1 pairs left out: an answer was edited after it was ranked.');
});

test('export: verdicts are found in the folder that is named', () => {
  const file = writeRows([GOOD]);
  writeJournal(file, [rank('good')]);
  const folder = tempFolder();
  fs.renameSync(journalPath(file), journalPath(file, folder));
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const flags = ['--format', 'trl', '--out', out];
  expect(run('export', file, ...flags).err).toContain('EXPORT_EMPTY');
  expect(run('export', file, ...flags, '--journal-folder', folder).code).toBe(0);
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toHaveLength(1);
});

test('export: all rows of a table have all columns, and the first rows a value of each', () => {
  const rows = Array.from({ length: 900 }, (_, n) => ({
    id: `r${n}`,
    prompt: `Number ${n}: ${'what is it? '.repeat(200)}`,
    candidates: ['Yes.', 'No.'],
    ...(n === 850 ? { images: ['img/tiny.png'], domain: 'vqa' } : {}),
  }));
  const file = writeRows(rows);
  const scored = path.join(path.dirname(file), 'scored.jsonl');
  const scores = rows.map(({ id }, n) => ({ id, line: n + 1, rewards: [2, 1] }));
  fs.writeFileSync(scored, scores.map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (const format of ['ms-swift', 'trl', 'rewardlens', 'llamafactory-sharegpt', 'mm-rlhf']) {
    const out = path.join(tempFolder(), 'out');
    const from = ['--from', 'rewards', '--rewards', scored];
    run('export', file, '--format', format, '--out', out, ...from);
    const files = fs.statSync(out).isFile() ? [out] : [path.join(out, 'x_sharegpt.json')];
    const text = fs.readFileSync(files[0] ?? '', 'utf8');
    const written = text.startsWith('[')
      ? (JSON.parse(text) as Record<string, unknown>[])
      : rowsOf(text);
    const keys = written.map((row) => Object.keys(row).sort().join());
    if (format === 'mm-rlhf') {
      expect(new Set(keys).size).toBe(1); // it holds rows with a picture alone
      continue;
    }
    expect(written).toHaveLength(rows.length);
    expect(new Set(keys).size).toBe(1);
    expect(written[0]?.images).toEqual([expect.stringContaining('tiny.png')]);
    expect(written.slice(1).every(({ images }) => (images as unknown[]).length === 0)).toBe(true);
    expect(written[1]).toMatchObject(format === 'rewardlens' ? { id: 'r0' } : {});
    if (format === 'trl') {
      const contents = written.flatMap((row) => row.prompt as { content: unknown }[]);
      expect(contents.every(({ content }) => Array.isArray(content))).toBe(true);
    }
  }
}, 60_000);

test('export: what an earlier export to the same place held is not in the list any more', () => {
  const rows = ['a', 'b'].map((id) => ({
    id,
    prompt: `Which ${id}?`,
    candidates: ['Red.', 'Blue.'],
    ...(id === 'b' ? { images: ['img/tiny.png'] } : {}),
  }));
  const file = writeRows(rows);
  const folder = path.dirname(file);
  const scored = path.join(folder, 'scored.jsonl');
  const scores = rows.map(({ id }, n) => ({ id, line: n + 1, rewards: [1 + 2 * n, 0] }));
  fs.writeFileSync(scored, scores.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const exported = (format: string, out: string, ...flags: string[]) =>
    run(
      'export',
      file,
      '--format',
      format,
      '--out',
      path.join(folder, out),
      '--from',
      'rewards',
      '--rewards',
      scored,
      ...flags,
    );
  const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');

  exported('ixc', 'ixc');
  fs.appendFileSync(path.join(folder, 'ixc/data.txt'), './mine.json 2\n');
  expect(read('ixc/data.txt')).toContain('x_text.json');
  const again = exported('ixc', 'ixc', '--min-margin', '2');
  expect(read('ixc/data.txt').split('\n')).toEqual(['./mine.json 2', './x_image.json 0.001', '']);
  expect(again.err).toContain('x_text.json: of an earlier export; it is not part of this one');

  exported('llamafactory-alpaca', 'lf', '--test-fraction', '0.999999');
  const info = path.join(folder, 'lf/dataset_info.json');
  const list = JSON.parse(read('lf/dataset_info.json')) as Record<string, object>;
  expect(Object.keys(list)).toEqual(['x_alpaca_test']);
  const own = {
    ...list,
    mine: { file_name: 'x' },
    x_alpaca: { file_name: 'x_alpaca.json', num_samples: 7 },
  };
  fs.writeFileSync(info, JSON.stringify(own));
  const whole = exported('llamafactory-alpaca', 'lf');
  expect(JSON.parse(read('lf/dataset_info.json'))).toMatchObject({
    mine: { file_name: 'x' },
    x_alpaca: { file_name: 'x_alpaca.json', ranking: true, num_samples: 7 },
  });
  expect(read('lf/dataset_info.json')).not.toContain('x_alpaca_test');
  expect(whole.err).toContain('x_alpaca_test.json: of an earlier export');

  exported('llamafactory-v1', 'v1', '--test-fraction', '0.999999');
  exported('llamafactory-v1', 'v1');
  expect(read('v1/dataset_info.yaml')).toBe('x_v1:\n  path: x_v1.jsonl\n  source: local\n');
  exported('trl', 'one.jsonl', '--test-fraction', '0.999999');
  expect(exported('trl', 'one.jsonl').err).toContain('one.test.jsonl: of an earlier export');
});

test('export: nothing of another kind is replaced, and nothing useless written', () => {
  const file = writeRows([
    { id: 'same', prompt: 'Which?', candidates: ['Red.', 'Red.', 'Blue.'] },
    { id: 'gone', prompt: 'And here?', images: ['img/gone.png'], candidates: ['Red.', 'Blue.'] },
    { id: 'clip', prompt: 'And now?', videos: ['img/tiny.png'], candidates: ['Red.', 'Blue.'] },
  ]);
  const folder = path.dirname(file);
  const scored = path.join(folder, 'scored.jsonl');
  const scores = [
    [3, 2, 1],
    [2, 1],
    [2, 1],
  ].map((rewards, n) => ({ id: ['same', 'gone', 'clip'][n], line: n + 1, rewards }));
  fs.writeFileSync(scored, scores.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const from = ['--from', 'rewards', '--rewards', scored, '--pairs', 'adjacent'];
  for (const name of ['x.candidates.jsonl.review.jsonl', 'img/tiny.png']) {
    const { code, err } = run(
      'export',
      file,
      '--format',
      'trl',
      '--out',
      path.join(folder, name),
      ...from,
    );
    expect([code, err]).toEqual([2, expect.stringContaining('is the name of')]);
  }
  const out = path.join(folder, 'pairs.jsonl');
  const { code, err } = run('export', file, '--format', 'trl', '--out', out, ...from);
  expect(code).toBe(3); // the video has no place
  expect(err).toContain('1 pairs left out: both answers say the same.');
  expect(err).toContain('1 samples name a picture or video that is not there');
  expect(rowsOf(fs.readFileSync(out, 'utf8'))).toHaveLength(2);
  run('export', file, '--format', 'trl', '--out', out, ...from, '--media', 'copy');
  expect(fs.existsSync(path.join(folder, 'pairs.media'))).toBe(false);
  const inFile = run(
    'export',
    file,
    '--format',
    'trl',
    '--out',
    path.join(out, 'x.jsonl'),
    ...from,
  );
  expect(inFile.err).toContain('OUTPUT_FAILED');
});

test('export: a signal ends it, and the file of before stays', async () => {
  const text = 'what is it? '.repeat(60);
  const rows = Array.from({ length: 40_000 }, (_, n) => ({
    id: `r${n}`,
    prompt: `${n} ${text}`,
    candidates: ['Yes.', 'No.'],
  }));
  const file = writeRows(rows);
  const folder = path.dirname(file);
  const scored = path.join(folder, 'scored.jsonl');
  fs.writeFileSync(
    scored,
    rows.map(({ id }, n) => `${JSON.stringify({ id, line: n + 1, rewards: [2, 1] })}\n`).join(''),
  );
  const out = path.join(folder, 'pairs.jsonl');
  fs.writeFileSync(out, 'before');
  const child = spawn(process.execPath, [
    CLI,
    'export',
    file,
    '--format',
    'trl',
    '--out',
    out,
    '--from',
    'rewards',
    '--rewards',
    scored,
  ]);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await vi.waitFor(
    () => expect(fs.readdirSync(folder).some((name) => name.startsWith('.rewardlens'))).toBe(true),
    { timeout: 20_000, interval: 5 },
  );
  child.kill('SIGTERM');
  expect(await ended).not.toBe(0);
  expect(fs.readFileSync(out, 'utf8')).toBe('before');
  expect(fs.readdirSync(folder).filter((name) => /partial|rewardlens-/.test(name))).toEqual([]);
}, 60_000);
