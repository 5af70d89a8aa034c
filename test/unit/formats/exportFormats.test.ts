// Every trainer's layout, against the example of it and at its edges.

import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { PAIR_FORMATS, type ExportFormat } from '../../../src/formats/exportFormats';
import { sampleOf } from '../../support/samples';
import { formatted, pairOf, rowsIn } from '../../support/pairs';

const MUGS = pairOf({
  sample: sampleOf({
    id: 'demo-0',
    messages: [{ role: 'user', content: 'How many mugs stand on the shelf?' }],
    images: ['media/tile.png'],
  }),
  chosen: { text: 'Two mugs: a red one and a blue one.', source: 'demo-model', edited: false },
  rejected: { text: 'Five green mugs.', edited: false },
});
const COLOUR = pairOf({
  sample: sampleOf({ messages: [{ role: 'user', content: 'Name a primary colour.' }] }),
  chosen: { text: 'Red.', edited: false, reward: 2.25 },
  rejected: { text: 'Beige.', edited: false, reward: 0.5 },
});
const CLIP = pairOf({
  sample: sampleOf({
    id: 'clip',
    messages: [{ role: 'user', content: 'What happens to the kettle?' }],
    videos: ['media/kettle.mp4'],
  }),
});
const TILES = pairOf({
  sample: sampleOf({
    messages: [{ role: 'user', content: 'Are the tiles alike?' }],
    images: ['media/tile.png', 'media/tile_b.png'],
  }),
});
const CHAT = pairOf({
  sample: sampleOf({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'Two and two?' },
    ],
  }),
});

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const COLOUR_PROMPT = user('Name a primary colour.');
const TAGGED = '<image>How many mugs stand on the shelf?';

test('trl: images as parts where their placeholders stand, text as text', () => {
  const marked = sampleOf({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Image1 <ImageHere>; Image2 <ImageHere>; Which?' },
    ],
    images: ['a.png', 'b.png'],
  });
  const rows = [
    pairOf(),
    pairOf({ sample: marked }),
    pairOf({ sample: sampleOf({ images: ['a.png'] }) }),
  ];
  const text = (value: string) => ({ type: 'text', text: value });
  const image = { type: 'image' };
  const answers = { chosen: [assistant([text('Four.')])], rejected: [assistant([text('Five.')])] };
  expect(rows.flatMap((pair) => rowsIn(formatted('trl', [pair])))).toEqual([
    {
      prompt: [user('What is two plus two?')],
      chosen: [assistant('Four.')],
      rejected: [assistant('Five.')],
    },
    {
      images: ['a.png', 'b.png'],
      prompt: [
        { role: 'system', content: [text('Be brief.')] },
        user([text('Image1 '), image, text('; Image2 '), image, text('; Which?')]),
      ],
      ...answers,
    },
    { images: ['a.png'], prompt: [user([image, text('What is two plus two?')])], ...answers },
  ]);
});

test('text formats: prompts, answers, margins and labels', () => {
  expect(rowsIn(formatted('trl-standard', [COLOUR]))).toEqual([
    { prompt: 'Name a primary colour.', chosen: ' Red.', rejected: ' Beige.' },
  ]);
  const full = {
    chosen: [COLOUR_PROMPT, assistant('Red.')],
    rejected: [COLOUR_PROMPT, assistant('Beige.')],
  };
  expect(rowsIn(formatted('trl-reward', [COLOUR], true))).toEqual([{ ...full, margin: 1.75 }]);
  expect(rowsIn(formatted('trl-reward', [COLOUR]))).toEqual([full]);
  expect(rowsIn(formatted('openrlhf', [COLOUR], true))).toEqual([
    {
      prompt: [COLOUR_PROMPT],
      chosen: [assistant('Red.')],
      rejected: [assistant('Beige.')],
      margin: 1.75,
    },
  ]);
  expect(rowsIn(formatted('trl-kto', [COLOUR]))).toEqual([
    { prompt: [COLOUR_PROMPT], completion: [assistant('Red.')], label: true },
    { prompt: [COLOUR_PROMPT], completion: [assistant('Beige.')], label: false },
  ]);
});

