// Ranks by digits, with few and with many answers.

import { expect, test } from 'vitest';
import { rankTyped, TWO_DIGITS_MS } from '../../../webview/typedRank';
import { openPage, show, type Page } from './page';

function openSample(answers: number): Page {
  const page = openPage('editor');
  const candidates = Array.from({ length: answers }, (_, n) => ({ text: `${n}` }));
  show(page, 0, {
    candidates,
    score: { candidates: [], before: [], prefixTokens: 0, media: [], medianRange: 0 },
  });
  return page;
}

const places = (page: Page): readonly number[] => page.store.decisions.draft.places;

test('two digits at once are one rank of the first card', () => {
  const page = openSample(12);
  page.press('1');
  expect([places(page)[0], page.store.focused]).toEqual([1, 1]);
  page.pressAfter(TWO_DIGITS_MS, '2');
  expect(places(page).slice(0, 2)).toEqual([12, 0]);
  expect(page.store.focused).toBe(1);
  expect(page.store.said).toBe('A 12th.');
  // the pair is done: the next digit begins anew
  page.press('1');
  page.pressAfter(100, '0');
  expect(places(page).slice(0, 3)).toEqual([12, 10, 0]);
});

test('later, after another key, or above the number of answers they are two ranks', () => {
  const late = openSample(12);
  late.press('1');
  late.pressAfter(TWO_DIGITS_MS + 1, '2');
  expect(places(late).slice(0, 2)).toEqual([1, 2]);
  const moved = openSample(12);
  moved.press('1', 'ArrowRight', 'ArrowLeft', '2');
  expect(places(moved).slice(0, 3)).toEqual([1, 2, 0]);
  const over = openSample(12);
  over.press('2', '5');
  expect(places(over).slice(0, 2)).toEqual([2, 5]);
});

test('with nine answers or fewer every digit is a rank, and 0 takes one away', () => {
  const page = openSample(9);
  page.press('1', '2', '3');
  expect(places(page).slice(0, 3)).toEqual([1, 2, 3]);
  page.press('Home', '0');
  expect(places(page)[0]).toBe(0);
});

test('a rank above nine is reached by Shift and arrows, too', () => {
  const page = openSample(11);
  page.press(...'123456789'.split('').flatMap((digit) => ['Escape', digit]));
  page.press('⇧ArrowUp', 'ArrowRight', '⇧ArrowUp');
  expect(places(page)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a digit on another sample does not go with one before it', () => {
  const at = { sample: 'b', answers: 64, focused: 1, atMs: 100 };
  const before = { sample: 'a', candidate: 0, digit: 1, focused: 1, atMs: 50 };
  expect(rankTyped(2, at, before)).toEqual({ candidate: 1, place: 2, isWhole: false });
  expect(rankTyped(2, at, { ...before, sample: 'b' })).toEqual({
    candidate: 0,
    place: 12,
    isWhole: true,
  });
});
