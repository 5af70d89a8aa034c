// Rows as in the RLAIF-V dataset (RLHF-V/RLAIF-V: muffin/data/datasets.py and its dataset card).

import { leftOut, rowPerPair, type PairFormat } from './pairFormat';
import { questionWithMedium } from './placedMedia';

/** One image and one question each. Embedded, `image.bytes` is base64: JSON has no bytes. */
export const rlaifV: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: true,
  toRows: rowPerPair(({ sample, chosen, rejected }, { mediumOf }) => {
    const question = questionWithMedium(sample);
    if (!question.ok) {
      return question;
    }
    if (question.medium.kind === 'video') {
      return leftOut('RLAIF-V has no place for videos');
    }
    const { path, dataUrl } = mediumOf(question.medium.path);
    const bytes = dataUrl === undefined ? null : dataUrl.slice(dataUrl.indexOf(',') + 1);
    const row = {
      ds_name: 'rewardlens',
      image: { bytes, path },
      question: question.text,
      chosen: chosen.text,
      rejected: rejected.text,
      origin_dataset: sample.domain ?? '',
      origin_split: JSON.stringify({ model: chosen.source ?? '', type: 'question_answering' }),
      idx: sample.id,
      image_path: path,
    };
    return { ok: true, row };
  }),
};
