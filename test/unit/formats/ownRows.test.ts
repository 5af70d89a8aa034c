// Rows of candidate files and plain conversations: no other format claims them or alters their text.

import { describe, expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import type { Compat } from '../../../src/sample/reward';

const MODES: readonly Compat[] = ['safe', 'reference'];
const parse = (row: unknown, compat: Compat) => parseDatasetRow(JSON.stringify(row), 3, compat);
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

const read = (rest: object) => ({
  ok: true,
  sample: { id: 'line-3', line: 3, candidateRole: 'assistant', images: [], videos: [], ...rest },
});

describe.each(MODES)('%s', (mode) => {
  test.each([
    [
      'texts stay as they are',
      { prompt: ' <image>\n<video> q ', images: ['a.png'], candidates: [' <image> a\n'] },
      { messages: [user(' <image>\n<video> q ')], images: ['a.png'] },
      [{ text: ' <image> a\n' }],
    ],
    [
      'candidates beside the columns of other formats',
      {
        messages: [user('<image> q')],
        images: ['a.png'],
        candidates: ['a'],
        chosen: 'b',
        rejected: 'c',
      },
      { messages: [user('<image> q')], images: ['a.png'] },
      [{ text: 'a' }],
    ],
    [
      'a conversation with media and no marks',
      { messages: [user('q'), assistant('a')], images: ['a.png', 'b.png'], videos: ['v.mp4'] },
      { messages: [user('q')], images: ['a.png', 'b.png'], videos: ['v.mp4'] },
      [{ text: 'a' }],
    ],
    [
      'a conversation with marks and tags',
      { messages: [user('<ImageHere> is <image>?'), assistant('a')], images: ['a.png'] },
      { messages: [user('<ImageHere> is <image>?')], images: ['a.png'] },
      [{ text: 'a' }],
    ],
    [
      'tags without media',
      { messages: [user('<image>\nq'), assistant('a')] },
      { messages: [user('<image>\nq')] },
      [{ text: 'a' }],
    ],
    [
      'tags that are not the places of the media',
      { messages: [user('<image> or <image>?'), assistant('a')], images: ['a.png'] },
      { messages: [user('<image> or <image>?')], images: ['a.png'] },
      [{ text: 'a' }],
    ],
    [
      'a tag in the answer only',
      { messages: [user('q'), assistant('<image> a')], images: ['a.png'] },
      { messages: [user('q')], images: ['a.png'] },
      [{ text: '<image> a' }],
    ],
    [
      'unknown keys that are columns elsewhere',
      {
        messages: [user('q'), assistant('a')],
        images: ['a.png'],
        image: 'b.png',
        input: 'x',
        output: 'y',
        question: 'x',
        chosen: 'y',
        rejected: 'z',
        fields: {},
        metadata: {},
        conversations: [],
        candidates: null,
      },
      { messages: [user('q')], images: ['a.png'] },
      [{ text: 'a' }],
    ],
    [
      'options',
      { messages: [user('q'), assistant('a')], domain: 'd', hd_num: 4, max_length: 90 },
      { messages: [user('q')], domain: 'd', hdNum: 4, maxLength: 90 },
      [{ text: 'a' }],
    ],
    [
      'options beside a label',
      { messages: [user('<image>'), assistant('a')], label: true, domain: 'd', hd_num: 4 },
      { messages: [user('<image>')], domain: 'd', hdNum: 4, given: { labels: [true] } },
      [{ text: 'a' }],
    ],
  ])('%s', (_, row, rest, candidates) => {
    expect(parse(row, mode)).toMatchObject(read({ ...rest, candidates }));
    expect(Object.keys((parse(row, mode) as { sample: object }).sample).sort()).toEqual(
      Object.keys(read({ ...rest, candidates }).sample).sort(),
    );
  });
});

test.each([
  [{ messages: [user('<image> q')], images: ['a.png'] }, '<image> q', ['a.png']],
  [{ messages: [user('<image>')], label: true, images: ['a.png'] }, '<image>', ['a.png']],
  [{ prompt: 'q', images: ['a.png', 'b.png'] }, 'q', ['a.png', 'b.png']],
])(
  'a conversation that ends with a question is scored as it is in reference mode only',
  (row, text, images) => {
    expect(parse(row, 'safe')).toMatchObject({ ok: false, error: { code: 'NO_CANDIDATES' } });
    expect(parse(row, 'reference')).toEqual({
      ok: true,
      sample: {
        id: 'line-3',
        line: 3,
        messages: [],
        candidateRole: 'user',
        candidates: [{ text }],
        images,
        videos: [],
      },
    });
  },
);
