// Keys that are faster than the host: each counts for the sample that it was meant for.

import { expect, test } from 'vitest';
import { NO_VERDICT } from '../../../src/sample/verdict';
import { follow, keyHelp, openPage, show, verdictOf } from './page';

const places = (page: ReturnType<typeof openPage>) => page.store.decisions.draft.places;

test('in the panel U opens the next section without a decision, and keys wait for it', () => {
  const page = openPage('panel');
  follow(page, [false, true, false]);
  show(page, 0);
  page.press('u', '1');
  expect(page.last('openSection')).toMatchObject({ key: 'key-2', takeFocus: true });
  expect(places(page)).toEqual([0, 0, 0]);
  show(page, 2);
  page.answer('openSection');
  expect(places(page)).toEqual([1, 0, 0]);
  expect(page.last('draft')).toMatchObject({ key: 'key-2', draft: { places: [1, 0, 0] } });
  // from the start again, and words when there is none
  page.press('u');
  expect(page.last('openSection')).toMatchObject({ key: 'key-0' });
  show(page, 0);
  follow(page, [false, true, true]);
  page.taken();
  page.press('u', '2');
  expect(page.taken().map(({ type }) => type)).toEqual(['draft']);
  expect(places(page)).toEqual([2, 0, 0]);
});

test('in the panel J and K go over the sections, and Q is no key', () => {
  const page = openPage('panel');
  follow(page, [true, false, true]);
  show(page, 1);
  page.press('k');
  expect(page.last('openSection').key).toBe('key-0');
  show(page, 0);
  page.press('j', 'j');
  expect(page.last('openSection').key).toBe('key-2');
  page.taken();
  page.press('q');
  expect(page.taken()).toEqual([]);
  const keysOf = (surface: 'editor' | 'panel') => keyHelp(surface).flatMap(([keys]) => keys);
  expect(keysOf('panel')).not.toContain('Q');
  expect(keysOf('editor')).toContain('Q');
});

test('each rank lands on the sample it was pressed for', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('j', '1', 'j', '2', '⇧ArrowDown');
  expect(page.last('openRow').row).toBe(1);
  show(page, 1);
  expect(page.last('draft')).toMatchObject({ key: 'key-1', draft: { places: [1, 0, 0] } });
  expect(page.last('openRow').row).toBe(2);
  show(page, 2);
  expect(page.last('draft')).toMatchObject({ key: 'key-2' });
  expect(page.taken().filter(({ type }) => type === 'draft')).toHaveLength(3);
});

test('steps are counted from the row that is on its way', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('j', 'j', 'j', 'k');
  expect(page.store.navigation.currentRow).toBe(2);
  show(page, 1);
  expect(page.store.navigation.currentRow).toBe(2);
  show(page, 2);
  page.press('1');
  expect(page.last('draft').key).toBe('key-2');
});

test('a row that is clicked meanwhile does not get the keys of another one', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('j', '1');
  page.store.navigation.chooseRow(7, true);
  show(page, 1);
  show(page, 7);
  expect(places(page)).toEqual([0, 0, 0]);
  expect(page.taken().filter(({ type }) => type === 'draft')).toEqual([]);
});

test('a row that does not come does not freeze the keys', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('j', '1');
  page.answer('openRow');
  expect(places(page)).toEqual([0, 0, 0]);
  page.press('1');
  expect(places(page)).toEqual([1, 0, 0]);
  page.press('j', '2');
  page.answer('openRow', 'The disk is gone.');
  expect(page.store.alerted).toBe('The disk is gone.');
  page.press('2');
  expect(page.last('draft').key).toBe('key-0');
});

test('undo: keys wait for the answer, not for just any sample or words', () => {
  const page = openPage('editor');
  show(page, 5);
  page.press('z', '1');
  show(page, 5);
  page.receive({ type: 'say', text: 'Copied.' });
  expect(places(page)).toEqual([0, 0, 0]);
  show(page, 2);
  page.receive({ type: 'say', text: 'Undone.' });
  page.answer('undo');
  expect(page.last('draft')).toMatchObject({ key: 'key-2' });
});

test('undo and redo with nothing to take back leave the keys as they are', () => {
  for (const [key, type] of [
    ['z', 'undo'],
    ['⇧Z', 'redo'],
    ['^z', 'undo'],
  ] as const) {
    const page = openPage('panel');
    follow(page, [false]);
    show(page, 0);
    page.press(key, '1');
    expect(places(page)).toEqual([0, 0, 0]);
    page.answer(type);
    expect(places(page)).toEqual([1, 0, 0]);
  }
});

test('the panel that follows another file forgets what was pressed for the last one', () => {
  const page = openPage('panel');
  follow(page, [false, false]);
  show(page, 0);
  page.press('z', '1');
  follow(page, [false, false]);
  show(page, 1);
  page.answer('undo');
  expect(places(page)).toEqual([0, 0, 0]);
  page.press('1');
  expect(places(page)).toEqual([1, 0, 0]);
});

test('after the last sample there are no more, and the words say so', () => {
  const page = openPage('editor', 2);
  show(page, 1);
  page.press('1', 'Enter');
  page.receive({ type: 'verdict', key: 'key-1', verdict: verdictOf([[0]]) });
  page.answer('record');
  expect(page.store.said).toBe('Saved. That was the last one. 0 skipped · 0 flagged');
  page.press('2');
  expect(page.last('draft').key).toBe('key-1');
});

test('an open section is closed by its head, and opened again', () => {
  const page = openPage('panel');
  follow(page, [false, false]);
  show(page, 0);
  page.store.closeSection();
  expect(page.store.sample).toBeUndefined();
  expect(page.last('openSection')).not.toHaveProperty('key');
  page.answer('openSection');
  page.store.navigation.chooseSection('key-0');
  expect(page.last('openSection')).toMatchObject({ key: 'key-0', takeFocus: false });
});

test('in the panel saving opens the next section without a decision, focus goes along', () => {
  const page = openPage('panel');
  follow(page, [false, true, false]);
  show(page, 0);
  page.press('1', 'Enter', '2');
  page.answer('record');
  expect(page.last('openSection')).toMatchObject({ key: 'key-2', takeFocus: true });
  show(page, 2);
  expect(page.last('draft')).toMatchObject({ key: 'key-2', draft: { places: [2, 0, 0] } });
  // the last one: the page stays
  page.receive({ type: 'verdict', key: 'key-0', verdict: verdictOf([[0]]) });
  page.taken();
  page.press('Enter');
  page.answer('record');
  expect(page.taken().map(({ type }) => type)).toEqual(['record']);
  expect(page.store.sample?.verdict).toBe(NO_VERDICT);
});

test('where there is no room the queue is a drawer: closed at first, and closed by Esc', () => {
  const page = openPage('editor');
  const { store } = page;
  show(page, 0);
  expect(store.layout.queueShown).toBe(true);
  store.setNarrow(true);
  expect(store.layout.queueShown).toBe(false);
  let focused = '';
  store.addEventListener('focus-queue', () => (focused = 'queue'));
  store.addEventListener('focus-card', () => (focused = 'card'));
  page.press('q');
  expect([store.layout.queueShown, focused]).toEqual([true, 'queue']);
  page.press('Escape');
  expect([store.layout.queueShown, focused]).toEqual([false, 'card']);
  store.setNarrow(false);
  expect(store.layout.queueShown).toBe(true);
});
