// Saving: what is shown while it lasts, when it fails, and what is never lost.

import { expect, test } from 'vitest';
import { NO_VERDICT } from '../../../src/sample/verdict';
import { openPage, sampleAt, show, verdictOf, type Page } from './page';

function started(): Page {
  const page = openPage('editor');
  show(page, 0);
  return page;
}

const places = ({ store }: Page) => store.decisions.draft.places;

test('a flag on the heels of “Save and next” keeps the page from nothing', () => {
  const page = started();
  page.press('1', 'Enter');
  const { request } = page.last('record');
  page.store.decisions.toggleFlag(); // by mouse
  page.receive({ type: 'done', request });
  expect(page.last('openRow').row).toBe(1);
  show(page, 1);
  page.answer('record');
  page.press('2');
  expect(page.last('draft')).toMatchObject({ key: 'key-1', draft: { places: [2, 0, 0] } });
  expect(page.store.decisions.saving.isUnderWay).toBe(false);
});

test('a second click on “Save and next” saves nothing twice', () => {
  const page = started();
  page.press('1');
  page.store.decisions.saveAndNext();
  page.store.decisions.saveAndNext();
  page.store.decisions.skip();
  expect(page.taken().filter(({ type }) => type === 'record')).toHaveLength(1);
});

test('ranks of an answer that was edited since are saved again when asked for', () => {
  const page = openPage('editor');
  show(page, 0, { verdict: verdictOf([[0], [1]]) });
  page.press('Enter');
  expect(page.taken().filter(({ type }) => type === 'record')).toEqual([]);
  const other = openPage('editor');
  show(other, 0, { verdict: { ...verdictOf([[0], [1]]), editedSince: [1] } });
  other.press('Enter');
  expect(other.last('record').body).toMatchObject({ kind: 'rank', ranks: [[0], [1]] });
});

test('a failed save: what was pressed for the next sample is dropped, the ranks stay', () => {
  const page = started();
  page.press('1', 'Enter', '2');
  page.answer('record', 'No space.');
  expect(page.store.alerted).toBe('Not saved. No space.');
  expect(page.store.decisions.saving.failure).toMatchObject({ text: 'No space.', elsewhere: true });
  expect(places(page)).toEqual([1, 0, 0]);
  page.press('2');
  expect(places(page)).toEqual([1, 2, 0]);
});

test.each([
  ['skip', 's', { kind: 'skip' }],
  ['flag', 'f', { kind: 'flag', on: true }],
])('“Try again” repeats a %s', (_, key, body) => {
  const page = started();
  page.press(key);
  page.answer('record', 'No space.');
  page.taken();
  page.store.decisions.retry();
  expect(page.last('record')).toMatchObject({ key: 'key-0', body });
  expect(page.store.decisions.saving.failure).toBeUndefined();
  page.answer('record');
  expect(page.taken().some(({ type }) => type === 'openRow')).toBe(key === 's');
});

test('“Try again” repeats an undo, and ranks as they are by then', () => {
  const page = started();
  page.press('z');
  page.answer('undo', 'No space.');
  page.taken();
  page.store.decisions.retry();
  expect(page.taken()).toMatchObject([{ type: 'undo' }]);

  const other = started();
  other.press('1', 'Enter');
  other.answer('record', 'No space.');
  other.press('End', '2');
  other.store.decisions.retry();
  expect(other.last('record').body).toMatchObject({ ranks: [[0], [2]] });
  other.answer('record');
  expect(other.last('openRow').row).toBe(1);
});

test('a failure that comes when another sample is shown is repeated for its own sample', () => {
  const page = started();
  page.store.toggle('noteOpen', true);
  page.store.closeNote('odd');
  page.press('j');
  show(page, 1);
  page.answer('record', 'No space.');
  page.store.decisions.retry();
  expect(page.last('record')).toMatchObject({ key: 'key-0', body: { kind: 'note', text: 'odd' } });
});