test('KTO: an answer once, and none that is chosen here and rejected there', () => {
  const answer = (text: string) => ({ text, edited: false });
  const pair = (chosen: string, rejected: string) =>
    pairOf({ chosen: answer(chosen), rejected: answer(rejected) });
  const { rows, held, reasons } = formatted('trl-kto', [
    pair('a', 'b'),
    pair('a', 'c'),
    pair('b', 'c'),
  ]);
  expect(rows.map(({ row }) => row)).toMatchObject([
    { completion: [{ content: 'a' }], label: true },
    { completion: [{ content: 'c' }], label: false },
  ]);
  expect([held.length, reasons]).toEqual([3, []]);
});

test('LLaMA-Factory: tags, turns, systems and videos', () => {
  const answers = { chosen: MUGS.chosen.text, rejected: MUGS.rejected.text };
  expect(rowsIn(formatted('llamafactory-alpaca', [MUGS]))).toEqual([
    { instruction: TAGGED, input: '', ...answers, images: ['media/tile.png'] },
  ]);
  expect(rowsIn(formatted('llamafactory-alpaca', [CHAT]))).toEqual([
    {
      instruction: 'Two and two?',
      input: '',
      chosen: 'Four.',
      rejected: 'Five.',
      system: 'Be brief.',
      history: [['Hello.', 'Hello!']],
    },
  ]);
  expect(rowsIn(formatted('llamafactory-sharegpt', [MUGS]))).toEqual([
    {
      conversations: [{ from: 'human', value: TAGGED }],
      chosen: { from: 'gpt', value: answers.chosen },
      rejected: { from: 'gpt', value: answers.rejected },
      images: ['media/tile.png'],
    },
  ]);
  expect(rowsIn(formatted('llamafactory-sharegpt', [CLIP]))).toMatchObject([
    {
      conversations: [{ from: 'human', value: '<video>What happens to the kettle?' }],
      videos: ['media/kettle.mp4'],
    },
  ]);
  const prompt = {
    role: 'user',
    content: [
      { type: 'image_url', value: 'media/tile.png' },
      { type: 'text', value: 'How many mugs stand on the shelf?' },
    ],
    loss_weight: 0,
  };
  const answer = (value: string) => ({ ...assistant([{ type: 'text', value }]), loss_weight: 1 });
  expect(rowsIn(formatted('llamafactory-v1', [MUGS]))).toEqual([
    {
      chosen_messages: [prompt, answer(answers.chosen)],
      rejected_messages: [prompt, answer(answers.rejected)],
    },
  ]);
});

test('ms-swift: tags, margins and labels', () => {
  const row = {
    messages: [user(TAGGED), assistant(MUGS.chosen.text)],
    rejected_response: MUGS.rejected.text,
    images: ['media/tile.png'],
  };
  expect(rowsIn(formatted('ms-swift', [MUGS]))).toEqual([row]);
  expect(rowsIn(formatted('ms-swift', [COLOUR], true))).toMatchObject([{ margin: 1.75 }]);
  expect(rowsIn(formatted('ms-swift-kto', [MUGS]))[1]).toEqual({
    messages: [user(TAGGED), assistant(MUGS.rejected.text)],
    label: false,
    images: ['media/tile.png'],
  });
});

test('IXC: one image without a mark, several with numbers, text apart', () => {
  const both = (value: string) => ({
    conversations_a: [
      { from: 'human', value },
      { from: 'bot', value: 'Four.' },
    ],
    conversations_b: [
      { from: 'human', value },
      { from: 'bot', value: 'Five.' },
    ],
  });
  const one = sampleOf({
    messages: [{ role: 'user', content: '<ImageHere>\nWhat?' }],
    images: ['a.png'],
  });
  expect(formatted('ixc', [pairOf({ sample: one })]).rows).toMatchObject([
    { part: 'image', row: { id: 'a', ...both('What?'), image: 'a.png' } },
  ]);
  const several = 'Image1 <ImageHere>; Image2 <ImageHere>; Are the tiles alike?';
  expect(formatted('ixc', [TILES]).rows).toMatchObject([
    { part: 'image', row: { ...both(several), image: ['media/tile.png', 'media/tile_b.png'] } },
  ]);
  expect(formatted('ixc', [pairOf()]).rows).toEqual([
    {
      part: 'text',
      row: { id: 'a', ...both('What is two plus two?') },
      marks: { edited_chosen: false, edited_rejected: false },
    },
  ]);
});

