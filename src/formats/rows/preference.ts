// Pairs with "chosen" and "rejected": TRL, OpenRLHF, RewardBench, MM-RLHF, and the many like them.

import * as z from 'zod';
import { answerOf, FIRST_WINS, givenOf, sharedPrompt, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalNumber, optionalText } from './columns';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat, isFault, type Row, type RowFault } from './rowFormat';
import { readTranscript } from './transcript';
import { textOrTurns, userTurn, type RawTurn } from './turns';

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
  score_chosen: optionalNumber,
  score_rejected: optionalNumber,
  /** MM-RLHF's answers: of the chosen and of the rejected one */
  rewards: z.tuple([z.number(), z.number()]).nullish().catch(null),
};
type AnswerColumns = z.infer<z.ZodObject<typeof answerColumns>>;

function givenBy(row: AnswerColumns): ReturnType<typeof givenOf> {
  const { rewards, margin, tied } = row;
  const [better, worse] = [
    row.chosen_reward ?? row.score_chosen,
    row.rejected_reward ?? row.score_rejected,
  ];
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
    const pair = apart(row);
    if (isFault(pair)) {
      return pair;
    }
    const { prompt, chosen, rejected } = pair;
    const from = isJoined(raw) ? 1 : 0;
    return toContent({
      prompt,
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

interface Apart {
  readonly prompt: string | readonly RawTurn[];
  readonly chosen: string;
  readonly rejected: string;
}

/** The answers without the prompt, where they repeat it (as ultrafeedback_binarized does). */
function apart({ prompt, ...row }: { readonly prompt: Talk } & AnswerColumns): Apart | RowFault {
  const [chosen, rejected] = [answerOf(row.chosen), answerOf(row.rejected)];
  if (chosen !== undefined && rejected !== undefined) {
    return { prompt, chosen, rejected };
  }
  const pair =
    typeof row.chosen === 'string' || typeof row.rejected === 'string'
      ? undefined
      : sharedPrompt(row.chosen, row.rejected);
  return pair !== undefined && !isFault(pair) && endsWith(pair.prompt, prompt)
    ? pair
    : {
        code: 'ROW_SHAPE',
        message:
          '"chosen" and "rejected" must be one answer each, with nothing but the prompt before it',
      };
}

type Talk = string | readonly RawTurn[];

/** A prompt may leave out what stands before its last question. */
function endsWith(talk: readonly RawTurn[], prompt: Talk): boolean {
  const end = typeof prompt === 'string' ? [userTurn(prompt)] : prompt;
  const pieces = (turns: readonly RawTurn[]): string =>
    JSON.stringify(
      turns.map(({ role, pieces: each }) => [
        role,
        each.map((piece) => (typeof piece === 'string' ? piece.trim() : piece)),
      ]),
    );
  return end.length > 0 && pieces(talk.slice(-end.length)) === pieces(end);
}

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
