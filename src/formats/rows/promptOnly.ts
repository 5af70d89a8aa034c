// Prompts for reinforcement learning, without answers: verl, OpenRLHF, ms-swift GRPO.

import { toContent } from './answers';
import { mediaColumns, mediaOfColumns } from './columns';
import { defineFormat, isRow } from './rowFormat';
import { textOrTurns } from './turns';

/** Known, so that what is missing can be said: answers. */
export const promptOnly = defineFormat({
  name: 'prompts for reinforcement learning (verl, OpenRLHF)',
  expected: 'answers beside the prompt',
  fits: (row) =>
    ('data_source' in row && isRow(row.reward_model) && Array.isArray(row.prompt)) ||
    ('input' in row && !('prompt' in row) && !('messages' in row)),
  shape: { prompt: textOrTurns.optional(), input: textOrTurns.optional(), ...mediaColumns },
  toContent: ({ prompt, input, ...media }) =>
    toContent({ prompt: prompt ?? input ?? [], ...mediaOfColumns(media), answers: [] }),
});
