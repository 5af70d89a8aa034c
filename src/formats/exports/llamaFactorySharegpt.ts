// LLaMA-Factory's sharegpt layout with ranking (hiyouga/LLaMA-Factory: data/README.md,
// src/llamafactory/data/converter.py).

import type { Role } from '../../sample/sample';
import { llamaFactoryFolder } from './llamaFactoryInfo';
import { rowPerPair, type PairFormat } from './pairFormat';
import { mediaColumns, taggedTurns, toDialogue } from './taggedTurns';

const SPEAKERS: Readonly<Record<Role, string>> = {
  system: 'system',
  user: 'human',
  assistant: 'gpt',
};

export const llamaFactorySharegpt: PairFormat = {
  container: 'array',
  isTable: true,
  embeds: false,
  frameLists: 'alone',
  folder: llamaFactoryFolder('sharegpt', {
    messages: 'conversations',
    chosen: 'chosen',
    rejected: 'rejected',
    images: 'images',
    videos: 'videos',
  }),
  toRows: rowPerPair(({ sample, chosen, rejected }, context) => {
    const tagged = taggedTurns(sample, [chosen.text, rejected.text]);
    if (!tagged.ok) {
      return tagged;
    }
    const dialogue = toDialogue(tagged.turns);
    if (!dialogue.ok) {
      return dialogue;
    }
    const row = {
      conversations: tagged.turns.map(({ role, text }) => ({ from: SPEAKERS[role], value: text })),
      chosen: { from: 'gpt', value: chosen.text },
      rejected: { from: 'gpt', value: rejected.text },
      ...mediaColumns(sample, context),
    };
    return { ok: true, row };
  }),
};
