// TRL's format for reward models: whole conversations, with margins (huggingface/trl:
// docs/source/dataset_formats.md, reward_trainer.md).

import { marginColumn, rowPerPair, type PairFormat } from './pairFormat';
import { answerTurn, requireText } from './textConversation';

export const trlReward: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: false,
  toRows: rowPerPair((pair, context) => {
    const { sample, chosen, rejected } = pair;
    const readable = requireText(sample, 'TRL’s reward trainer');
    if (!readable.ok) {
      return readable;
    }
    const margin = marginColumn(pair, context);
    if (!margin.ok) {
      return margin;
    }
    const row = {
      chosen: [...sample.messages, answerTurn(sample, chosen.text)],
      rejected: [...sample.messages, answerTurn(sample, rejected.text)],
      ...margin.columns,
    };
    return { ok: true, row };
  }),
};
