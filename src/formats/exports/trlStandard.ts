// TRL's standard preference format: plain text (huggingface/trl: docs/source/dataset_formats.md).

import { leftOut, rowPerPair, type PairFormat } from './pairFormat';
import { requireText } from './textConversation';

/**
 * The trainer joins prompt and answer as they are, so an answer begins with the space between them,
 * unless the prompt ends with white space.
 */
export const trlStandard: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: false,
  toRows: rowPerPair(({ sample, chosen, rejected }) => {
    const readable = requireText(sample, 'TRL’s standard format');
    if (!readable.ok) {
      return readable;
    }
    const [turn, ...others] = sample.messages;
    if (turn?.role !== 'user' || others.length > 0) {
      return leftOut('the format holds one prompt, not a conversation or a system turn');
    }
    const prompt = turn.content;
    const join = /\s$/.test(prompt) ? '' : ' ';
    const row = { prompt, chosen: join + chosen.text, rejected: join + rejected.text };
    return { ok: true, row };
  }),
};
