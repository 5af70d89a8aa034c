// TRL's unpaired preference format, for KTO (huggingface/trl: docs/source/dataset_formats.md).

import type { PairFormat } from './pairFormat';
import { answerTurn, requireText } from './textConversation';
import { rowPerAnswer } from './unpaired';

export const trlKto: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: false,
  toRows: rowPerAnswer(({ sample }, answer, label) => {
    const readable = requireText(sample, 'TRL’s KTO trainer');
    return readable.ok
      ? {
          ok: true,
          row: { prompt: sample.messages, completion: [answerTurn(sample, answer.text)], label },
        }
      : readable;
  }),
};
