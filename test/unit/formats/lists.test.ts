// Files that name datasets: dataset_info of LLaMA-Factory, mixtures of LLaVA-NeXT, and their faults.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { columnMappingSchema } from '../../../src/formats/columnMapping';
import { firstRows } from '../../../src/formats/firstRows';
import { sampler } from '../../../src/formats/lists/sampling';
import { mappedFormat } from '../../../src/formats/mappedRows';
import { countCandidateRows, readCandidateFile } from '../../../src/formats/readCandidateFile';
import type { RowFormat } from '../../../src/formats/rows/rowFormat';
import { Dataset } from '../../../src/review/dataset';
import { tempFolder } from '../../support/paths';

/** Files by name; what is no text becomes JSON. */
function write(files: Readonly<Record<string, unknown>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function read(file: string, mapped?: RowFormat) {
  const results = [];
  for await (const row of readCandidateFile(file, 'safe', undefined, mapped)) {
    results.push(row);
  }
  return results;
}

/** Questions of good rows, codes of bad ones. */
async function questions(file: string): Promise<string[]> {
  return (await read(file)).map((row) =>
    row.ok ? (row.sample.messages.at(-1)?.content ?? '') : row.error.code,
  );
}

const numbered = (count: number, name = 'q') =>
  Array.from({ length: count }, (_, n) => ({ prompt: `${name}${n}`, candidates: ['a'] }));

describe('columns that dataset_info.json names', () => {
  const cases: readonly (readonly [string, object, object, object])[] = [
    [
      'alpaca preference, as LLaMA-Factory lists RLAIF-V',
      {
        ranking: true,
        columns: { prompt: 'ask', query: 'more', chosen: 'good', rejected: 'bad', images: 'photo' },
      },
      {
        ask: '<image>Which?',
        more: 'Be short.',
        good: 'A.',
        bad: 'B.',
        photo: 'a.png',
        chosen: 'X',
      },
      {
        messages: [{ role: 'user', content: '<ImageHere>Which?\nBe short.' }],
        images: ['a.png'],
        candidates: [{ text: 'A.' }, { text: 'B.' }],
        given: { ranks: [[0], [1]] },
      },
    ],
    [
      'alpaca with an answer; what is not named is not used',
      { columns: { prompt: 'instruction', response: 'reply', system: 'role', history: 'before' } },
      { instruction: 'q', input: 'unused', reply: 'a', role: 'Be kind.', before: [['p', 'o']] },
      {
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'p' },
          { role: 'assistant', content: 'o' },
          { role: 'user', content: 'q' },
        ],
        candidates: [{ text: 'a' }],
      },
    ],
    [
      'alpaca KTO',
      { columns: { prompt: 'q', query: 'i', response: 'a', kto_tag: 'fine' } },
      { q: 'q', i: 'more', a: 'a', fine: false },
      {
        messages: [{ role: 'user', content: 'q\nmore' }],
        candidates: [{ text: 'a' }],
        given: { labels: [false] },
      },
    ],
    [
      'sharegpt preference with tags of its own',
      {
        formatting: 'sharegpt',
        ranking: true,
        columns: { messages: 'talk', chosen: 'better', rejected: 'worse', videos: 'clips' },
        tags: { role_tag: 'who', content_tag: 'what', user_tag: 'me', assistant_tag: 'it' },
      },
      {
        talk: [{ who: 'me', what: '<video>Which?' }],
        better: { who: 'it', what: 'A.' },
        worse: { who: 'it', what: 'B.' },
        clips: ['a.mp4'],
        id: 7,
      },
      {
        id: '7',
        messages: [{ role: 'user', content: '<ImageHere>Which?' }],
        videos: ['a.mp4'],
        candidates: [{ text: 'A.' }, { text: 'B.' }],
      },
    ],
    [
      'OpenAI messages with tags alone',
      { formatting: 'openai', tags: { assistant_tag: 'bot', role_tag: 'role' } },
      {
        conversations: [
          { role: 'user', content: 'q' },
          { role: 'bot', content: 'a' },
        ],
      },
      { messages: [{ role: 'user', content: 'q' }], candidates: [{ text: 'a' }] },
    ],
    [
      'sharegpt KTO',
      { formatting: 'sharegpt', columns: { messages: 'talk', kto_tag: 'ok' } },
      {
        talk: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'a' },
        ],
        ok: true,
      },
      { messages: [{ role: 'user', content: 'q' }], given: { labels: [true] } },
    ],
  ];

  test.each(cases)('%s', async (_, entry, row, sample) => {
    const folder = write({
      'dataset_info.json': {
        other: { hf_hub_url: 'a/b' },
        mine: { file_name: 'train.json', ...entry },
      },
      'train.json': [row],
    });
    const file = path.join(folder, 'train.json');
    const beside = await read(file);
    expect(beside).toMatchObject([{ ok: true, sample: { line: 1, ...sample } }]);
    // the list itself gives the same, and so does the review editor
    expect(await read(path.join(folder, 'dataset_info.json'))).toMatchObject([
      { ok: true, sample: { line: 1, domain: 'mine', ...sample } },
    ]);
    const dataset = await Dataset.open(file);
    expect(await dataset.row(0)).toEqual(beside[0]);
    await dataset.close();
  });

  test('what a person named goes before what a list names', async () => {
    const folder = write({
      'dataset_info.json': {
        a: { file_name: 'x.jsonl', columns: { prompt: 'q', response: 'listed' } },
      },
      'x.jsonl': '{"q":"ask","listed":"by the list","own":"by a person"}\n',
    });
    const file = path.join(folder, 'x.jsonl');
    const mapped = mappedFormat(columnMappingSchema.parse({ prompt: 'q', candidates: 'own' }));
    const expected = { ok: true, sample: { candidates: [{ text: 'by a person' }] } };
    expect(await read(file)).toMatchObject([{ sample: { candidates: [{ text: 'by the list' }] } }]);
    for (const each of [file, path.join(folder, 'dataset_info.json')]) {
      expect(await read(each, mapped)).toMatchObject([expected]);
    }
    const dataset = await Dataset.open(file, undefined, mapped);
    expect(await dataset.row(0)).toMatchObject(expected);
    await dataset.close();
    expect(await firstRows(path.join(folder, 'dataset_info.json'))).toEqual([]);
  });

  test('a row that does not have the columns says what is missing', async () => {
    const folder = write({
      'dataset_info.json': { a: { file_name: 'x.jsonl', ranking: true, columns: { prompt: 'q' } } },
      'x.jsonl': '{"q":"a"}\n',
    });
    expect(await read(path.join(folder, 'x.jsonl'))).toMatchObject([{ ok: false }]);
  });

  test('a broken list beside a file does not keep it from opening', async () => {
    for (const list of [
      '{',
      '[]',
      '{"a":{"file_name":7}}',
      '{"a":{"file_name":"x.jsonl","columns":7}}',
    ]) {
      const folder = write({
        'dataset_info.json': list,
        'x.jsonl': JSON.stringify(numbered(1)[0]),
      });
      expect(await questions(path.join(folder, 'x.jsonl'))).toEqual(['q0']);
    }
  });
});

