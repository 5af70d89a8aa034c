// Our own rows of preference pairs: everything that is known of a pair, in flat columns.

import { marginOf } from '../preferencePair';
import { written, type PairFormat } from './pairFormat';

/** Every row has every column; what is not known is null. */
export const rewardlens: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: true,
  frameLists: 'beside files',
  toRows: (pairs, { mediumOf }) => {
    const named = (paths: readonly string[]): readonly unknown[] =>
      paths.map((path) => written(mediumOf(path)));
    const rows = pairs.map((pair) => {
      const { sample, chosen, rejected } = pair;
      const row = {
        id: sample.id,
        line: sample.line,
        domain: sample.domain ?? null,
        prompt: sample.messages,
        images: named(sample.images),
        videos: named(sample.videos),
        hd_num: sample.hdNum ?? null,
        max_length: sample.maxLength ?? null,
        chosen: chosen.text,
        rejected: rejected.text,
        chosen_model: chosen.source ?? null,
        rejected_model: rejected.source ?? null,
        chosen_reward: chosen.reward ?? null,
        rejected_reward: rejected.reward ?? null,
        margin: marginOf(pair) ?? null,
        reward_model: pair.model ?? null,
        annotators: pair.annotators,
        at: pair.at ?? null,
        accepted: pair.accepted,
        tied: pair.tied,
        edited_chosen: chosen.edited,
        edited_rejected: rejected.edited,
      };
      return { row, marks: {} };
    });
    return { rows, held: pairs, reasons: [] };
  },
};
