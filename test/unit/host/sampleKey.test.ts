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
  const draft = { places: [2, 1], allBad: false, accepted: false };
  await drafts.set(sampleKey('/d.jsonl', sampleOf({ line: 3 })), draft);
  const moved = sampleKey('/d.jsonl', sampleOf({ line: 4 }));
  expect(drafts.get(moved, 2)).toEqual(draft);
  const other = sampleOf({ line: 3, messages: [{ role: 'user', content: 'Other?' }] });
  expect(drafts.get(sampleKey('/d.jsonl', other), 2)).toBeUndefined();
  expect(drafts.get(sampleKey('/e.jsonl', sampleOf({ line: 3 })), 2)).toBeUndefined();
  expect(drafts.get(moved, 3)).toBeUndefined();
  await drafts.set(moved, undefined);
  expect(drafts.get(moved, 2)).toBeUndefined();
});
