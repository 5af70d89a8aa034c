// Rows as in MM-RLHF's dpo_pairs.jsonl (Kwai-YuanQi/MM-RLHF: llava/train/train_dpo.py).

import { rowPerPair, type PairFormat } from './pairFormat';
import { questionWithMedium } from './placedMedia';

/** One image or video and one question each; the trainer puts the medium first. */
export const mmRlhf: PairFormat = {
  container: 'lines',
  isTable: false,
  embeds: false,
  toRows: rowPerPair(({ sample, chosen, rejected }, { mediumOf }) => {
    const question = questionWithMedium(sample);
    if (!question.ok) {
      return question;
    }
    const { kind, path } = question.medium;
    const row = {
      id: sample.id,
      [kind]: mediumOf(path).path,
      prompt: question.text,
      chosen: chosen.text,
      rejected: rejected.text,
      chosen_reason: '',
      rejected_reason: '',
    };
    return { ok: true, row };
  }),
};
