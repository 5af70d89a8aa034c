// Rows as tools really write them where they differ from a format's plain layout.

import { describe, expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';

const parse = (row: unknown) => parseDatasetRow(JSON.stringify(row), 1, 'safe');

/** The sample of a row; the fault of a bad one. */
function sampleOf(row: unknown) {
  const result = parse(row);
  return result.ok ? result.sample : result.error;
}

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });

test('LLaVA-RLHF: the answer that the outputs stand for is no part of the prompt', () => {
  const row = {
    id: '1',
    image: 'media/tile.png',
    conversations: [
      { from: 'human', value: '<image>\nq' },
      { from: 'gpt', value: 'first output' },
    ],
    output_1: { from: 'llava', value: 'x' },
    output_2: { from: 'gpt', value: 'y' },
    preference: 2,
  };
  expect(sampleOf(row)).toMatchObject({
    messages: [user('<ImageHere>\nq')],
    candidates: [{ text: 'x' }, { text: 'y' }],
    given: { ranks: [[1], [0]] },
  });
});

describe('the prompt apart and in the answers, too (ultrafeedback_binarized)', () => {
  const columns = {
    prompt: 'q',
    chosen: [user('q'), assistant('a')],
    rejected: [user('q'), assistant('b')],
  };
  const more = {
    prompt_id: 'p1',
    messages: [user('q'), assistant('a')],
    score_chosen: 8.5,
    score_rejected: 3,
  };

  test('it is taken off the answers', () => {
    expect(sampleOf(columns)).toMatchObject({
      messages: [user('q')],
      candidates: [{ text: 'a' }, { text: 'b' }],
      given: { ranks: [[0], [1]] },
    });
    const system = { role: 'system', content: 's' };
    const talk = [system, user('p'), assistant('o'), user('q')];
    const long = {
      prompt: talk,
      chosen: [...talk, assistant('a')],
      rejected: [...talk, assistant('b')],
    };
    expect(sampleOf(long)).toMatchObject({ messages: talk, candidates: [{ text: 'a' }, {}] });
    // a prompt as text is the last question of a longer conversation
    expect(sampleOf({ ...long, prompt: 'q' })).toMatchObject({ messages: talk });
  });

  test('scores are given scores; the row keeps what else it says', () => {
    const result = parse({ ...columns, ...more });
    expect(result).toMatchObject({
      ok: true,
      sample: {
        messages: [user('q')],
        candidates: [{ text: 'a' }, { text: 'b' }],
        given: { ranks: [[0], [1]], scores: [8.5, 3] },
      },
      origin: { rest: { prompt_id: 'p1', messages: more.messages } },
    });
  });

  test('another prompt than that of the answers is a fault', () => {
    expect(sampleOf({ ...columns, prompt: 'other' })).toMatchObject({ code: 'ROW_SHAPE' });
  });
});

test('Label Studio: a cancelled annotation does not count', () => {
  const pairwise = (selected: string, was_cancelled?: boolean) => ({
    ...(was_cancelled === undefined ? {} : { was_cancelled }),
    result: [{ type: 'pairwise', value: { selected } }],
  });
  const data = { prompt: 'q', answer1: 'a', answer2: 'b' };
  expect(sampleOf({ data, annotations: [pairwise('left', true)] })).not.toHaveProperty('given');
  const both = [pairwise('left', true), pairwise('right', false)];
  expect(sampleOf({ data, annotations: both })).toMatchObject({ given: { ranks: [[1], [0]] } });
  const none = [{ was_cancelled: true, result: null }, pairwise('left')];
  expect(sampleOf({ data, annotations: none })).toMatchObject({ given: { ranks: [[0], [1]] } });
});

