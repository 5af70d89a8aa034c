import type * as vscode from 'vscode';
import { expect, test } from 'vitest';
import { Drafts } from '../../../src/host/drafts';
import { placeOf, sampleKey } from '../../../src/host/sampleKey';
import { sampleOf } from '../../support/samples';

function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key) as never,
    update: (key, value) => Promise.resolve(void values.set(key, value)),
  };
}

test('a key names what a sample says, not only where it stands', () => {
  const key = sampleKey('/d.jsonl', sampleOf({ line: 3 }));
  expect(placeOf(key)).toEqual({ file: '/d.jsonl', line: 3 });
  const edited = sampleOf({ line: 3, candidates: [{ text: 'Four.' }, { text: 'Six.' }] });
  expect(sampleKey('/d.jsonl', edited)).not.toBe(key);
});

test('a draft goes with its sample when rows move, and never to another one', async () => {
  const drafts = new Drafts(memento());
  const draft = { places: [2, 1], allBad: false, accepted: false, shown: [1, 0], blind: true };
  await drafts.ranks.set(sampleKey('/d.jsonl', sampleOf({ line: 3 })), draft);
  const moved = sampleKey('/d.jsonl', sampleOf({ line: 4 }));
  expect(drafts.ranks.get(moved)).toEqual(draft);
  const other = sampleOf({ line: 3, messages: [{ role: 'user', content: 'Other?' }] });
  expect(drafts.ranks.get(sampleKey('/d.jsonl', other))).toBeUndefined();
  expect(drafts.ranks.get(sampleKey('/e.jsonl', sampleOf({ line: 3 })))).toBeUndefined();
  expect(drafts.notes.get(moved)).toBeUndefined();
  await drafts.ranks.set(moved, undefined);
  expect(drafts.ranks.get(moved)).toBeUndefined();
});
