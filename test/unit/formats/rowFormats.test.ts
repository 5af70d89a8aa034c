// Every dataset format: rows as people have them, and the samples that they are.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { frameListName } from '../../../src/sample/frameList';
import { ROW_FORMATS } from '../../../src/formats/rowFormats';
import { FIXTURES, readJson } from '../../support/paths';

const folder = path.join(FIXTURES, 'formats');
const names = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length));

function rowsOf(name: string): string[] {
  return fs
    .readFileSync(path.join(folder, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
}

const parse = (row: unknown, compat: 'safe' | 'reference' = 'safe') =>
  parseDatasetRow(JSON.stringify(row), 3, compat);

describe('rows and their samples', () => {
  test.each(names)('%s', (name) => {
    const results = rowsOf(name).map((row, n) => parseDatasetRow(row, n + 1, 'safe'));
    const expected = readJson(path.join(folder, `${name}.expected.json`));
    expect(JSON.parse(JSON.stringify(results))).toEqual(expected);
  });
});

test('every format has a row of its own among the fixtures', () => {
  const seen = new Set(
    names.flatMap((name) =>
      rowsOf(name).map((row) => {
        const result = parseDatasetRow(row, 1, 'safe');
        return result.ok ? result.origin?.format : undefined;
      }),
    ),
  );
  const unseen = ROW_FORMATS.filter(({ name }) => !seen.has(name)).map(({ name }) => name);
  expect(unseen).toEqual(['prompts for reinforcement learning (verl, OpenRLHF)']); // no answers
});

test('a row with candidates is a row of a candidate file, whatever else it holds', () => {
  for (const name of names) {
    for (const row of rowsOf(name)) {
      const own = { prompt: 'p', candidates: ['a'], images: ['<image>'] };
      const { prompt: _, messages: __, ...others } = JSON.parse(row) as Record<string, unknown>;
      const result = parse({ ...others, id: 'x', domain: 'd', videos: [], system: null, ...own });
      expect(result).toEqual({
        ok: true,
        sample: {
          id: 'x',
          line: 3,
          messages: [{ role: 'user', content: 'p' }],
          candidateRole: 'assistant',
          images: ['<image>'],
          videos: [],
          candidates: [{ text: 'a' }],
          domain: 'd',
        },
      });
    }
  }
});

test('both modes read the same samples', () => {
  for (const name of names) {
    for (const row of rowsOf(name)) {
      expect(parseDatasetRow(row, 1, 'reference')).toEqual(parseDatasetRow(row, 1, 'safe'));
    }
  }
});

test('a list of pictures is a video as its frames', () => {
  const frames = frameListName(['f/1.png', 'f/2.png']);
  const names = ['f/1.png', 'f/2.png'];
  const pair = { prompt: 'q', chosen: 'a', rejected: 'b' };
  const asked = [
    {
      role: 'user',
      content: [
        { type: 'video', video: names },
        { type: 'text', text: 'q' },
      ],
    },
  ];
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    [{ ...pair, video: names }, [frames]],
    [{ ...pair, videos: [names, 'b.mp4'] }, [frames, 'b.mp4']],
    [{ ...pair, videos: ['a.mp4', 'b.mp4'] }, ['a.mp4', 'b.mp4']],
    [{ ...pair, video: 'folder' }, ['folder']],
    [{ messages: [...asked, { role: 'assistant', content: 'a' }] }, [frames]],
    [{ prompt: 'q', candidates: ['a'], videos: [names] }, [frames]],
  ];
  for (const [row, videos] of cases) {
    const read = parse(row);
    expect(read.ok ? [] : [row, read.error.message]).toEqual([]);
    expect(read).toMatchObject({ ok: true, sample: { videos, images: [] } });
  }
});

test('what is wrong is said with what was expected', () => {
  const chat = [{ role: 'user', content: 'q' }];
  const answer = [{ role: 'assistant', content: 'a' }];
  const cases: readonly (readonly [unknown, string, string])[] = [
    [{ prompt: 'q', chosen: 1, rejected: 'b' }, 'ROW_SHAPE', 'chosen: '],
    [{ prompt: 'q', chosen: 'a' }, 'NO_CANDIDATES', 'no "candidates"'],
    [{ prompt: 'q', chosen: [...chat, ...answer], rejected: answer }, 'ROW_SHAPE', 'one answer'],
    [{ chosen: 'a', rejected: 'b' }, 'ROW_SHAPE', 'no prompt'],
    [{ chosen: [...chat, ...answer], rejected: answer }, 'ROW_SHAPE', 'share no prompt'],
    [{ conversations: [{ from: 'tool', value: 'x' }] }, 'ROW_SHAPE', 'the role "tool"'],
    [{ conversations: [{ from: 'human', value: 'x' }] }, 'NO_CANDIDATES', 'no answer'],
    [{ conversations: [{ from: 'human', value: '\ud83d' }] }, 'ROW_SHAPE', 'half of a character'],
    [{ input: 'q', datasource: 'd' }, 'NO_CANDIDATES', 'reinforcement'],
    [{ query: 'q', response: ['a', 'b'], human_ranking: [0] }, 'ROW_SHAPE', '1 places'],
    [
      { messages: [...chat, ...answer], images: [['1.png', '2.png']], video: 'a.mp4' },
      'ROW_SHAPE',
      'the frames of a video',
    ],
    [
      {
        conversations: [{ from: 'human', value: '<image>' }, ...answer],
        image: ['a.png', 'b.png'],
      },
      'PLACEHOLDER_MISMATCH',
      '1 places',
    ],
    [
      {
        messages: [{ role: 'user', content: 'first <video> then <image>' }, ...answer],
        images: ['a.png'],
        videos: ['b.mp4'],
      },
      'MEDIA_UNSUPPORTED',
      'before a picture',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'audio', audio: 'a.wav' }] }, ...answer] },
      'ROW_SHAPE',
      '"audio"',
    ],
  ];
  for (const [row, code, words] of cases) {
    const result = parse(row);
    expect(result).toMatchObject({ ok: false, line: 3, error: { code, data: { line: 3 } } });
    expect(result.ok ? '' : result.error.message).toContain(words);
  }
});

test('a row may be anything: a fault is a value', () => {
  const rows = names.flatMap(rowsOf).map((row) => JSON.parse(row) as Record<string, unknown>);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // a good row with some of its values replaced or taken from other rows
  const mixed = fc
    .tuple(
      fc.constantFrom(...rows),
      fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), fc.constantFrom(...rows))),
      fc.constantFrom(...rows),
    )
    .map(([row, values, other]) => ({ ...row, ...values, ...(row === other ? {} : other) }));
  fc.assert(
    fc.property(fc.oneof(mixed, fc.dictionary(fc.constantFrom(...keys), fc.jsonValue())), (row) => {
      const result = parse(row);
      if (result.ok) {
        expect(result.sample.candidates.length).toBeGreaterThan(0);
        expect(result.sample.messages.length).toBeGreaterThan(0);
        const { ranks = [] } = result.sample.given ?? {};
        expect(ranks.flat().every((n) => result.sample.candidates[n] !== undefined)).toBe(true);
      } else {
        expect(result.error.message).not.toBe('');
      }
    }),
    { seed: 20, numRuns: 2000 },
  );
});

test('JSON of any depth is read or refused', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  for (const key of ['chosen', 'messages', 'conversations', 'fields', 'data', 'id']) {
    const row = `{"id": 12345678901234567890, "rejected": "b", "responses": ${deep}, "${key}": ${deep}}`;
    expect(typeof parseDatasetRow(row, 1, 'safe').ok).toBe('boolean');
  }
});
