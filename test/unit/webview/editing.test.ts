// Editing an answer: what is typed is kept, scored when the typing pauses, and saved once.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPage, sampleAt, show, type Page } from './page';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function started(): Page {
  const page = openPage('editor');
  show(page, 0);
  page.press('e');
  page.taken();
  return page;
}

const scored = (page: Page, text: string, reward: number): void =>
  page.receive({
    type: 'textScore',
    key: 'key-0',
    text,
    score: { state: 'scored', reward, textTokens: 1 },
  });

test('what is typed is kept at once, and scored when the typing pauses', () => {
  const page = started();
  const { editing } = page.store;
  const draft = { type: 'answerDraft', key: 'key-0', candidate: 0, shown: [0, 1, 2] };
  editing.type('aa');
  editing.type('aaa');
  expect(page.taken()).toEqual([
    { ...draft, text: 'aa' },
    { ...draft, text: 'aaa' },
  ]);
  vi.runAllTimers();
  expect(page.taken()).toEqual([{ type: 'scoreText', key: 'key-0', text: 'aaa' }]);
  scored(page, 'aaa', 7);
  expect(editing.score).toMatchObject({ reward: 7 });
  expect(editing.savedReward).toBe(3);
  expect(page.store.said).toBe('A scored 7.00, was 3.00, model’s 1st.');
  // a reward is of the very text that stands there, or it is none
  editing.type('aaab');
  expect(editing.score).toEqual({ state: 'none' });
  scored(page, 'aaa', 8);
  expect(editing.score).toEqual({ state: 'none' });
});

test('a reward leaves the screen with the first character that it is not of', () => {
  const page = started();
  const { editing } = page.store;
  let drawn = 0;
  page.store.addEventListener('change', () => (drawn += 1));
  editing.type('aa');
  expect(drawn).toBe(1);
  editing.type('aaa'); // nothing else is shown
  expect(drawn).toBe(1);
  vi.runAllTimers();
  scored(page, 'aaa', 7);
  drawn = 0;
  editing.type('aaab');
  expect(drawn).toBe(1);
});

test('saving waits for the disk; then the card has focus, and nothing is left', () => {
  const page = started();
  const { editing } = page.store;
  editing.type('better');
  editing.save();
  expect(page.last('record')).toMatchObject({
    key: 'key-0',
    body: { kind: 'edit', candidate: 0, text: 'better' },
  });
  expect(editing.isOpen(0)).toBe(true);
  const candidates = [{ text: 'better', original: 'a' }, { text: 'b' }, { text: 'c' }];
  page.receive({ type: 'sample', sample: sampleAt(0, { candidates }), takeFocus: false });
  page.answer('record');
  expect(editing.draft).toBeUndefined();
  expect(page.store.said).toBe('Saved.');
});

test('an edit that is not saved stays open, and can be tried again', () => {
  const page = started();
  page.store.editing.type('better');
  page.store.editing.save();
  page.answer('record', 'No space.');
  expect(page.store.editing.draft?.text).toBe('better');
  page.taken();
  page.store.decisions.retry();
  expect(page.last('record').body).toMatchObject({ kind: 'edit', text: 'better' });
});

test('however often it is saved, it is written once; again only when that failed', () => {
  const page = started();
  page.store.editing.type('better');
  page.taken();
  page.store.editing.save();
  page.store.editing.save();
  page.answer('record');
  page.store.editing.save();
  expect(page.taken().filter(({ type }) => type === 'record')).toHaveLength(1);
  page.store.editing.type('better still');
  page.store.editing.save();
  page.answer('record', 'No space.');
  page.store.editing.save();
  expect(page.taken().filter(({ type }) => type === 'record')).toHaveLength(2);
});

test('a change is taken back once, until what it leaves is shown', () => {
  const page = openPage('editor');
  show(page, 0);
  page.store.decisions.undoChange(1);
  page.store.decisions.undoChange(1);
  page.answer('undoChange');
  expect(page.taken().filter(({ type }) => type === 'undoChange')).toHaveLength(1);
  page.receive({ type: 'sample', sample: sampleAt(0), takeFocus: false });
  page.store.decisions.undoChange(1);
  expect(page.taken().filter(({ type }) => type === 'undoChange')).toHaveLength(1);
});

test('a text that is too long is said, not sent', () => {
  const page = started();
  page.store.editing.type('x'.repeat(1_000_001));
  expect(page.store.said).toContain('Too long');
  vi.runAllTimers();
  page.store.editing.save();
  expect(page.taken()).toEqual([]);
  expect(page.store.editing.draft?.text).toHaveLength(1_000_001);
});

test('half of a character is no text', () => {
  const page = started();
  page.store.editing.type('\ud83d');
  expect(page.last('answerDraft').text).toBe('\ufffd');
});

test('a sample that is shown anew has its reward asked for again', () => {
  const page = started();
  page.store.editing.type('aaa');
  vi.runAllTimers();
  scored(page, 'aaa', 7);
  page.taken();
  page.receive({ type: 'sample', sample: sampleAt(0), takeFocus: false });
  expect(page.store.editing.score).toEqual({ state: 'none' });
  vi.runAllTimers();
  expect(page.taken()).toEqual([{ type: 'scoreText', key: 'key-0', text: 'aaa' }]);
});

