// `--mapping FILE`: datasets whose columns no known format has.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, writeRows } from '../../support/cli';

const ROWS = [
  { key: 'a', ask: 'Two and two?', one: 'Four.', other: 'Five, I believe.', by: ['x', 'y'] },
  { key: 'b', ask: 'Colour?', one: 'Red.', other: null, by: ['x', 'y'] },
];
const MAPPING = { id: 'key', prompt: 'ask', candidates: ['one', 'other'], sources: 'by' };

function write(mapping: unknown): readonly [file: string, mapping: string] {
  const file = writeRows(ROWS);
  const json = path.join(path.dirname(file), 'mapping.json');
  fs.writeFileSync(json, typeof mapping === 'string' ? mapping : JSON.stringify(mapping));
  return [file, json];
}

test('score, inspect and export read the columns that are named, with the usual rewards', () => {
  const [file, mapping] = write(MAPPING);
  const usual = writeRows([
    { id: 'a', prompt: 'Two and two?', candidates: ['Four.', 'Five, I believe.'] },
    { id: 'b', prompt: 'Colour?', candidates: ['Red.'] },
  ]);
  const rewards = (out: string): unknown[] =>
    rowsOf(out).map(({ id, rewards: each }) => [id, each]);
  const sheet = path.join(path.dirname(file), 'sheet.jsonl');
  expect(run('score', file, '--mapping', mapping, '--out', sheet).code).toBe(0);
  expect(rewards(fs.readFileSync(sheet, 'utf8'))).toEqual(rewards(run('score', usual).out));
  expect(run('inspect', file, '--mapping', mapping).out).toBe(run('inspect', usual).out);
  const out = path.join(path.dirname(file), 'pairs.jsonl');
  const flags = ['--mapping', mapping, '--from', 'rewards', '--rewards', sheet, '--out', out];
  expect(run('export', file, '--format', 'rewardlens', ...flags).code).toBe(0);
  const pairs = rowsOf(fs.readFileSync(out, 'utf8'));
  expect(pairs).toHaveLength(1);
  expect(JSON.stringify(pairs)).toContain('"y"');
});

test('an unknown row names the option; a wrong mapping is wrong usage', () => {
  const [file, mapping] = write(MAPPING);
  const unknown = run('score', file);
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain('--mapping FILE names the columns');
  for (const [wrong, reason] of [
    ['{', 'not JSON'],
    [{ prompt: 'ask' }, 'names no answers'],
    [{ ...MAPPING, answers: 'one' }, 'answers'],
  ] as const) {
    const [other, json] = write(wrong);
    const refused = run('score', other, '--mapping', json);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`${json}: `);
    expect(refused.err).toContain(reason);
  }
  expect(run('score', file, '--mapping', `${mapping}.none`).code).toBe(1);
  // rows that lack the columns are bad rows
  const misread = run('score', writeRows([GOOD]), '--mapping', mapping);
  expect(misread.code).toBe(1);
  expect(misread.err).toContain('column "ask"');
});
