// ms-swift (docs/source_en/Customization/Custom-dataset.md there): DPO and RM, KTO, queries.

import * as z from 'zod';
import {
  answerOf,
  FIRST_WINS,
  givenOf,
  sharedPrompt,
  splitAnswer,
  toCandidate,
  toContent,
} from './answers';
import { endsWithAnswer, hasFittingTags } from './chatRow';
import { desirable, mediaColumns, mediaOfColumns, optionalNumber, optionalText } from './columns';
import { history } from './llamaFactory';
import { mediaColumn, videoColumn } from './mediaReference';
import { MEDIA_TAGS } from './mediaLayout';
import { defineFormat, isFault, type Row } from './rowFormat';
import { text } from './text';
import { systemTurns, textOrTurns, turns, userTurn, type RawTurn } from './turns';

/** The same answer about other media, which are the worse ones. */
function isPairOfPictures({ rejected_images: images, rejected_videos: videos }: Row): boolean {
  return [images, videos].some((list) => Array.isArray(list) && list.length > 0);
}

export const msSwiftPreference = defineFormat({
  name: 'ms-swift preference',
  expected:
    '"messages" that end with the chosen answer, and "rejected_response" or "rejected_messages"',
  fits: (row) =>
    Array.isArray(row.messages) &&
    ('rejected_response' in row || 'rejected_messages' in row || isPairOfPictures(row)),
  shape: {
    messages: turns,
    rejected_response: textOrTurns.nullish(),
    rejected_messages: turns.nullish(),
    rejected_images: mediaColumn,
    rejected_videos: videoColumn,
    margin: optionalNumber,
    ...mediaColumns,
  },
  toContent(row, raw) {
    const { messages } = row;
    if (row.rejected_response == null && row.rejected_messages == null && isPairOfPictures(raw)) {
      const message =
        'pairs of media ("rejected_images") are not pairs of answers: texts are scored';
      return { code: 'MEDIA_UNSUPPORTED', message };
    }
    const media = mediaOfColumns(row);
    const isOther = (other: readonly string[], own: readonly string[]): boolean =>
      other.length > 0 && other.join('\n') !== own.join('\n');
    if (isOther(row.rejected_images, media.images) || isOther(row.rejected_videos, media.videos)) {
      return { code: 'ROW_SHAPE', message: 'the rejected answer is about other media' };
    }
    const response = row.rejected_response ?? undefined;
    const only = response === undefined ? undefined : answerOf(response);
    if (response !== undefined && only === undefined) {
      return { code: 'ROW_SHAPE', message: 'rejected_response: must be one answer' };
    }
    const rejected: readonly RawTurn[] =
      only === undefined
        ? (row.rejected_messages ?? [])
        : [...messages.slice(0, -1), { role: 'assistant', pieces: [only] }];
    const pair = sharedPrompt(messages, rejected);
    return isFault(pair)
      ? pair
      : toContent({
          prompt: pair.prompt,
          ...media,
          tags: MEDIA_TAGS,
          answers: [toCandidate(pair.chosen), toCandidate(pair.rejected)],
          given: givenOf({ ranks: FIRST_WINS, margin: row.margin }),
        });
  },
});

export const msSwiftKto = defineFormat({
  name: 'ms-swift KTO',
  expected: '"messages" that end with an answer, and a "label" that is true or false',
  fits: (row) => endsWithAnswer(row.messages) && desirable.safeParse(row.label).success,
  shape: { messages: turns, label: desirable, ...mediaColumns },
  toContent(row, raw) {
    const split = splitAnswer(row.messages);
    return isFault(split)
      ? split
      : toContent({
          prompt: split.prompt,
          ...mediaOfColumns(row),
          tags: hasFittingTags(raw) ? MEDIA_TAGS : [],
          answers: [toCandidate(split.answer)],
          given: { labels: [row.label] },
        });
  },
});

export const msSwiftQuery = defineFormat({
  name: 'ms-swift query and response',
  expected: '"query" and "response", perhaps "history", "images", "videos"',
  fits: (row) => typeof row.query === 'string' && typeof row.response === 'string',
  shape: {
    query: text,
    response: text,
    rejected_response: optionalText,
    margin: optionalNumber,
    system: optionalText,
    history,
    ...mediaColumns,
  },
  toContent(row) {
    const worse = row.rejected_response;
    const answers = [row.response, ...(worse == null ? [] : [worse])];
    return toContent({
      prompt: [...systemTurns(row.system), ...row.history, userTurn(row.query)],
      ...mediaOfColumns(row),
      tags: MEDIA_TAGS,
      answers: answers.map((answer) => toCandidate(answer)),
      given: worse == null ? {} : givenOf({ ranks: FIRST_WINS, margin: row.margin }),
    });
  },
});

const round = z.looseObject({ human: text, assistant: text });

export const msSwiftRounds = defineFormat({
  name: 'ms-swift rounds',
  expected: '"conversation" as a list of {"human", "assistant"}',
  fits: (row) => Array.isArray(row.conversation),
  shape: { conversation: z.array(round), system: optionalText, ...mediaColumns },
  toContent(row) {
    const talk = row.conversation.flatMap(({ human, assistant }): RawTurn[] => [
      userTurn(human),
      { role: 'assistant', pieces: [assistant] },
    ]);
    const split = splitAnswer([...systemTurns(row.system), ...talk]);
    return isFault(split)
      ? split
      : toContent({
          prompt: split.prompt,
          ...mediaOfColumns(row),
          tags: MEDIA_TAGS,
          answers: [toCandidate(split.answer)],
        });
  },
});
