// Pairs with "chosen" and "rejected": TRL, OpenRLHF, RewardBench, MM-RLHF, and the many like them.

import * as z from 'zod';
import { answerOf, FIRST_WINS, givenOf, sharedPrompt, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalNumber, optionalText } from './columns';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat, isFault, type Row } from './rowFormat';
import { readTranscript } from './transcript';
import { textOrTurns, type RawTurn } from './turns';

const answerColumns = {
  chosen: textOrTurns,
  rejected: textOrTurns,
  chosen_model: optionalText,
  rejected_model: optionalText,
  margin: optionalNumber,
  /** our own: neither is better */
  tied: z.boolean().nullish().catch(null),
  chosen_reward: optionalNumber,
  rejected_reward: optionalNumber,
  /** MM-RLHF's answers: of the chosen and of the rejected one */
  rewards: z.tuple([z.number(), z.number()]).nullish().catch(null),
};
type AnswerColumns = z.infer<z.ZodObject<typeof answerColumns>>;

function givenBy(row: AnswerColumns): ReturnType<typeof givenOf> {
  const { chosen_reward: better, rejected_reward: worse, rewards, margin, tied } = row;
  const scores = better == null && worse == null ? rewards : [better ?? null, worse ?? null];
  return givenOf({ ranks: tied === true ? TIED : FIRST_WINS, scores, margin });
}

const TIED = [[0, 1]] as const;
const isAnswer = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value);

/**
 * TRL's standard format: texts that its trainer joins as they are, so that both answers begin with the
 * space between. Nobody's answer has it.
 */
function isJoined(row: Row): boolean {
  const { prompt, chosen, rejected, ...others } = row;
  return (
    Object.keys(others).length === 0 &&
    typeof prompt === 'string' &&
    !/\s$/.test(prompt) &&
    [chosen, rejected].every((answer) => typeof answer === 'string' && answer.startsWith(' '))
  );
}

/** TRL (docs/source/dataset_formats.md), OpenRLHF with a prompt key, RewardBench, MM-RLHF. */
export const promptPreference = defineFormat({
  name: 'preference with a prompt (TRL, OpenRLHF, RewardBench, MM-RLHF)',
  expected: '"prompt", "chosen" and "rejected", each a text or messages',
  fits: (row) => isAnswer(row.prompt) && 'chosen' in row && 'rejected' in row,
  shape: {
    prompt: textOrTurns,
    ...answerColumns,
    ...mediaColumns,
    subset: optionalText,
    domain: optionalText,
  },
  toContent(row, raw) {
    const [chosen, rejected] = [answerOf(row.chosen), answerOf(row.rejected)];
    if (chosen === undefined || rejected === undefined) {
      return {
        code: 'ROW_SHAPE',
        message: '"chosen" and "rejected" must be one answer each: the prompt stands apart',
      };
    }
    const from = isJoined(raw) ? 1 : 0;
    return toContent({
      prompt: row.prompt,
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [
        toCandidate(chosen.slice(from), row.chosen_model),
        toCandidate(rejected.slice(from), row.rejected_model),
      ],
      given: givenBy(row),
      domain: row.domain ?? row.subset,
    });
  },
});

/** TRL's implicit prompt and OpenRLHF without a prompt key: both conversations in full. */
export const implicitPreference = defineFormat({
  name: 'preference with the prompt inside (TRL, OpenRLHF)',
  expected: '"chosen" and "rejected" as whole conversations that share their prompt',
  fits: (row) => 'chosen' in row && 'rejected' in row,
  shape: { ...answerColumns, ...mediaColumns },
  toContent(row) {
    const [chosen, rejected] = [toTalk(row.chosen), toTalk(row.rejected)];
    if (chosen === undefined || rejected === undefined) {
      return { code: 'ROW_SHAPE', message: 'has no prompt: neither apart nor inside the answers' };
    }
    const pair = sharedPrompt(chosen, rejected);
    return isFault(pair)
      ? pair
      : toContent({
          prompt: pair.prompt,
          ...mediaOfColumns(row),
          tags: MEDIA_TAGS,
          answers: [
            toCandidate(pair.chosen, row.chosen_model),
            toCandidate(pair.rejected, row.rejected_model),
          ],
          given: givenBy(row),
        });
  },
});

function toTalk(value: string | readonly RawTurn[]): readonly RawTurn[] | undefined {
  return typeof value === 'string' ? readTranscript(value) : value;
}
