// Two answers side by side: which two, what keys do there, and the way back.

import { expect, test } from 'vitest';
import { pairFor, withNext } from '../../../webview/comparison';
import { orderSentence, pairSentence } from '../../../webview/orderText';
import type { SampleView } from '../../../src/protocol/reviewProtocol';
import { openPage, sampleAt, verdictOf, type Page } from './page';

test('the base is on the left; the base itself is compared with the next one', () => {
  expect(pairFor(4, 2, 0)).toEqual({ left: 0, right: 2 });
  expect(pairFor(4, 0, 3)).toEqual({ left: 3, right: 0 });
  expect(pairFor(4, 3, 3)).toEqual({ left: 3, right: 0 });
  expect(pairFor(3, 1, undefined)).toEqual({ left: 1, right: 2 });
  expect(pairFor(1, 0, 0)).toBeUndefined();
});

test('swapping goes through the others, one after the other', () => {
  expect(withNext({ left: 0, right: 2 }, 'right', 4)).toEqual({ left: 0, right: 3 });
  expect(withNext({ left: 0, right: 3 }, 'right', 4)).toEqual({ left: 0, right: 1 });
  expect(withNext({ left: 0, right: 1 }, 'left', 4)).toEqual({ left: 2, right: 1 });
  expect(withNext({ left: 0, right: 1 }, 'right', 2)).toBeUndefined();
});

test('where two stand, in a sentence', () => {
  const pair = { left: 0, right: 2 };
  expect(pairSentence([1, 0, 2, 0], pair)).toBe('A is your 1st, C your 2nd of 4.');
  expect(pairSentence([1, 3, 1, 2], pair)).toBe('A and C are tied as your 1st of 4.');
  expect(pairSentence([0, 1, 2, 0], pair)).toBe('C is your 2nd of 4, A is not ranked.');
  expect(pairSentence([0, 1, 0, 0], pair)).toBe('Neither is ranked yet.');
  expect(orderSentence([1, 0, 2, 0])).toBe('Your order: A, then C. B, D not ranked.');
});

/** Answers without rewards, as in blind review or before they are scored. */
function sampleView(row: number, count: number): SampleView {
  return sampleAt(row, {
    candidates: Array.from({ length: count }, (_, n) => ({ text: `answer ${n}` })),
    answerDrafts: [],
    score: {
      candidates: Array.from({ length: count }, () => ({ state: 'none' })),
      before: [],
      prefixTokens: 0,
      media: [],
      medianRange: 0,
    },
  });
}

function comparing(): Page {
  const page = openPage('editor');
  page.receive({ type: 'sample', sample: sampleView(0, 4), takeFocus: false });
  page.store.togglePin(0);
  page.store.focusCard(2);
  page.press('c');
  return page;
}

test('arrows choose, T ties, and the draft is that of the cards', () => {
  const page = comparing();
  const { store } = page;
  expect(store.pair).toEqual({ left: 0, right: 2 });
  expect(store.focused).toBe(2);
  page.press('ArrowRight');
  expect(store.decisions.draft.places).toEqual([2, 0, 1, 0]);
  expect(page.last('draft').draft?.places).toEqual([2, 0, 1, 0]);
  expect(store.said.trim()).toBe('Your order: C, then A. B, D not ranked.');
  page.press('ArrowLeft');
  expect(store.decisions.draft.places).toEqual([1, 0, 2, 0]);
  page.press('w', 't');
  expect(store.pair).toEqual({ left: 0, right: 3 });
  expect(store.decisions.draft.places).toEqual([1, 0, 2, 1]);
  // digits rank the answer with focus, and focus stays where it can be seen
  page.press('3');
  expect(store.decisions.draft.places).toEqual([1, 0, 2, 3]);
  expect([0, 3]).toContain(store.focused);
  page.press('Escape');
  expect(store.pair).toBeUndefined();
  expect(store.focused).toBe(2);
  page.press('ArrowLeft');
  expect(store.focused).toBe(1);
});

test('the next sample is compared as well, one with a single answer is shown as it is', () => {
  const page = comparing();
  page.receive({ type: 'sample', sample: sampleView(1, 3), takeFocus: true });
  expect(page.store.pair).toEqual({ left: 0, right: 1 });
  page.receive({ type: 'sample', sample: sampleView(2, 1), takeFocus: true });
  expect(page.store.pair).toBeUndefined();
  page.receive({ type: 'sample', sample: sampleView(3, 2), takeFocus: true });
  expect(page.store.pair).toEqual({ left: 0, right: 1 });
  page.press('w');
  expect(page.store.said.trim()).toBe('There are only two answers.');
  page.press('Escape');
  page.receive({ type: 'sample', sample: sampleView(4, 2), takeFocus: true });
  expect(page.store.pair).toBeUndefined();
});

test('what is saved elsewhere does not end the comparison', () => {
  const page = comparing();
  page.receive({ type: 'verdict', key: sampleView(0, 4).key, verdict: verdictOf([[3], [1]]) });
  expect(page.store.pair).toEqual({ left: 0, right: 2 });
});

test('nobody decides on answers that lie under the picture', () => {
  const page = openPage('editor');
  const sample = {
    ...sampleView(0, 4),
    media: [{ path: 'a.png', kind: 'image', uri: 'a' } as const],
  };
  page.receive({ type: 'sample', sample, takeFocus: false });
  page.press('v');
  expect(page.store.answersCovered).toBe(true);
  page.press('1', 'ArrowRight', 't', 'c');
  expect(page.store.decisions.draft.places).toEqual([0, 0, 0, 0]);
  expect(page.store.pair).toBeUndefined();
  expect(page.store.focused).toBe(0);
  page.press('Escape', '1');
  expect(page.store.decisions.draft.places).toEqual([1, 0, 0, 0]);
  // without a picture there is nothing to fill the page with
  page.receive({ type: 'sample', sample: sampleView(1, 2), takeFocus: false });
  page.press('v');
  expect(page.store.answersCovered).toBe(false);
});
