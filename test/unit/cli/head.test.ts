// `rewardlens head fit` and `--head`, as a user runs them.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readHeadFile } from '../../../src/formats/headFile';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { rowKey } from '../../../src/scoring/rowKey';
import { rowsOf, run, writeRows } from '../../support/cli';
import { writeJournal } from '../../support/journals';
import { DEMO_MODEL } from '../../support/paths';

const PROMPTS = 8;

/** Three answers each; the person who reviews prefers the shorter one, another one the longest. */
function judged(): string {
  const rows = Array.from({ length: PROMPTS }, (_, n) => ({
    id: `q${n}`,
    prompt: `What is ${n} plus two?`,
    candidates: ['Four.', `It is ${n + 2}, I think.`, `The sum of both numbers is ${n + 2}.`],
  }));
  const file = writeRows(rows);
  const rank = (id: string, by: string, ranks: number[][], accepted = false) => ({
    ...{ id, by, kind: 'rank', ranks, unranked: [], accepted },
    ...{ blind: true, shown: [0, 1, 2], ms: 1 },
  });
  writeJournal(file, [
    ...rows.slice(0, 6).map(({ id }) => rank(id, 'mira', [[0], [1], [2]])),
    rank('q0', 'noor', [[2], [1], [0]]),
    rank('q6', 'mira', [[0], [1, 2]], true),
  ]);
  return file;
}

test('a head is fitted, says what it is worth, and gives rewards under its own name', async () => {
  const file = judged();
  const out = path.join(path.dirname(file), 'head.json');
  const fitted = run('head', 'fit', file, '--out', out, '--by', 'mira', '--l2', '0.01');
  expect(fitted.code, fitted.err).toBe(0);
  expect(fitted.out).toContain('18 pairs of 6 prompts, held out in 5 folds:');
  expect(fitted.out).toMatch(
    /gain +[+−]\d+\.\d points \(95 % interval [+−]\d+\.\d to [+−]\d+\.\d\)/,
  );
  expect(fitted.err).toContain('2 pairs left out: from orders of the model that were accepted');
  const { head, facts } = await readHeadFile(out);
  expect(facts.fit).toMatchObject({ pairs: 18, samples: 6, l2: 0.01, folds: 5 });

  const plain = rowsOf(run('score', file).out) as { model: string; rewards: number[] }[];
  const scored = run('score', file, '--head', out);
  expect(scored.code, scored.err).toBe(0);
  expect(scored.err).toContain(`Head: ${head.id} (${out}), fitted to 18 pairs; held-out gain`);
  const headed = rowsOf(scored.out) as typeof plain;
  expect(plain[0]?.model).toBe(head.model);
  expect(headed.map(({ model }) => model)).toEqual(headed.map(() => `${head.model}+${head.id}`));
  // it has seen these: all of them are in the order that was preferred
  for (const { rewards } of headed.slice(0, 6)) {
    expect(rewards).toEqual([...rewards].sort((a, b) => b - a));
  }
  expect(headed[0]?.rewards).not.toEqual(plain[0]?.rewards);
  const explained = rowsOf(
    run('explain', file, '--line', '1', '--checks', 'sentences', '--head', out).out,
  )[0] as { result: { own: { reward: number } } };
  expect(explained.result.own.reward).toBe(headed[0]?.rewards[0]);

  // the same pairs in another run: the same file, from kept features
  const again = path.join(path.dirname(file), 'again.json');
  run('head', 'fit', file, '--out', again, '--by', 'mira', '--l2', '0.01');
  expect(fs.readFileSync(again, 'utf8')).toBe(fs.readFileSync(out, 'utf8'));

  // with both people the prompt that they disagree on gives no pair
  const both = run('head', 'fit', file, '--out', again);
  expect(both.out).toContain('15 pairs of 5 prompts');
  expect(both.err).toContain('6 pairs left out: people disagree.');
  expect((await readHeadFile(again)).facts.fit.dataSha256).not.toBe(facts.fit.dataSha256);

  const other = run('score', file, '--head', out, '--model', DEMO_MODEL);
  expect(other).toMatchObject({ code: 1, out: '' });
  expect(other.err).toContain(`HEAD_INVALID: the head belongs to the model ${head.model}, not to`);
});

test('an interrupted run with one head is not continued with another', async () => {
  const row = parseDatasetRow('{"id":"a","prompt":"Hi","candidates":["Yes."]}', 1, 'safe');
  const key = (id?: string) => {
    const head = id === undefined ? {} : { head: { id, model: 'm', weights: '' } };
    return rowKey({ row, mediaRoot: '/' }, { ...DEFAULT_SCORE_OPTIONS, ...head }, 'm');
  };
  expect(await key('one')).toBe(await key('one'));
  expect(new Set([await key(), await key('one'), await key('two')]).size).toBe(3);
});

test('what can’t be fitted or used is said, and nothing is written', () => {
  const file = judged();
  const folder = path.dirname(file);
  const out = path.join(folder, 'head.json');
  const few = run('head', 'fit', file, '--out', out, '--by', 'noor');
  expect(few.code).toBe(1);
  expect(few.err).toContain('TOO_FEW_PAIRS: 3 pairs of 1 prompts: 5 folds need as many prompts');
  expect(run('head', 'fit', file, '--out', out, '--by', 'nobody').err).toContain('TOO_FEW_PAIRS');
  expect(run('head', 'fit', file, '--out', `${file}.review.jsonl`).code).toBe(2);
  expect(run('head', 'fit', file, '--out', out, '--folds', '1').code).toBe(2);
  expect(run('head', 'fit', file, '--out', out, '--l2', '0').code).toBe(2);
  expect(fs.existsSync(out)).toBe(false);
  fs.writeFileSync(out, '{}');
  expect(run('score', file, '--head', out)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`HEAD_INVALID: ${out}: not a head file`) as string,
  });
  expect(run('score', file, '--head', out, '--out', out).code).toBe(2);
});