describe('dataset_info as the file that is opened', () => {
  test('all local datasets, folders too; a missing one and a list inside are bad rows', async () => {
    const folder = write({
      'dataset_info.json': {
        hub: { hf_hub_url: 'a/b', ms_hub_url: 'a/b' },
        one: { file_name: 'one.json' },
        gone: { file_name: 'gone.json' },
        itself: { file_name: 'dataset_info.json' },
        parts: { file_name: 'parts' },
      },
      'one.json': numbered(2),
      'parts/a.jsonl': JSON.stringify(numbered(1, 'p')[0]),
      'parts/b.jsonl': `${JSON.stringify(numbered(1, 'r')[0])}\n{`,
      'parts/readme.md': 'nothing of ours',
    });
    const file = path.join(folder, 'dataset_info.json');
    const rows = await read(file);
    expect(rows).toMatchObject([
      { ok: true, sample: { id: 'line-1', line: 1, domain: 'one' } },
      { ok: true, sample: { line: 2 } },
      { ok: false, line: 3, error: { code: 'FILE_NOT_FOUND' } },
      { ok: false, line: 4, error: { code: 'NOT_A_DATASET' } },
      { ok: true, sample: { line: 5, domain: 'parts' } },
      { ok: true, sample: { line: 6 } },
      { ok: false, line: 7, id: 'line-7', error: { code: 'ROW_NOT_JSON', data: { line: 7 } } },
    ]);
    expect(rows[2]?.ok === false && rows[2].error.message).toContain('gone.json');
    expect(rows[3]?.ok === false && rows[3].error.message).toContain('a list inside a list');
    expect(rows[6]?.ok === false && rows[6].error.message).toContain('parts:2: ');
    expect(await countCandidateRows(file)).toBe(7);
  });

  test('num_samples takes as many, the same ones every time', async () => {
    const folder = write({
      'dataset_info.json': { a: { file_name: 'a.json', num_samples: 3 } },
      'a.json': numbered(20),
    });
    const taken = await questions(path.join(folder, 'dataset_info.json'));
    expect(taken).toHaveLength(3);
    expect(await questions(path.join(folder, 'dataset_info.json'))).toEqual(taken);
  });

  test('v1: YAML with paths', async () => {
    const folder = write({
      'dataset_info.yaml':
        '# mine\nmine:\n  path: a.jsonl\n  source: local\nhub:\n  path: x/y\n  source: hf_hub\n',
      'a.jsonl': JSON.stringify(numbered(1)[0]),
    });
    expect(await questions(path.join(folder, 'dataset_info.yaml'))).toEqual(['q0']);
  });

  test('a list without a file on this disk, and paths to other machines', async () => {
    const cases = {
      'only names': { a: { hf_hub_url: 'a/b' } },
      'a share': { a: { file_name: '//host/share/a.json' } },
      'an address': { a: { file_name: 'https://example.com/a.json' } },
    };
    for (const list of Object.values(cases)) {
      const file = path.join(write({ 'x.json': list }), 'x.json');
      await expect(read(file)).rejects.toMatchObject({
        code: 'NOT_A_DATASET',
        message: expect.stringContaining('disk') as string,
      });
    }
  });
});