test('a note that could not be saved is still there, and kept by the host', () => {
  const page = started();
  page.store.toggle('noteOpen', true);
  page.store.decisions.keepNote('half');
  expect(page.last('noteDraft')).toMatchObject({ key: 'key-0', text: 'half' });
  page.store.closeNote('half a note');
  expect(page.last('record').body).toEqual({ kind: 'note', text: 'half a note' });
  page.answer('record', 'No space.');
  expect(page.store.decisions.noteText).toBe('half a note');
  expect(page.store.decisions.note).toBe('half a note');
  page.store.decisions.retry();
  page.receive({ type: 'verdict', key: 'key-0', verdict: { ...NO_VERDICT, note: 'half a note' } });
  page.answer('record');
  expect(page.store.decisions.note).toBeUndefined();
  expect(page.store.decisions.noteText).toBe('half a note');
  // another sample, and back: what the host has kept
  show(page, 1);
  expect(page.store.decisions.noteText).toBe('');
  show(page, 0, { noteDraft: 'unsaved' });
  expect(page.store.decisions.note).toBe('unsaved');
});

test('a note that is as it was is neither kept nor saved', () => {
  const page = openPage('editor');
  show(page, 0, { verdict: { ...NO_VERDICT, note: 'old' } });
  page.store.toggle('noteOpen', true);
  page.store.decisions.keepNote('older');
  page.taken();
  page.store.closeNote('old');
  expect(page.taken()).toEqual([{ type: 'noteDraft', key: 'key-0' }]);
});

test('“Save to another folder”: the failed action is repeated when a folder is chosen', () => {
  const page = started();
  page.press('f');
  page.answer('record', 'No space.');
  page.store.decisions.saveElsewhere();
  expect(page.last('saveElsewhere').key).toBe('key-0');
  page.answer('saveElsewhere', 'No folder was chosen.');
  expect(page.store.decisions.saving.failure).toMatchObject({
    text: 'No folder was chosen.',
    elsewhere: true,
  });
  page.store.decisions.saveElsewhere();
  // the dataset was opened anew for that
  show(page, 0);
  page.taken();
  page.store.decisions.saveElsewhere();
  page.answer('saveElsewhere');
  expect(page.last('record')).toMatchObject({ body: { kind: 'flag', on: true } });
});

test('an accepted order becomes a vote with the same order, and the other way round', () => {
  const page = openPage('editor');
  const accepted = verdictOf([[0], [1], [2]], true);
  show(page, 0, { verdict: accepted });
  expect(page.store.decisions.isSaved).toBe(true);
  page.press('Home', '1');
  expect(page.store.decisions.isSaved).toBe(false);
  page.press('Enter');
  expect(page.last('record').body).toMatchObject({ accepted: false, ranks: [[0], [1], [2]] });

  const other = openPage('editor');
  show(other, 0, { verdict: verdictOf([[0], [1], [2]]) });
  other.press('m', 'Enter');
  expect(other.last('record').body).toMatchObject({ accepted: true });
});

test('ranks beyond the number of answers are not shown', () => {
  const page = started();
  page.press('4');
  expect(places(page)).toEqual([0, 0, 0]);
  expect(page.store.said).toBe('There are only 3 answers.');
  show(page, 1, { verdict: verdictOf([[5], [0]]) });
  expect(places(page)).toEqual([2, 0, 0]);
});

test('a skip takes away the ranks that were not saved; others’ news do not', () => {
  const page = started();
  page.press('1', '2');
  page.receive({ type: 'verdict', key: 'key-0', verdict: { ...NO_VERDICT, flagged: true } });
  expect(places(page)).toEqual([1, 2, 0]);
  // the same sample anew, with a draft that is older than the page's
  show(page, 0, { draft: { places: [1, 0, 0], allBad: false, accepted: false } });
  expect(places(page)).toEqual([1, 2, 0]);
  page.press('s');
  const verdict = verdictOf([]);
  page.receive({ type: 'verdict', key: 'key-0', verdict });
  expect(places(page)).toEqual([0, 0, 0]);
});

test('ranks that change while they are saved stay changed', () => {
  const page = started();
  page.press('1', 'Enter');
  page.store.decisions.rank(1, 2); // by mouse
  page.receive({ type: 'verdict', key: 'key-0', verdict: verdictOf([[0]]) });
  expect(places(page)).toEqual([1, 2, 0]);
  expect(page.store.decisions.isSaved).toBe(false);
});