describe('Argilla', () => {
  const fields = { prompt: 'q', 'response-1': 'a', 'response-2': 'b' };
  const ranking = (...order: readonly string[]) =>
    order.map((value, n) => ({ value, rank: n + 1 }));
  const [forward, backward] = [
    ranking('response-1', 'response-2'),
    ranking('response-2', 'response-1'),
  ];

  test.each(['discarded', 'draft'])('a response that is %s does not count', (status) => {
    const perQuestion = { ranking: [{ value: forward, status }, { value: backward }] };
    const perUser = [
      { values: { ranking: { value: forward } }, status },
      { values: { ranking: { value: backward } }, status: 'submitted' },
    ];
    for (const responses of [perQuestion, perUser]) {
      expect(sampleOf({ fields, responses, suggestions: {} })).toMatchObject({
        given: { ranks: [[1], [0]] },
      });
    }
    const only = { ranking: [{ value: forward, status }] };
    expect(sampleOf({ fields, responses: only })).not.toHaveProperty('given');
  });

  test('records without suggestions or responses are read', () => {
    for (const more of [{ responses: {} }, { suggestions: [] }, { metadata: {} }]) {
      expect(sampleOf({ fields, ...more })).toMatchObject({
        messages: [user('q')],
        candidates: [{ text: 'a' }, { text: 'b' }],
      });
    }
  });

  test('chosen and rejected may be fields', () => {
    const named = { prompt: 'q', chosen: 'a', rejected: 'b' };
    expect(sampleOf({ fields: named, responses: {} })).toMatchObject({
      candidates: [{ text: 'a' }, { text: 'b' }],
      given: { ranks: [[0], [1]] },
    });
    const responses = { ranking: [{ value: ranking('rejected', 'chosen') }] };
    expect(sampleOf({ fields: named, responses })).toMatchObject({ given: { ranks: [[1], [0]] } });
  });

  test('an answer that is null is left out, the others keep their places in rankings', () => {
    const three = { ...fields, 'response-1': null, 'response-3': 'c' };
    const responses = { ranking: [{ value: ranking('response-3', 'response-1', 'response-2') }] };
    expect(sampleOf({ fields: three, responses })).toMatchObject({
      candidates: [{ text: 'b' }, { text: 'c' }],
      given: { ranks: [[1], [0]] },
    });
  });

  test('a label that names an answer prefers it; an order may be names alone', () => {
    const label = { preference: [{ value: 'response-2', user_id: 'u' }] };
    expect(sampleOf({ fields, responses: label })).toMatchObject({
      given: { ranks: [[1], [0]] },
    });
    const other = { quality: [{ value: 'good' }], note: [{ value: ['response-1', 'x'] }] };
    expect(sampleOf({ fields, responses: other })).not.toHaveProperty('given');
    const partly = { ranking: [{ value: [forward[0], { value: 'response-2', rank: null }] }] };
    expect(sampleOf({ fields, responses: partly })).not.toHaveProperty('given');
    const order = { ranking: { value: ['response-2', 'response-1'], agent: 'm' } };
    expect(sampleOf({ fields, suggestions: order })).toMatchObject({
      given: { ranks: [[1], [0]] },
    });
  });

  test('rows of its exports to the Hub have fields and questions as columns', () => {
    const row = {
      ...{ id: 'r', status: 'completed', _server_id: 's', ...fields },
      'preference.responses': ['response-1', 'response-2'],
      'preference.responses.users': ['u', 'v'],
      'preference.responses.status': ['discarded', 'submitted'],
      'preference.suggestion': 'response-1',
      'preference.suggestion.score': 0.9,
    };
    expect(sampleOf(row)).toMatchObject({
      id: 'r',
      messages: [user('q')],
      candidates: [{ text: 'a' }, { text: 'b' }],
      given: { ranks: [[1], [0]] },
    });
    const undecided = { ...row, 'preference.responses.status': ['draft', 'discarded'] };
    expect(sampleOf(undecided)).toMatchObject({ given: { ranks: [[0], [1]] } });
  });
});

describe('a name of a picture or video that is empty means none', () => {
  const pair = { prompt: 'q', chosen: 'a', rejected: 'b' };
  const talk = [
    { from: 'human', value: 'q' },
    { from: 'gpt', value: 'a' },
  ];
  const nothing = ['', null, [''], [null], [], { bytes: null, path: null }, { path: '', url: '' }];
  const question = { question: 'q', chosen: 'a', rejected: 'b' };

  test.each(nothing.map((empty) => [JSON.stringify(empty), empty] as const))('%s', (_, empty) => {
    const rows: readonly object[] = [
      { ...pair, image: empty },
      { ...pair, images: [empty].flat() },
      { ...pair, videos: empty },
      { conversations: talk, image: empty },
      { conversations_a: talk, conversations_b: talk, image: empty },
      { ...question, image: empty, image_path: '' },
      { query: 'q', response: ['a', 'b'], image: empty },
      { prompt: 'q', completions: [{ response: 'a' }, { response: 'b' }], img_path: empty },
      { data: { prompt: 'q', image: empty, answer1: 'a', answer2: 'b' } },
      { messages: [user('q'), assistant('a')], rejected_response: 'b', images: empty },
    ];
    for (const row of rows) {
      expect(sampleOf(row)).toMatchObject({ images: [], videos: [], messages: [user('q')] });
    }
  });

  test('beside others it is left out', () => {
    const images = ['a.png', null, '', { bytes: null, path: 'b.png' }, { bytes: null, path: null }];
    expect(sampleOf({ ...pair, images })).toMatchObject({ images: ['a.png', 'b.png'] });
    const own = { prompt: 'q', candidates: ['a'], images: ['a.png', '', null], videos: [null] };
    expect(sampleOf(own)).toMatchObject({ images: ['a.png'], videos: [] });
  });

  test('MM-RLHF has both columns, one of them empty', () => {
    expect(sampleOf({ ...pair, image: '', video: 'clips/1' })).toMatchObject({
      images: [],
      videos: ['clips/1'],
    });
    expect(sampleOf({ ...pair, image: 'a.png', video: '' })).toMatchObject({
      images: ['a.png'],
      videos: [],
    });
  });

  test('an Argilla record has its field all the same', () => {
    const fields = { prompt: 'q', image: '', 'reply-1': 'a', 'reply-2': 'b' };
    expect(sampleOf({ fields, responses: {} })).toMatchObject({ images: [] });
  });

  test('a place for it in the text is a fault, where its format has places', () => {
    const asked = [{ from: 'human', value: '<image>q <image>' }, ...talk.slice(1)];
    expect(sampleOf({ conversations: asked, image: ['a.png', ''] })).toMatchObject({
      code: 'PLACEHOLDER_MISMATCH',
    });
  });
});

