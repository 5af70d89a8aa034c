// What is forgotten once something is saved.

import { expect, test, vi } from 'vitest';
import type { Memento } from 'vscode';
import { Drafts, type KeptDraft } from '../../../src/host/drafts';
import { forgetSaved } from '../../../src/host/views/pageDrafts';

vi.mock('vscode', () => import('./fakeVscode'));

const KEY = JSON.stringify(['f', 1, 'id', 'hash']);
const DRAFT: KeptDraft = {
  places: [2, 1, 0],
  allBad: false,
  accepted: false,
  shown: [0, 1, 2],
  blind: false,
};
const SAVED = {
  kind: 'rank',
  ranks: [[1], [0]],
  unranked: [2],
  accepted: false,
  blind: false,
  shown: [0, 1, 2],
  ms: 1,
} as const;

function draftsWith(): Drafts {
  const stored = new Map<string, unknown>();
  return new Drafts({
    keys: () => [...stored.keys()],
    get: (name: string) => stored.get(name),
    update: (name: string, value: unknown) => Promise.resolve(void stored.set(name, value)),
  } as Memento);
}

test('ranks that were saved are no draft any more; those that were changed meanwhile stay one', async () => {
  const drafts = draftsWith();
  await drafts.ranks.set(KEY, DRAFT);
  await forgetSaved(drafts, KEY, SAVED, 2);
  expect(drafts.ranks.get(KEY)).toBeUndefined();

  const changed = { ...DRAFT, places: [1, 2, 0] };
  await drafts.ranks.set(KEY, changed);
  await forgetSaved(drafts, KEY, SAVED, 2);
  expect(drafts.ranks.get(KEY)).toEqual(changed);

  await forgetSaved(drafts, KEY, { kind: 'allBad' }, 2);
  expect(drafts.ranks.get(KEY)).toEqual(changed);
  await drafts.ranks.set(KEY, { ...DRAFT, places: [0, 0, 0], allBad: true });
  await forgetSaved(drafts, KEY, { kind: 'allBad' }, 2);
  expect(drafts.ranks.get(KEY)).toBeUndefined();
});