test('a menu of VS Code undoes as the key does', () => {
  const page = started();
  page.receive({ type: 'takeBack', what: 'undo' });
  page.answer('undo', 'No space.');
  expect(page.store.decisions.saving.failure).toMatchObject({ action: { kind: 'undo' } });
});

test('without trust nothing is sent to be saved, and the words say why', () => {
  const page = openPage('editor');
  const progress = { reviewed: 0, skipped: 0, flagged: 0, total: 1 };
  page.receive({
    type: 'dataset',
    name: 'd',
    indexed: { rows: 1, share: 1 },
    progress,
    readOnly: true,
  });
  page.receive({ type: 'sample', sample: sampleAt(0), takeFocus: false });
  for (const keys of [['1', 'Enter'], ['s'], ['f'], ['z', 'z']]) {
    page.press(...keys);
    expect(page.store.said.trim()).toBe('Saving is off in Restricted Mode.');
    page.store.say('');
  }
  // the ranks, and that they were taken back
  expect(page.taken().map(({ type }) => type)).toEqual(['draft', 'draft']);
});

const BLIND = {
  blind: true,
  shown: [2, 0, 1],
  score: {
    candidates: [0, 1, 2].map(() => ({ state: 'hidden' as const, scored: true, textTokens: 1 })),
    before: [],
    prefixTokens: 0,
    media: [],
    medianRange: 0,
  },
};

test('a blind sample is revealed where it is; a second Enter waits for that, and goes on', () => {
  const page = openPage('editor');
  show(page, 0, BLIND);
  page.press('1', 'Enter', 'Enter');
  const { request, body } = page.last('record');
  expect(body).toMatchObject({ kind: 'rank', blind: true, shown: [2, 0, 1] });
  const verdict = verdictOf([[0]]);
  page.receive({
    type: 'sample',
    sample: sampleAt(0, { shown: [2, 0, 1], verdict }),
    takeFocus: false,
  });
  expect(page.taken().filter(({ type }) => type === 'openRow')).toEqual([]);
  page.receive({ type: 'done', request });
  expect(page.taken()).toMatchObject([{ type: 'openRow', row: 1 }]);
});

test('after a blind verdict the next sample follows at once when that is set', () => {
  const page = openPage('editor');
  page.receive({ type: 'mode', mode: { blind: true, shuffle: false, goesOn: true } });
  show(page, 0, BLIND);
  page.press('1', 'Enter');
  page.answer('record');
  expect(page.last('openRow').row).toBe(1);
});

test('a blind page has no model’s order to take, and no best answer to compare with', () => {
  const page = openPage('editor');
  show(page, 0, BLIND);
  page.press('m');
  expect(places(page)).toEqual([0, 0, 0]);
  expect(page.store.said).toContain('Blind');
  const { sample, textView, decisions } = page.store;
  expect(sample && textView.baseOf(sample, decisions.rewards)).toBeUndefined();
  page.press('p');
  expect(sample && textView.baseOf(sample, decisions.rewards)).toBe(0);
});

test('ranks that were begun in another order of the same answers are not taken over', () => {
  const page = openPage('editor');
  show(page, 0, BLIND);
  page.press('1');
  expect(page.last('draft')).toMatchObject({ blind: true, shown: [2, 0, 1] });
  page.receive({
    type: 'sample',
    sample: sampleAt(0, { draft: { places: [0, 0, 1], allBad: false, accepted: false } }),
    takeFocus: false,
  });
  expect(places(page)).toEqual([0, 0, 1]);
});

test('undo takes back ranks that are not saved before it takes back what is', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('2', '1');
  const ranked = page.store.decisions.draft;
  page.taken();
  page.press('z');
  expect(page.store.decisions.draft.places).toEqual([0, 0, 0]);
  expect(page.store.said).toBe('Taken back: what was not saved here.');
  page.press('⇧Z');
  expect(page.store.decisions.draft).toEqual(ranked);
  page.press('z');
  expect(page.taken().filter(({ type }) => type === 'undo')).toEqual([]);
  page.press('z');
  expect(page.last('undo')).toBeDefined();
});
