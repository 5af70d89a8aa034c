// Preference data of LLaMA-Factory: alpaca, sharegpt and v1 (data/README.md there).

import * as z from 'zod';
import { answerOf, FIRST_WINS, givenOf, sharedPrompt, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalNumber, optionalText } from './columns';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat, isFault, isRow } from './rowFormat';
import { text } from './text';
import { systemTurns, turn, turns, userTurn, type RawTurn } from './turns';

/** Earlier rounds as pairs of question and answer. */
export const history = z
  .array(z.tuple([text, text]))
  .nullish()
  .transform((rounds) =>
    (rounds ?? []).flatMap(([question, answer]): RawTurn[] => [
      userTurn(question),
      { role: 'assistant', pieces: [answer] },
    ]),
  );

/** The question of alpaca rows: the input goes below the instruction. */
export function alpacaPrompt(row: {
  readonly instruction: string;
  readonly input?: string | null | undefined;
  readonly system?: string | null | undefined;
  readonly history: readonly RawTurn[];
}): RawTurn[] {
  const question = [row.instruction, row.input ?? ''].filter((each) => each !== '').join('\n');
  return [...systemTurns(row.system), ...row.history, userTurn(question)];
}

export const alpacaColumns = {
  instruction: text,
  input: optionalText,
  system: optionalText,
  history,
  ...mediaColumns,
};

export const llamaFactoryAlpaca = defineFormat({
  name: 'LLaMA-Factory alpaca preference',
  expected: '"instruction", "chosen" and "rejected", perhaps "input", "images", "videos"',
  fits: (row) => 'instruction' in row && typeof row.chosen === 'string' && 'rejected' in row,
  shape: { ...alpacaColumns, chosen: text, rejected: text, margin: optionalNumber },
  toContent: (row) =>
    toContent({
      prompt: alpacaPrompt(row),
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(row.chosen), toCandidate(row.rejected)],
      given: givenOf({ ranks: FIRST_WINS, margin: row.margin }),
    }),
});

export const llamaFactoryShareGpt = defineFormat({
  name: 'LLaMA-Factory sharegpt preference',
  expected:
    '"conversations" that end with the question, "chosen" and "rejected" as {"from", "value"}',
  fits: (row) =>
    Array.isArray(row.conversations) !== Array.isArray(row.messages) &&
    isRow(row.chosen) &&
    isRow(row.rejected),
  shape: {
    conversations: turns.nullish(),
    messages: turns.nullish(),
    system: optionalText,
    chosen: turn,
    rejected: turn,
    ...mediaColumns,
  },
  toContent(row) {
    const talk = row.conversations ?? row.messages ?? [];
    const [chosen, rejected] = [answerOf([row.chosen]), answerOf([row.rejected])];
    if (chosen === undefined || rejected === undefined || talk.at(-1)?.role === 'assistant') {
      const message =
        'the conversation must end with a question, "chosen" and "rejected" answer it';
      return { code: 'ROW_SHAPE', message };
    }
    return toContent({
      prompt: [...systemTurns(row.system), ...talk],
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(chosen), toCandidate(rejected)],
      given: { ranks: FIRST_WINS },
    });
  },
});

export const llamaFactoryV1 = defineFormat({
  name: 'LLaMA-Factory v1 preference',
  expected: '"chosen_messages" and "rejected_messages", equal but for their last turn',
  fits: (row) => 'chosen_messages' in row && 'rejected_messages' in row,
  shape: { chosen_messages: turns, rejected_messages: turns },
  toContent(row) {
    const pair = sharedPrompt(row.chosen_messages, row.rejected_messages);
    return isFault(pair)
      ? pair
      : toContent({
          prompt: pair.prompt,
          images: [],
          videos: [],
          answers: [toCandidate(pair.chosen), toCandidate(pair.rejected)],
          given: { ranks: FIRST_WINS },
        });
  },
});
