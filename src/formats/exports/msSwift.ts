// ms-swift's preference format, for DPO and reward models (modelscope/ms-swift:
// docs/source_en/Customization/Custom-dataset.md).

import { marginColumn, rowPerPair, type PairFormat } from './pairFormat';
import { mediaColumns, taggedTurns } from './taggedTurns';

export const msSwift: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: true,
  frameLists: 'alone',
  toRows: rowPerPair((pair, context) => {
    const { sample, chosen, rejected } = pair;
    const tagged = taggedTurns(sample, [chosen.text, rejected.text]);
    if (!tagged.ok) {
      return tagged;
    }
    const margin = marginColumn(pair, context);
    if (!margin.ok) {
      return margin;
    }
    const row = {
      messages: [
        ...tagged.turns.map(({ role, text }) => ({ role, content: text })),
        { role: sample.candidateRole, content: chosen.text },
      ],
      rejected_response: rejected.text,
      ...mediaColumns(sample, context),
      ...margin.columns,
    };
    return { ok: true, row };
  }),
};
