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
