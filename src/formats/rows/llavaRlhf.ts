// LLaVA-RLHF's human preferences: two outputs and which of them is better.

import * as z from 'zod';
import { answerOf, givenOf, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns } from './columns';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat } from './rowFormat';
import { turn, turns } from './turns';

export const llavaRlhf = defineFormat({
  name: 'LLaVA-RLHF preference',
  expected: '"conversations" with the question, "output_1", "output_2" and "preference"',
  fits: (row) => Array.isArray(row.conversations) && 'output_1' in row && 'output_2' in row,
  shape: {
    conversations: turns,
    output_1: turn,
    output_2: turn,
    preference: z.number().nullish(),
    ...mediaColumns,
  },
  toContent(row) {
    const [first, second] = [answerOf([row.output_1]), answerOf([row.output_2])];
    if (first === undefined || second === undefined) {
      return { code: 'ROW_SHAPE', message: '"output_1" and "output_2" must be answers' };
    }
    const ranks = row.preference === 1 ? [[0], [1]] : row.preference === 2 ? [[1], [0]] : null;
    // the published rows end with an answer, which the outputs stand for
    const isAnswered = row.conversations.at(-1)?.role === 'assistant';
    return toContent({
      prompt: isAnswered ? row.conversations.slice(0, -1) : row.conversations,
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(first), toCandidate(second)],
      given: givenOf({ ranks }),
    });
  },
});
