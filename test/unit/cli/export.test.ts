// `rewardlens export`: pairs, and what is said of everything that gives none.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { sampleHash } from '../../../src/review/sampleHash';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';
import { tempFolder } from '../../support/paths';

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

/** A journal beside the dataset: what was decided on its rows, one body each. */
function writeJournal(
  file: string,
  entries: readonly ({ id: string } & Record<string, unknown>)[],
): void {
  const samples = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, n) => {
      const row = text.trim() === '' ? undefined : parseDatasetRow(text, n + 1, 'safe');
      return row?.ok === true ? [row.sample] : [];
    });
  const lines = entries.map((body, n) => {
    const sample = samples.find(({ id }) => id === body.id);
    const { line } = sample ?? { line: 1 };
    const hash = sample === undefined ? '' : sampleHash(sample);
    const head = { v: 1, uid: `u${n}`, at: '2026-11-24T08:00:00Z', by: 'mira', line };
    return `${JSON.stringify({ ...head, sampleHash: hash, ...body })}\n`;
  });
  fs.writeFileSync(`${file}.review.jsonl`, lines.join(''));
}

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