test('RLAIF-V and MM-RLHF: one question about one medium', () => {
  const question = 'How many mugs stand on the shelf?';
  const answers = { chosen: MUGS.chosen.text, rejected: MUGS.rejected.text };
  expect(rowsIn(formatted('rlaif-v', [MUGS]))).toEqual([
    {
      ds_name: 'rewardlens',
      image: { bytes: null, path: 'media/tile.png' },
      question,
      ...answers,
      origin_dataset: '',
      origin_split: '{"model":"demo-model","type":"question_answering"}',
      idx: 'demo-0',
      image_path: 'media/tile.png',
    },
  ]);
  const reasons = { chosen_reason: '', rejected_reason: '' };
  expect(rowsIn(formatted('mm-rlhf', [MUGS]))).toEqual([
    { id: 'demo-0', image: 'media/tile.png', prompt: question, ...answers, ...reasons },
  ]);
  expect(rowsIn(formatted('mm-rlhf', [CLIP]))).toMatchObject([{ video: 'media/kettle.mp4' }]);
});

test('our own rows say everything that is known', () => {
  const row = rowsIn(formatted('rewardlens', [{ ...COLOUR, model: 'ixc:fp32:1' }], true))[0];
  expect(row).toEqual({
    id: 'a',
    line: 1,
    domain: null,
    prompt: [COLOUR_PROMPT],
    images: [],
    videos: [],
    hd_num: null,
    max_length: null,
    chosen: 'Red.',
    rejected: 'Beige.',
    chosen_model: null,
    rejected_model: null,
    chosen_reward: 2.25,
    rejected_reward: 0.5,
    margin: 1.75,
    reward_model: 'ixc:fp32:1',
    annotators: ['mira'],
    at: '2026-11-24T08:00:00Z',
    accepted: false,
    tied: false,
    edited_chosen: false,
    edited_rejected: false,
  });
});

const literal = pairOf({ chosen: { text: 'See <image>.', edited: false } });
const unknown = pairOf();
test.each<[ExportFormat, typeof MUGS, RegExp, boolean?]>([
  ['trl', CLIP, /videos/],
  ['trl-standard', CHAT, /system turn/],
  ['trl-standard', MUGS, /text only/],
  ['trl-reward', MUGS, /text only/],
  ['trl-reward', unknown, /margin is not known/, true],
  ['trl-kto', CLIP, /text only/],
  ['openrlhf', MUGS, /text only/],
  ['llamafactory-alpaca', literal, /<image>/],
  ['llamafactory-sharegpt', literal, /<image>/],
  ['ms-swift', literal, /<image>/],
  ['ms-swift', unknown, /margin is not known/, true],
  ['ixc', CLIP, /videos/],
  ['ixc', pairOf({ chosen: { text: '<ImageHere>', edited: false } }), /<ImageHere>/],
  ['rlaif-v', CLIP, /videos/],
  ['rlaif-v', TILES, /one image/],
  ['mm-rlhf', CHAT, /conversation/],
  ['mm-rlhf', COLOUR, /has 0/],
])(
  '%s leaves out what it can’t hold, and says why: %#',
  (name, pair, reason, hasRewards = false) => {
    const { rows, held, reasons } = formatted(name, [pair], hasRewards);
    expect([rows, held]).toEqual([[], []]);
    expect(reasons[0]).toMatch(reason);
  },
);

test('LLaMA-Factory v1’s list keeps what is there, and what is no list is refused', () => {
  const { folder } = PAIR_FORMATS['llamafactory-v1'];
  const files = [{ dataset: 'd', name: 'd_v1.jsonl', rows: 1, columns: new Set<string>() }];
  const list = (existing: string | undefined) => folder?.list(existing, files, [], 'list.yaml');
  const own = 'd_v1:\n  path: d_v1.jsonl\n  source: local\n';
  expect(list(undefined)).toBe(own);
  expect(list(`# mine\nother:\n  path: x.jsonl # here\n${own}`)).toBe(
    `# mine\nother:\n  path: x.jsonl # here\n${own}`,
  );
  expect(parse(list('{other: {path: x}}') ?? '')).toEqual({
    other: { path: 'x' },
    d_v1: { path: 'd_v1.jsonl', source: 'local' },
  });
  for (const wrong of ['- a\n- b\n', 'a: [', 'text']) {
    expect(() => list(wrong)).toThrow('not a list of datasets');
  }
});
