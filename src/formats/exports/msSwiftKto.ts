// ms-swift's format for KTO: answers with labels (modelscope/ms-swift:
// docs/source_en/Customization/Custom-dataset.md).

import type { PairFormat } from './pairFormat';
import { mediaColumns, taggedTurns } from './taggedTurns';
import { rowPerAnswer } from './unpaired';

export const msSwiftKto: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: true,
  frameLists: 'alone',
  toRows: rowPerAnswer(({ sample }, answer, label, context) => {
    const tagged = taggedTurns(sample, [answer.text]);
    if (!tagged.ok) {
      return tagged;
    }
    const row = {
      messages: [
        ...tagged.turns.map(({ role, text }) => ({ role, content: text })),
        { role: sample.candidateRole, content: answer.text },
      ],
      label,
      ...mediaColumns(sample, context),
    };
    return { ok: true, row };
  }),
};