test('what was left of an answer that is gone does not come back with the next one', () => {
  const page = openPage('editor');
  const four = [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'd' }];
  show(page, 0, { candidates: four });
  page.store.editing.open(3);
  page.store.editing.type('half');
  page.store.editing.leave();
  expect(page.store.editing.isLeft(3)).toBe(true);
  page.receive({ type: 'sample', sample: sampleAt(0), takeFocus: false });
  page.receive({ type: 'sample', sample: sampleAt(0, { candidates: four }), takeFocus: false });
  expect(page.store.editing.isLeft(3)).toBe(false);
});

test('leaving keeps the text, going back takes it up, discarding forgets it', () => {
  const page = started();
  const { editing } = page.store;
  editing.type('half');
  editing.leave();
  expect([editing.draft, editing.isLeft(0), editing.isLeft(1)]).toEqual([undefined, true, false]);
  page.press('e');
  expect(editing.draft).toEqual({ candidate: 0, text: 'half' });
  editing.discard();
  expect(page.last('answerDraft')).not.toHaveProperty('text');
  expect(page.last('answerDraft')).toMatchObject({ key: 'key-0', candidate: 0 });
  expect(editing.isLeft(0)).toBe(false);
});

test('a new answer needs text; ranks in the making stay when it arrives', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('1', 'a');
  const { editing } = page.store;
  editing.type('  ');
  editing.save();
  expect(page.store.said).toBe('An answer needs some text.');
  editing.type('new');
  editing.save();
  expect(page.last('record').body).toEqual({ kind: 'add', text: 'new' });
  const candidates = [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'new', added: true }];
  page.receive({ type: 'sample', sample: sampleAt(0, { candidates }), takeFocus: false });
  expect(editing.draft).toBeUndefined();
  expect(page.store.focused).toBe(3);
  expect(page.store.decisions.draft.places).toEqual([1, 0, 0, 0]);
  expect(page.last('draft').draft?.places).toEqual([1, 0, 0, 0]);
});

test('answers in another order: what is written goes with its answer, what was left with its own', () => {
  const page = started();
  const { editing } = page.store;
  editing.type('half');
  editing.leave();
  page.press('e');
  const candidates = [{ text: 'c' }, { text: 'a' }, { text: 'b' }];
  const shown = [2, 0, 1];
  const answerDrafts = [
    { candidate: 1, text: 'half' },
    { candidate: 0, text: 'left' },
  ];
  const sample = sampleAt(0, { candidates, shown, answerDrafts });
  page.receive({ type: 'sample', sample, takeFocus: false });
  expect(editing.draft).toEqual({ candidate: 1, text: 'half' });
  expect([editing.savedText, editing.isLeft(0), editing.isLeft(1)]).toEqual(['a', true, false]);
  editing.save();
  const body = { kind: 'edit', candidate: 1, shown, text: 'half' };
  expect(page.last('record').body).toEqual(body);
  page.store.decisions.undoChange(1);
  expect(page.last('undoChange')).toMatchObject({ candidate: 1, shown });
});

test('an answer that is added changes no order: ranks in the making stay', () => {
  const page = openPage('editor');
  show(page, 0, { shown: [2, 0, 1] });
  page.press('1');
  const candidates = [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'new', added: true }];
  const sample = sampleAt(0, { candidates, shown: [2, 0, 1, 3] });
  page.receive({ type: 'sample', sample, takeFocus: false });
  expect(page.last('draft')).toMatchObject({
    shown: [2, 0, 1, 3],
    draft: { places: [1, 0, 0, 0] },
  });
});

test('a blind sample is edited without asking for rewards', () => {
  const page = openPage('editor');
  const hidden = { state: 'hidden', scored: true, textTokens: 1 } as const;
  const { score } = sampleAt(0);
  const candidates = score.candidates.map(() => hidden);
  show(page, 0, { blind: true, score: { ...score, candidates } });
  page.press('e');
  page.store.editing.type('better');
  page.taken();
  vi.runAllTimers();
  expect(page.taken()).toEqual([]);
  page.receive({ type: 'textScore', key: 'key-0', text: 'better', score: hidden });
  expect([page.store.editing.savedReward, page.store.said]).toEqual([null, '']);
});

test('another sample closes the field and gives up its scoring', () => {
  const page = started();
  page.store.editing.type('half');
  vi.runAllTimers();
  page.receive({
    type: 'textScore',
    key: 'key-0',
    text: 'half',
    score: { state: 'scoring', attempt: 1 },
  });
  show(page, 1);
  expect(page.taken().at(-1)).toEqual({ type: 'cancelText' });
  expect(page.store.editing.draft).toBeUndefined();
});

test('in Restricted Mode nothing is edited', () => {
  const page = openPage('editor');
  page.store.readOnly = true;
  show(page, 0);
  page.press('e', 'a');
  expect(page.store.editing.draft).toBeUndefined();
  expect(page.store.said).toContain('Saving is off in Restricted Mode.');
});
