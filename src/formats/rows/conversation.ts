// Whole conversations: LLaVA and its kin (from, value), and messages with media (role, content).

import { splitAnswer, toCandidate, toContent } from './answers';
import { hasFittingTags, hasOtherMedia, hasParts } from './chatRow';
import { mediaColumns, mediaOfColumns, optionalText } from './columns';
import { MEDIA_TAGS, type RowMedia } from './mediaLayout';
import { defineFormat, isFault, type RowContent, type RowFault } from './rowFormat';
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
        tags: MEDIA_TAGS,
        answers: [toCandidate(split.answer)],
        domain,
      });
}

/** Left in the video data of LLaVA-NeXT, whose trainer strips it. */
const NOISE = 'QA_GT_caption_based_noisy';

function withoutNoise({ role, pieces }: RawTurn): RawTurn {
  return {
    role,
    pieces: pieces.map((piece) =>
      typeof piece === 'string' ? piece.replaceAll(NOISE, '') : piece,
    ),
  };
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
  toContent(row) {
    const media = mediaOfColumns(row);
    const talk = media.videos.length > 0 ? row.conversations.map(withoutNoise) : row.conversations;
    return answered([...systemTurns(row.system), ...talk], media, row.data_source);
  },
});

/** OpenAI's, Anthropic's, ms-swift's and LLaMA-Factory's messages, where media are among them. */
export const mediaMessages = defineFormat({
  name: 'messages with media (ms-swift, OpenAI, LLaMA-Factory)',
  expected: '"messages" of {"role", "content"} that end with an answer, perhaps "images", "videos"',
  fits: (row) => hasParts(row) || hasOtherMedia(row) || hasFittingTags(row),
  shape: { messages: turns, ...mediaColumns },
  toContent: (row) => answered(row.messages, mediaOfColumns(row)),
});
