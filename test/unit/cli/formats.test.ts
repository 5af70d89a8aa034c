// Datasets of other tools on the command line: read as they are, in a list or in lines.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rowsOf, run } from '../../support/cli';
import { FIXTURES, tempFolder } from '../../support/paths';

const PICTURE = fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'));

/** A folder with a picture, and a dataset of any name and content. */
function dataset(name: string, content: unknown): string {
  const folder = tempFolder();
  fs.writeFileSync(path.join(folder, 'tiny.png'), PICTURE);
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return file;
}

const question = (value: string) => ({ from: 'human', value });
const answer = (value: string) => ({ from: 'gpt', value });

test('score: a list of another format has the rewards of a candidate file', () => {
  const own = dataset(
    'a.candidates.jsonl',
    ['tiny.png']
      .map((image) => ({
        id: 'r',
        prompt: '<ImageHere>\nWhich?',
        images: [image],
        candidates: ['One.', 'Two.'],
      }))
      .map((row) => JSON.stringify(row))
      .join('\n'),
  );
  const expected = rowsOf(run('score', own).out)[0];
  const data = `data:image/png;base64,${PICTURE.toString('base64')}`;
  const list = ['tiny.png', data, PICTURE.toString('base64')].map((image, n) => ({
    id: `r${n}`,
    image,
    conversations: [question('<image>\nWhich?')],
    chosen: answer('One.'),
    rejected: answer('Two.'),
  }));
  const { code, out } = run('score', dataset('list.json', list));
  expect(code).toBe(0);
  const rows = rowsOf(out);
  expect(rows.map(({ id, line }) => [id, line])).toEqual([
    ['r0', 1],
    ['r1', 2],
    ['r2', 3],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({ rewards: expected?.rewards, tokens: expected?.tokens });
  }
});

test('score: rows of several formats in one file; faults are named, the rest is scored', () => {
  const rows = [
    { prompt: 'q', chosen: 'a', rejected: 'b' },
    { prompt: 'q', completion: 'a', label: true },
    { question: 'q', image: 'https://example.com/a.png', chosen: 'a', rejected: 'b' },
    { q: 1, a: 2, video_id: 'v' },
    { messages: [{ role: 'user', content: 'q' }], rejected_response: 'b' },
  ];
  const { code, out, err } = run(
    'score',
    dataset('mixed.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')),
  );
  expect(code).toBe(3);
  expect(
    rowsOf(out).map((row) => [
      (row.rewards as unknown[]).length,
      (row.error as { code?: string } | undefined)?.code,
    ]),
  ).toEqual([
    [2, undefined],
    [1, undefined],
    [2, 'MEDIA_URL_DISABLED'],
    [0, 'ROW_SHAPE'],
    [0, 'NO_CANDIDATES'],
  ]);
  expect(err).toContain('expected "q", "a" and "video_id"');
});

test('score: a list that is cut is scored as far as it goes, exit code 3', () => {
  const row = JSON.stringify({ prompt: 'q', chosen: 'a', rejected: 'b' });
  const { code, out, err } = run('score', dataset('cut.json', `[${row},\n${row},`));
  expect(code).toBe(3);
  expect(rowsOf(out)).toHaveLength(2);
  expect(err).toContain('expected "]"');
});

test('inspect: tags become the places of pictures, and nothing else of the text changes', () => {
  const row = {
    id: 'm',
    image: ['tiny.png', 'tiny.png'],
    conversations: [question('<image>\n<image>\nAlike?'), answer('Yes.')],
  };
  const { code, out } = run('inspect', dataset('llava.json', [row]));
  expect(code).toBe(0);
  expect(rowsOf(out)[0]?.prompt).toContain('<ImageHere>\n<ImageHere>\nAlike?');
});

test('export: pairs of a preference list by its rewards', () => {
  const file = dataset('pairs.json', [
    { id: 'p', prompt: 'q', chosen: 'a', rejected: 'b', margin: 2 },
  ]);
  const scored = path.join(path.dirname(file), 'scored.jsonl');
  expect(run('score', file, '--out', scored).code).toBe(0);
  const out = path.join(path.dirname(file), 'out.jsonl');
  const exported = run(
    'export',
    file,
    '--format',
    'trl',
    '--from',
    'rewards',
    '--rewards',
    scored,
    '--out',
    out,
  );
  expect(exported.code).toBe(0);
  expect(JSON.parse(fs.readFileSync(out, 'utf8'))).toMatchObject({
    prompt: [{ role: 'user', content: 'q' }],
  });
});
