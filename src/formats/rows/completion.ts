// One answer to a prompt: TRL's KTO and prompt-completion rows, rollouts, alpaca, Video-ChatGPT.

import { answerOf, givenOf, toCandidate, toContent } from './answers';
import { desirable, mediaColumns, mediaOfColumns, optionalNumber } from './columns';
import { alpacaColumns, alpacaPrompt } from './llamaFactory';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat } from './rowFormat';
import { text } from './text';
import { textOrTurns } from './turns';

/** A prompt with a completion; KTO adds whether that is desirable. */
export const trlCompletion = defineFormat({
  name: 'TRL prompt and completion (KTO)',
  expected: '"prompt" and "completion", each a text or messages, perhaps "label"',
  fits: (row) => 'prompt' in row && 'completion' in row,
  shape: {
    prompt: textOrTurns,
    completion: textOrTurns,
    label: desirable.nullish(),
    ...mediaColumns,
  },
  toContent(row) {
    const answer = answerOf(row.completion);
    if (answer === undefined) {
      return { code: 'ROW_SHAPE', message: '"completion" must be one answer' };
    }
    return toContent({
      prompt: row.prompt,
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(answer)],
      given: givenOf({ labels: row.label == null ? null : [row.label] }),
    });
  },
});

/** What OpenRLHF trains on, and verl dumps of its rollouts. */
export const inputOutput = defineFormat({
  name: 'input and output (OpenRLHF, verl rollouts)',
  expected: '"input" and "output", perhaps "score"',
  fits: (row) => 'input' in row && 'output' in row && !('instruction' in row),
  shape: { input: textOrTurns, output: text, score: optionalNumber, ...mediaColumns },
  toContent: (row) =>
    toContent({
      prompt: row.input,
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(row.output)],
      given: givenOf({ scores: row.score == null ? null : [row.score] }),
    }),
});

export const alpaca = defineFormat({
  name: 'alpaca',
  expected: '"instruction" and "output", perhaps "input", "images", "videos"',
  fits: (row) => 'instruction' in row && 'output' in row,
  shape: { ...alpacaColumns, output: text },
  toContent: (row) =>
    toContent({
      prompt: alpacaPrompt(row),
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: [toCandidate(row.output)],
    }),
});

/** Before its conversion for training: the video's name comes without an ending. */
export const videoChatGpt = defineFormat({
  name: 'Video-ChatGPT',
  expected: '"q", "a" and "video_id"',
  fits: (row) => 'q' in row && 'a' in row && 'video_id' in row,
  shape: { q: text, a: text, video_id: text },
  toContent: (row) =>
    toContent({
      prompt: row.q,
      images: [],
      videos: [row.video_id],
      answers: [toCandidate(row.a)],
    }),
});
