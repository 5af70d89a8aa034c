// OpenRLHF's preference format, for `--data.prompt_key prompt` (OpenRLHF: openrlhf/datasets/
// reward_dataset.py).

import { marginColumn, rowPerPair, type PairFormat } from './pairFormat';
import { answerTurn, requireText } from './textConversation';

export const openrlhf: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: false,
  toRows: rowPerPair((pair, context) => {
    const { sample, chosen, rejected } = pair;
    const readable = requireText(sample, 'OpenRLHF');
    if (!readable.ok) {
      return readable;
    }
    const margin = marginColumn(pair, context);
    if (!margin.ok) {
      return margin;
    }
    const row = {
      prompt: sample.messages,
      chosen: [answerTurn(sample, chosen.text)],
      rejected: [answerTurn(sample, rejected.text)],
      ...margin.columns,
    };
    return { ok: true, row };
  }),
};
