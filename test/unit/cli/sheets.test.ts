// `rewardlens score --out`: tables and parquet, and `export --rewards` from them.

import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { GOOD, rowsOf, run, runHeld, writeRows } from '../../support/cli';
import { FIXTURES, tempFolder } from '../../support/paths';
import { writeShard } from '../../support/shards';

const ROWS = [
  { ...GOOD, id: '=good', candidates: [{ text: 'Four.', source: '@a' }, { text: 'Five.' }] },
  '{"id": "broken", ',
  { ...GOOD, id: 'last', candidates: ['One.', 'Two.', 'Three.'] },
];

function pairsOf(file: string, rewards: string): Record<string, unknown>[] {
  const out = path.join(tempFolder(), 'pairs.jsonl');
  const flags = ['--from', 'rewards', '--rewards', rewards, '--out', out];
  run('export', file, '--format', 'rewardlens', ...flags);
  return rowsOf(fs.readFileSync(out, 'utf8'));
}

async function columns(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: new Uint8Array(fs.readFileSync(file)).buffer });
}

test('the same rewards as JSON Lines, CSV and parquet, and the same pairs from each', async () => {
  const file = writeRows(ROWS);
  const at = (name: string): string => path.join(path.dirname(file), name);
  for (const name of ['s.jsonl', 's.csv', 's.parquet']) {
    expect(run('score', file, '--out', at(name)).code).toBe(3);
  }
  const rows = rowsOf(fs.readFileSync(at('s.jsonl'), 'utf8'));
  const rewards = rows.map((row) => row.rewards as number[]);
  const lines: Record<string, string>[] = parse(fs.readFileSync(at('s.csv')), {
    bom: true,
    columns: true,
  });
  expect(lines.map(({ line, candidate, reward }) => [line, candidate, reward])).toEqual(
    rewards.flatMap((each, n) =>
      each.length === 0
        ? [[String(n + 1), '', '']]
        : each.map((reward, candidate) => [
            String(n + 1),
            String(candidate),
            JSON.stringify(reward),
          ]),
    ),
  );
  expect(lines[0]).toMatchObject({ id: "'=good", source: "'@a", file: '' });
  expect(lines[2]).toMatchObject({ id: 'line-2', error_code: 'ROW_NOT_JSON' });
  expect((await columns(at('s.parquet'))).map((row) => row.rewards)).toEqual(rewards);
  const pairs = pairsOf(file, at('s.jsonl'));
  expect(pairs).toHaveLength(2);
  expect(pairsOf(file, at('s.csv'))).toEqual(pairs);
  expect(pairsOf(file, at('s.parquet'))).toEqual(pairs);
  expect(fs.readdirSync(path.dirname(file)).filter((name) => /partial|keys/.test(name))).toEqual(
    [],
  );
});

test('a parquet file is scored into a copy with a column; its own rewards make its pairs', async () => {
  const folder = tempFolder();
  const [file, out] = [path.join(folder, 'train.parquet'), path.join(folder, 'scored.parquet')];
  const text = (name: string, data: (string | null)[]) => ({ name, data, type: 'STRING' as const });
  const columnData = [
    text('prompt', ['One?', 'Two?', 'Three?']),
    text('chosen', ['Yes.', 'No.', 'Perhaps, I think.']),
    text('rejected', ['Never.', null, 'No.']),
    text('rewards', ['mine', 'mine', 'mine']),
  ];
  fs.writeFileSync(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
  const { code, err } = run('score', file, '--out', out);
  expect(code).toBe(3);
  expect(err).toContain(`${out}: the dataset has a column "rewards": these are in "rewards_2"`);
  const rows = await columns(out);
  expect(rows.map(({ rewards_2: _, ...rest }) => rest)).toEqual(await columns(file));
  const lines = rowsOf(run('score', file).out).map((row) => row.rewards as number[]);
  expect(rows.map((row) => row.rewards_2)).toEqual([lines[0], null, lines[2]]);
  expect(pairsOf(out, out)).toEqual(pairsOf(file, out));
  expect(pairsOf(out, out)).toHaveLength(2);
  // two datasets have no file to add a column to
  expect(run('score', file, out, '--out', path.join(folder, 'both.parquet')).code).toBe(3);
  const both = await columns(path.join(folder, 'both.parquet'));
  expect(both.map((row) => row.file)).toEqual([file, file, file, out, out, out]);
});

test('what is not JSON Lines is not resumed, and never left half', async () => {
  const file = writeRows([GOOD, { ...GOOD, id: 'held' }]);
  for (const ending of ['csv', 'parquet']) {
    const out = path.join(path.dirname(file), `out.${ending}`);
    const refused = run('score', file, '--out', out, '--resume');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain('--resume goes on with JSON Lines only');
    fs.writeFileSync(out, 'earlier');
    const held = await runHeld({ method: 'score', sample: 'held' }, 'score', file, '--out', out);
    held.interrupt();
    expect((await held.ended).code).toBe(130);
    expect(fs.readFileSync(out, 'utf8')).toBe('earlier');
    expect(fs.existsSync(`${out}.partial`)).toBe(false);
  }
});

test('a shard and a mixture become a parquet sheet, and its rewards make their pairs', async () => {
  const shard = await writeShard([
    ['0.json', { id: 'r', prompt: 'Which?', candidates: ['One.', 'Two.'] }],
    ['0.png', fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'))],
    ['1.json', { id: 's', prompt: 'Which?', candidates: ['A square.', 'A circle.', 'None.'] }],
    ['1.png', fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'))],
  ]);
  const folder = tempFolder();
  fs.writeFileSync(path.join(folder, 'a.jsonl'), `${JSON.stringify({ ...GOOD, id: 'a' })}\n`);
  fs.writeFileSync(path.join(folder, 'b.jsonl'), `${JSON.stringify({ ...GOOD, id: 'b' })}\n`);
  const mixture = path.join(folder, 'mix.yaml');
  const listed = ['a', 'b'].map(
    (name) => `  - json_path: ${name}.jsonl\n    sampling_strategy: all\n`,
  );
  fs.writeFileSync(mixture, `datasets:\n${listed.join('')}`);
  for (const file of [shard, mixture]) {
    const sheet = path.join(tempFolder(), 'sheet.parquet');
    const { code, err } = run('score', file, '--out', sheet);
    expect([code, err]).toEqual([0, expect.any(String)]);
    const expected = rowsOf(run('score', file).out);
    const rows = await columns(sheet);
    expect(rows.map((row) => row.rewards)).toEqual(expected.map((row) => row.rewards));
    expect(rows.map((row) => row.id)).toEqual(expected.map((row) => row.id));
    expect(pairsOf(file, sheet)).toHaveLength(2);
  }
});