describe('mixtures', () => {
  const mixture = (...strategies: readonly string[]) =>
    `# LLaVA-NeXT\ndatasets:\n${strategies
      .map((each) => `  - json_path: data/a.json\n    sampling_strategy: "${each}"\n`)
      .join('')}`;
  const taken = (strategy: string, count = 10) => {
    const folder = write({ 'mix.yaml': mixture(strategy), 'data/a.json': numbered(count) });
    return questions(path.join(folder, 'mix.yaml'));
  };

  test('all, first, end, and shares of them', async () => {
    expect(await taken('all')).toHaveLength(10);
    expect(await taken('first:2')).toEqual(['q0', 'q1']);
    expect(await taken('first:99')).toHaveLength(10);
    expect(await taken('end:2')).toEqual(['q8', 'q9']);
    expect(await taken('first:25%')).toEqual(['q0', 'q1', 'q2']);
    expect(await taken('end:10%')).toEqual(['q9']);
    expect(await taken('end:0')).toEqual([]);
  });

  test('random draws are the same wherever the mixture lies', async () => {
    const first = await taken('random:4');
    expect(new Set(first).size).toBe(4);
    expect(await taken('random:4')).toEqual(first);
    expect(await taken('random:100%')).toHaveLength(10);
  });

  test('random draws: every row is as likely, and as many as wanted are taken', () => {
    const sampling = { from: 'random', amount: 3, isPercent: false } as const;
    const drawn = Array.from({ length: 10 }, () => 0);
    for (let seed = 0; seed < 2000; seed += 1) {
      const isTaken = sampler(sampling, 10, String(seed));
      const indices = [...drawn.keys()].filter(isTaken);
      expect(indices).toHaveLength(3);
      indices.forEach((index) => (drawn[index] = (drawn[index] ?? 0) + 1));
    }
    // 600 each, with a standard deviation of 20
    expect(drawn.every((count) => Math.abs(count - 600) < 100)).toBe(true);
  });

  test('several files; a missing one leaves the others', async () => {
    const folder = write({
      'mix.yaml':
        'datasets:\n- {json_path: gone.json, sampling_strategy: "random:50%"}\n- json_path: b.jsonl\n',
      'b.jsonl': `${JSON.stringify(numbered(1)[0])}\n \n\n${JSON.stringify(numbered(1)[0])}`,
    });
    const file = path.join(folder, 'mix.yaml');
    expect(await questions(file)).toEqual(['FILE_NOT_FOUND', 'q0', 'q0']);
    expect(await countCandidateRows(file)).toBe(3);
  });

  test('what is wrong is said', async () => {
    const cases: readonly (readonly [string, string])[] = [
      [mixture('sometimes'), 'expected all, first:N'],
      ['datasets:\n- json_path: 7\n', 'json_path'],
      ['datasets:\n- json_path: "a\n', 'quote'],
      [`a: &a [x, x]\nb: &b [*a, *a]\nc: [${'*b, '.repeat(200)}]\njson_path: x\n`, 'alias'],
    ];
    for (const [text, words] of cases) {
      const file = path.join(write({ 'mix.yaml': text }), 'mix.yaml');
      await expect(read(file)).rejects.toMatchObject({
        code: 'NOT_A_DATASET',
        message: expect.stringContaining(words) as string,
      });
    }
  });

  test('YAML that names no datasets is none', async () => {
    const file = path.join(write({ 'x.yaml': 'path: a\nfile_name: b\n' }), 'x.yaml');
    await expect(read(file)).rejects.toMatchObject({ code: 'NOT_A_DATASET' });
  });
});

test('rows with a column called file_name are rows', async () => {
  const row = JSON.stringify({ ...numbered(1)[0], file_name: 'a.png' });
  for (const content of [row, `${row}\n${row}`, JSON.stringify(JSON.parse(row), null, 1)]) {
    const file = path.join(write({ 'x.jsonl': content }), 'x.jsonl');
    expect(new Set(await questions(file))).toEqual(new Set(['q0']));
  }
});
