import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RewardModel } from '../../../src/model/rewardModel';
import { localScorer } from '../../support/localScorer';
import { PublishedApi } from '../../../src/scoring/publishedApi';
import { LengthScorer } from '../../support/fakeScorer';
import { FIXTURES, TINY_MODEL } from '../../support/paths';
import { conversationOf, REFERENCE, SAFE } from '../../support/samples';

const root = path.join(FIXTURES, 'images');
const reference = new PublishedApi(new LengthScorer(), root, REFERENCE);
const safe = new PublishedApi(new LengthScorer(), root, SAFE);
/** the reward of LengthScorer is the length of the last message */
const texts = (...answers: string[]) => answers.map((answer) => conversationOf(answer));

test('get_score and get_scores', async () => {
  expect(await reference.getScore(conversationOf('four'))).toBe(4);
  expect(await reference.getScores(texts('a', 'four', 'bb'))).toEqual([1, 4, 2]);
});

test('rank gives indices, best first, not positions', async () => {
  const ranking = await reference.rank(texts('bb', 'dddd', 'ccc', 'a'));
  expect(ranking).toEqual({ order: [1, 2, 0, 3], logits: [2, 4, 3, 1] });
});

test('ties keep the order they came in', async () => {
  const { order } = await reference.rank(texts('b', 'aa', 'c', 'bb', 'd'));
  expect(order).toEqual([1, 3, 0, 2, 4]);
});

test('compare: strictly better, so a tie is false both ways', async () => {
  const [long, short, other] = texts('long', 'x', 'y') as [
    ReturnType<typeof conversationOf>,
    ReturnType<typeof conversationOf>,
    ReturnType<typeof conversationOf>,
  ];
  expect(await reference.compare(long, short)).toEqual({ better: true, logits: [4, 1] });
  expect(await reference.compare(short, long)).toEqual({ better: false, logits: [1, 4] });
  expect((await reference.compare(short, other)).better).toBe(false);
  expect((await reference.compare(other, short)).better).toBe(false);
});

test('one conversation: the published quirks in reference mode only', async () => {
  expect(await reference.getScores(texts('four'))).toBe(4);
  await expect(reference.rank(texts('four'))).rejects.toMatchObject({
    code: 'USAGE',
    message: 'the published rank takes two conversations or more, not 1',
  });
  expect(await safe.getScores(texts('four'))).toEqual([4]);
  expect(await safe.rank(texts('four'))).toEqual({ order: [0], logits: [4] });
});

test('no conversation, and no message', async () => {
  await expect(reference.getScores([])).rejects.toMatchObject({ code: 'USAGE' });
  await expect(safe.rank([])).rejects.toMatchObject({ code: 'USAGE' });
  await expect(reference.getScore({ messages: [], images: [] })).rejects.toThrow(/no message/);
});

test('options and media reach the scorer', async () => {
  const scorer = new LengthScorer();
  const options = { ...REFERENCE, hdNum: 9, maxLength: 100 };
  const conversation = { ...conversationOf('ok', ['a.png']), videos: ['b.mp4'] };
  await new PublishedApi(scorer, '/media', options).getScore(conversation);
  expect(scorer.requests).toMatchObject([
    {
      mediaRoot: '/media',
      options,
      sample: {
        messages: [{ role: 'user' }],
        candidateRole: 'assistant',
        candidates: [{ text: 'ok' }],
        images: ['a.png'],
        videos: ['b.mp4'],
      },
    },
  ]);
});

describe('with a model', () => {
  let model: RewardModel;
  beforeAll(async () => {
    model = await RewardModel.load(TINY_MODEL, { threads: 1 });
  });
  afterAll(() => model.release());

  test('a conversation has one reward, alone or among others', async () => {
    const api = new PublishedApi(localScorer(model), root, REFERENCE);
    const conversations = [...texts('Four.', 'Five.'), conversationOf('A strip.', ['tiny.png'])];
    const together = await api.getScores(conversations);
    const alone: number[] = [];
    for (const conversation of conversations.toReversed()) {
      alone.unshift(await api.getScore(conversation));
    }
    expect(together).toEqual(alone);
    const twice = [...conversations.slice(0, 1), ...conversations.slice(0, 1)];
    expect((await api.rank(twice)).order).toEqual([0, 1]);
  });

  test('the fault of a conversation is thrown with its number', async () => {
    const api = new PublishedApi(localScorer(model), root, {
      ...SAFE,
      maxLength: 40,
    });
    const missing = [...texts('Four.'), conversationOf('?', ['none.png'])];
    await expect(api.rank(missing)).rejects.toMatchObject({
      code: 'MEDIA_NOT_FOUND',
      data: { line: 2 },
      message: expect.stringMatching(/^conversation 2: /) as string,
    });
    const long = texts('Four.', 'word '.repeat(50));
    await expect(api.getScores(long)).rejects.toMatchObject({ code: 'TOO_LONG' });
  });
});
