// Whole conversations: LLaVA and its kin (from, value), and messages with media (role, content).

import { splitAnswer, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalText } from './columns';
import type { RowMedia } from './mediaLayout';
import {
  defineFormat,
  isFault,
  isRow,
  type Row,
  type RowContent,
  type RowFault,
} from './rowFormat';
import { systemTurns, turns, type RawTurn } from './turns';

function answered(
  conversation: readonly RawTurn[],
  media: RowMedia,
  domain?: string | null,
): RowContent | RowFault {
  const split = splitAnswer(conversation);
  return isFault(split)
    ? split
    : toContent({
        prompt: split.prompt,
        ...media,
        answers: [toCandidate(split.answer)],
        domain,
      });
}

/** LLaVA, LLaVA-NeXT, LLaVA-Video, ShareGPT4V, Video-ChatGPT, LLaMA-Factory sharegpt. */
export const llava = defineFormat({
  name: 'LLaVA conversation',
  expected:
    '"conversations" of {"from", "value"} that end with an answer, perhaps "image", "video"',
  fits: (row) => Array.isArray(row.conversations),
  shape: {
    conversations: turns,
    system: optionalText,
    data_source: optionalText,
    ...mediaColumns,
  },
  toContent: (row) =>
    answered(
      [...systemTurns(row.system), ...row.conversations],
      mediaOfColumns(row),
      row.data_source,
    ),
});

/** OpenAI's, Anthropic's, ms-swift's and LLaMA-Factory's messages, where media are among them. */
export const mediaMessages = defineFormat({
  name: 'messages with media (ms-swift, OpenAI, LLaMA-Factory)',
  expected: '"messages" of {"role", "content"} that end with an answer, perhaps "images", "videos"',
  fits: (row) =>
    Array.isArray(row.messages) && (hasParts(row.messages) || hasOtherMedia(row) || hasTags(row)),
  shape: { messages: turns, ...mediaColumns },
  toContent: (row) => answered(row.messages, mediaOfColumns(row)),
});

function hasParts(messages: readonly unknown[]): boolean {
  return messages.some(
    (message) =>
      isRow(message) && Array.isArray(message.content) && message.content.every(isTypedPart),
  );
}

function isTypedPart(part: unknown): boolean {
  return isRow(part) && typeof part.type === 'string';
}

/** A candidate file has lists of paths only. */
function hasOtherMedia({ image, video, images, videos }: Row): boolean {
  const isOther = (list: unknown): boolean => Array.isArray(list) && list.some(isRow);
  return image != null || video != null || isOther(images) || isOther(videos);
}

/** Tags are plain text in a candidate file, and in rows without media. */
function hasTags({ messages, images, videos }: Row): boolean {
  const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;
  return (
    (isFilled(images) || isFilled(videos)) &&
    Array.isArray(messages) &&
    messages.some(
      (message: unknown) =>
        isRow(message) &&
        typeof message.content === 'string' &&
        /<image>|<video>/.test(message.content),
    )
  );
}
