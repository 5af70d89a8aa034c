// LLaMA-Factory's v1 layout: two conversations in parts (hiyouga/LLaMA-Factory:
// src/llamafactory/v1, data/v1_dpo_demo.yaml).

import type { PairFormat, RowFile } from './pairFormat';
import { rowPerPair } from './pairFormat';
import { placeMedia } from './placedMedia';

type V1Part =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'image_url' | 'video_url'; readonly value: string };

interface V1Message {
  readonly role: string;
  readonly content: readonly V1Part[];
  /** only the answer is learnt */
  readonly loss_weight: 0 | 1;
}

export const llamaFactoryV1: PairFormat = {
  container: 'lines',
  embeds: true,
  folder: {
    parts: [''],
    fileName: (dataset, _part, isTest) => `${dataset}_v1${isTest ? '_test' : ''}.jsonl`,
    listName: () => 'dataset_info.yaml',
    list: (existing, files) => files.reduce(withEntry, existing ?? ''),
  },
  toRows: rowPerPair(({ sample, chosen, rejected }, { mediumOf }) => {
    const placed = placeMedia(sample);
    if (!placed.ok) {
      return placed;
    }
    const prompt = placed.turns.map(({ role, pieces }): V1Message => ({
      role,
      content: pieces.map((piece) => {
        if (typeof piece === 'string') {
          return { type: 'text', value: piece };
        }
        const { path, dataUrl } = mediumOf(piece.path);
        return { type: `${piece.kind}_url`, value: dataUrl ?? path };
      }),
      loss_weight: 0,
    }));
    const answer = (value: string): V1Message => ({
      role: sample.candidateRole,
      content: [{ type: 'text', value }],
      loss_weight: 1,
    });
    const row = {
      chosen_messages: [...prompt, answer(chosen.text)],
      rejected_messages: [...prompt, answer(rejected.text)],
    };
    return { ok: true, row };
  }),
};

/** The list is YAML: an entry is a line without indent and the indented ones after it. */
function withEntry(list: string, { name }: RowFile): string {
  const title = `${name.replace(/\.jsonl$/, '')}:`;
  const lines = list === '' ? [] : list.replace(/\n$/, '').split('\n');
  const kept: string[] = [];
  let isOwn = false;
  for (const line of lines) {
    isOwn = line.trimEnd() === title || (isOwn && /^(\s|$)/.test(line));
    if (!isOwn) {
      kept.push(line);
    }
  }
  return `${[...kept, title, `  path: ${name}`, '  source: local'].join('\n')}\n`;
}
