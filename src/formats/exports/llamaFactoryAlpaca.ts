// LLaMA-Factory's alpaca layout with ranking (hiyouga/LLaMA-Factory: data/README.md,
// src/llamafactory/data/converter.py).

import { llamaFactoryFolder } from './llamaFactoryInfo';
import { rowPerPair, type PairFormat } from './pairFormat';
import { mediaColumns, taggedTurns, toDialogue } from './taggedTurns';

export const llamaFactoryAlpaca: PairFormat = {
  container: 'array',
  isTable: true,
  embeds: false,
  frameLists: 'alone',
  folder: llamaFactoryFolder('alpaca', {
    prompt: 'instruction',
    query: 'input',
    chosen: 'chosen',
    rejected: 'rejected',
    system: 'system',
    history: 'history',
    images: 'images',
    videos: 'videos',
  }),
  toRows: rowPerPair(({ sample, chosen, rejected }, context) => {
    const tagged = taggedTurns(sample, [chosen.text, rejected.text]);
    const dialogue = tagged.ok ? toDialogue(tagged.turns) : tagged;
    if (!dialogue.ok) {
      return dialogue;
    }
    const { system, turns } = dialogue;
    const history = turns
      .slice(0, -1)
      .flatMap(({ role, text }, n) => (role === 'user' ? [[text, turns[n + 1]?.text ?? '']] : []));
    const row = {
      instruction: turns.at(-1)?.text ?? '',
      input: '',
      chosen: chosen.text,
      rejected: rejected.text,
      ...(system === undefined ? {} : { system }),
      ...(history.length === 0 ? {} : { history }),
      ...mediaColumns(sample, context),
    };
    return { ok: true, row };
  }),
};