test('VLFeedback: what is null is left out, the row stays', () => {
  const rated = (rating: unknown) => ({ Helpfulness: { Rating: rating, Rationale: '' } });
  const columns = {
    response: ['a', null, 'c', 'd', 'e'],
    model: ['m', null, null, 'o', 'p'],
    annotations: [rated('4'), rated('5'), null, rated(null), { Helpfulness: null }],
  };
  const expected = {
    candidates: [
      { text: 'a', source: 'm' },
      { text: 'c' },
      { text: 'd', source: 'o' },
      { text: 'e', source: 'p' },
    ],
    given: { scores: [4, null, null, null] },
  };
  expect(sampleOf({ prompt: 'q', completions: columns })).toMatchObject(expected);
  const rows = columns.response.map((response, n) => ({
    response,
    model: columns.model[n],
    annotations: columns.annotations[n],
  }));
  expect(sampleOf({ prompt: 'q', completions: [null, ...rows] })).toMatchObject(expected);
  const none = { response: [null], annotations: [null] };
  expect(sampleOf({ prompt: 'q', completions: none })).toMatchObject({ code: 'NO_CANDIDATES' });
});

test('a mark of noise is stripped from the texts of LLaVA-NeXT videos, and only there', () => {
  const conversations = [
    { from: 'human', value: '<image>\nWhat?QA_GT_caption_based_noisy' },
    { from: 'gpt', value: 'QA_GT_caption_based_noisyA pear.' },
  ];
  expect(sampleOf({ conversations, video: 'a.mp4' })).toMatchObject({
    messages: [user('<ImageHere>\nWhat?')],
    candidates: [{ text: 'A pear.' }],
  });
  expect(sampleOf({ conversations, image: 'a.png' })).toMatchObject({
    messages: [user('<ImageHere>\nWhat?QA_GT_caption_based_noisy')],
    candidates: [{ text: 'QA_GT_caption_based_noisyA pear.' }],
  });
});

test('ms-swift: a pair of pictures is no pair of answers', () => {
  const messages = [user('<image>q'), assistant('a')];
  const pictures = { messages, images: ['a.png'], rejected_images: ['b.png'] };
  const fault = sampleOf(pictures);
  expect(fault).toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  expect('message' in fault ? fault.message : '').toContain('rejected_images');
  expect(sampleOf({ ...pictures, rejected_images: [] })).toMatchObject({ images: ['a.png'] });
});

test('keys of other spellings may be there without a value, as Arrow writes them', () => {
  const openAi = (role: string, content: unknown) => ({ role, content, from: null, value: null });
  const shareGpt = (from: string, value: string) => ({ from, value, role: null, content: null });
  for (const talk of [
    [openAi('user', 'q'), openAi('assistant', 'a')],
    [shareGpt('human', 'q'), shareGpt('gpt', 'a')],
  ]) {
    const read = { messages: [user('q')], candidates: [{ text: 'a' }] };
    expect(sampleOf({ conversations: talk })).toMatchObject(read);
    expect(sampleOf({ prompt: talk.slice(0, 1), completion: talk.slice(1) })).toMatchObject(read);
  }
  const filler = { text: null, image: null, image_url: null };
  const content = [
    { ...filler, type: 'image', image: 'a.png' },
    { ...filler, type: 'image_url', image_url: { url: 'b.png', detail: null } },
    { ...filler, type: 'text', text: 'q' },
  ];
  expect(sampleOf({ messages: [user(content), assistant('a')] })).toMatchObject({
    images: ['a.png', 'b.png'],
    messages: [user('<ImageHere><ImageHere>q')],
  });
});

test('parts of the Responses API are parts like others', () => {
  const content = [
    { type: 'input_image', image_url: 'a.png', detail: 'auto' },
    { type: 'input_text', text: 'q' },
  ];
  const answer = [{ type: 'output_text', text: 'a', annotations: [] }];
  expect(sampleOf({ messages: [user(content), assistant(answer)] })).toMatchObject({
    images: ['a.png'],
    messages: [user('<ImageHere>q')],
    candidates: [{ text: 'a' }],
  });
});

test('labels of KTO may be 1 and 0', () => {
  const labels = [1, 0].map((label) => [
    sampleOf({ prompt: 'q', completion: 'a', label }),
    sampleOf({ messages: [user('q'), assistant('a')], label }),
  ]);
  expect(labels).toMatchObject([
    [{ given: { labels: [true] } }, { given: { labels: [true] } }],
    [{ given: { labels: [false] } }, { given: { labels: [false] } }],
  ]);
  expect(sampleOf({ prompt: 'q', completion: 'a', label: 2 })).toMatchObject({ code: 'ROW_SHAPE' });
});
