import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCandidateLine } from '../../../src/formats/candidateFile';
import { parseDatasetRow } from '../../../src/formats/datasetRow';

const parse = (row: unknown, compat: 'safe' | 'reference' = 'safe') =>
  parseDatasetRow(typeof row === 'string' ? row : JSON.stringify(row), 7, compat);

function codeOf(row: unknown, compat: 'safe' | 'reference' = 'safe'): string | undefined {
  const result = parse(row, compat);
  return result.ok ? undefined : result.error.code;
}

test('a full row', () => {
  const result = parse({
    id: 'kettle-1',
    prompt: 'What is on the stove?',
    images: ['img/kettle.jpg'],
    videos: ['v.mp4'],
    candidates: [{ text: 'A steel kettle.', source: 'model-a' }, 'Two cats.'],
    domain: 'vqa',
    hd_num: 6,
    max_length: 900,
    unknown: { kept: true },
  });
  expect(result).toEqual({
    ok: true,
    sample: {
      id: 'kettle-1',
      line: 7,
      messages: [{ role: 'user', content: 'What is on the stove?' }],
      candidateRole: 'assistant',
      images: ['img/kettle.jpg'],
      videos: ['v.mp4'],
      candidates: [{ text: 'A steel kettle.', source: 'model-a' }, { text: 'Two cats.' }],
      domain: 'vqa',
      hdNum: 6,
      maxLength: 900,
    },
  });
});

test('a conversation that ends with an answer is a sample with one candidate', () => {
  const messages = [
    { role: 'user', content: 'What is 2+2?' },
    { role: 'assistant', content: '4' },
  ];
  expect(parse({ messages })).toMatchObject({
    ok: true,
    sample: { id: 'line-7', messages: [messages[0]], candidates: [{ text: '4' }] },
  });
});

test('reference mode scores any conversation as it is', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  expect(codeOf({ messages })).toBe('NO_CANDIDATES');
  expect(parse({ messages }, 'reference')).toMatchObject({
    ok: true,
    sample: { messages: [], candidateRole: 'user', candidates: [{ text: 'hi' }] },
  });
});

test('an id may be a number; a missing one names the line', () => {
  expect(parse({ id: 12, prompt: 'p', candidates: ['a'] })).toMatchObject({ sample: { id: '12' } });
  expect(parse({ prompt: 'p', candidates: ['a'] })).toMatchObject({ sample: { id: 'line-7' } });
});

test('a number that is too large to be exact keeps its digits as an id', () => {
  const row =
    '{"meta":{"id":5},"id":12345678901234567890,"prompt":"p","candidates":["a"],"z":{"id":6}}';
  expect(parse(row)).toMatchObject({ sample: { id: '12345678901234567890' } });
  expect(parse('{"id":-9007199254740993}')).toMatchObject({ ok: false, id: '-9007199254740993' });
});

test('half of a surrogate pair is no text', () => {
  const half = '\ud83d';
  const prompt = 'p';
  const candidates = ['a'];
  const rows = [
    { prompt: half, candidates },
    { prompt, candidates: ['a', half] },
    { prompt, candidates: [{ text: `x${half}` }] },
    { prompt, candidates, images: [half] },
    { messages: [{ role: 'user', content: half }], candidates },
    { prompt, candidates, id: half },
  ];
  for (const row of rows) {
    const result = parse(row);
    expect(result).toMatchObject({ ok: false, error: { code: 'ROW_SHAPE' } });
    expect(JSON.stringify(result)).toContain('half of a character');
  }
  expect(parse({ prompt, candidates: ['\ud83d\ude00'], other: half })).toMatchObject({ ok: true });
});

test('what is wrong with a row is said with a code', () => {
  const prompt = 'p';
  const candidates = ['a'];
  expect(codeOf('{"id": "a", ')).toBe('ROW_NOT_JSON');
  expect(codeOf('[1]')).toBe('ROW_SHAPE');
  expect(codeOf('null')).toBe('ROW_SHAPE');
  expect(codeOf({ candidates })).toBe('ROW_SHAPE');
  expect(codeOf({ prompt, messages: [], candidates })).toBe('ROW_SHAPE');
  expect(codeOf({ messages: [], candidates })).toBe('ROW_SHAPE');
  expect(codeOf({ prompt, candidates: [] })).toBe('NO_CANDIDATES');
  expect(codeOf({ prompt })).toBe('NO_CANDIDATES');
  expect(codeOf({ prompt, candidates: [{ answer: 'a' }] })).toBe('ROW_SHAPE');
  expect(codeOf({ prompt, candidates: 'a' })).toBe('ROW_SHAPE');
  expect(codeOf({ prompt, candidates, images: 'a.png' })).toBe('ROW_SHAPE');
  expect(codeOf({ prompt, candidates, hd_num: 0 })).toBe('ROW_SHAPE');
  expect(codeOf({ messages: [{ role: 'tool', content: 'x' }], candidates })).toBe('ROW_SHAPE');
  expect(codeOf({ messages: [{ role: 'user', content: [{}] }], candidates })).toBe('ROW_SHAPE');
  const answered = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a' },
  ];
  expect(codeOf({ messages: answered, candidates })).toBe('ROW_SHAPE');
});

test('a bad row still says its id and how many candidates it shows', () => {
  expect(parse({ id: 'x', candidates: ['a', 'b', 3] })).toMatchObject({
    ok: false,
    id: 'x',
    line: 7,
    candidates: 3,
  });
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parse(text);
      parse(text, 'reference');
    }),
  );
  fc.assert(
    fc.property(
      fc.record({
        id: fc.anything(),
        prompt: fc.anything(),
        messages: fc.anything(),
        images: fc.anything(),
        candidates: fc.anything(),
      }),
      (row) => {
        parse(JSON.stringify(row));
      },
    ),
  );
});

test('what a valid row says comes through unchanged', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1 }), (prompt, candidates) => {
      expect(parse({ prompt, candidates })).toMatchObject({
        sample: {
          messages: [{ content: prompt }],
          candidates: candidates.map((candidate) => ({ text: candidate })),
        },
      });
    }),
  );
});

test('lines: not UTF-8, too large, blank', () => {
  const line = (bytes: Uint8Array | undefined) =>
    parseCandidateLine({ line: 2, offset: 0, bytes, sizeBytes: 9, ended: true }, 'safe');
  expect(line(new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject({
    error: { code: 'ROW_ENCODING' },
  });
  expect(line(undefined)).toMatchObject({ error: { code: 'ROW_TOO_LARGE' } });
  expect(line(Buffer.from('  \t'))).toBeUndefined();
});
