// Training pairs of IXC-2.5-Reward (InternLM-XComposer-2.5-Reward/training/README.md).

import { FIRST_WINS, sharedPrompt, toCandidate, toContent } from './answers';
import { optionalText } from './columns';
import { isVideoName, mediaColumn } from './mediaReference';
import { defineFormat, isFault } from './rowFormat';
import { turns } from './turns';

/** `image` names pictures and videos; several have their marks in the text already. */
export const ixc = defineFormat({
  name: 'IXC-2.5-Reward training data',
  expected: '"conversations_a" (chosen) and "conversations_b" (rejected), perhaps "image"',
  fits: (row) => 'conversations_a' in row && 'conversations_b' in row,
  shape: {
    conversations_a: turns,
    conversations_b: turns,
    image: mediaColumn,
    model_a: optionalText,
    model_b: optionalText,
  },
  toContent(row) {
    const pair = sharedPrompt(row.conversations_a, row.conversations_b);
    if (isFault(pair)) {
      return pair;
    }
    return toContent({
      prompt: pair.prompt,
      images: row.image.filter((name) => !isVideoName(name)),
      videos: row.image.filter(isVideoName),
      answers: [toCandidate(pair.chosen, row.model_a), toCandidate(pair.rejected, row.model_b)],
      given: { ranks: FIRST_WINS },
    });
  },
});
