// LLaMA-Factory's v1 layout: two conversations in parts (hiyouga/LLaMA-Factory:
// src/llamafactory/v1, data/v1_dpo_demo.yaml).

import { isMap, parseDocument } from 'yaml';
import { AppError } from '../../base/errors';
import { rowPerPair, type PairFormat, type RowFile } from './pairFormat';
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
  isTable: true,
  embeds: true,
  folder: {
    parts: [''],
    fileName: (dataset, _part, isTest) => `${dataset}_v1${isTest ? '_test' : ''}.jsonl`,
    listName: () => 'dataset_info.yaml',
    list: toList,
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

/** What else the list holds stays as it is, comments included. */
function toList(
  existing: string | undefined,
  files: readonly RowFile[],
  gone: readonly string[],
  path: string,
): string {
  const list = parseDocument(existing ?? '');
  if (list.errors.length > 0 || !(list.contents === null || isMap(list.contents))) {
    throw new AppError(
      'OUTPUT_FAILED',
      `${path}: not a list of datasets: it would lose what it holds, so nothing was written`,
      { file: path },
    );
  }
  for (const name of gone) {
    if (list.getIn([entryName(name), 'path']) === name) {
      list.delete(entryName(name));
    }
  }
  for (const { name } of files) {
    const entry = entryName(name);
    if (list.hasIn([entry, 'path'])) {
      list.setIn([entry, 'path'], name); // what somebody has added to it stays
      list.setIn([entry, 'source'], 'local');
    } else {
      list.set(entry, list.createNode({ path: name, source: 'local' }));
    }
  }
  return list.toString();
}

function entryName(file: string): string {
  return file.replace(/\.jsonl$/, '');
}
