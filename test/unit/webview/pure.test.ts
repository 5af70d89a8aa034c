import { expect, test } from 'vitest';
import type { SampleView } from '../../../src/protocol/reviewProtocol';
import { NO_VERDICT } from '../../../src/sample/verdict';
import { sameDraft, savedDraft, toRecord } from '../../../webview/draft';
import { letterPositions, stripPositions } from '../../../webview/shared/strip';
import {
  letterOf,
  marginText,
  ordinal,
  positionText,
  rewardText,
  secondsText,
  wordCount,
} from '../../../webview/words';
import { openPage, sampleAt, show } from './page';

// needs the page's globals
const { modelRank, ownRank } = await import('../../../webview/shared/cardData');

test('letters go on after Z', () => {
  expect([0, 25, 26, 27, 51, 52, 63].map(letterOf)).toEqual([
    'A',
    'Z',
    'AA',
    'AB',
    'AZ',
    'BA',
    'BL',
  ]);
});

test('ranks are words', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 63].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '22nd',
    '63rd',
  ]);
});

test('numbers: two decimals, true minus, margins signed, zero unsigned', () => {
  expect(rewardText(-1.5)).toBe('\u22121.50');
  expect(rewardText(-0.001)).toBe('0.00');
  expect(marginText(1.444)).toBe('+1.44');
  expect(marginText(-3)).toBe('\u22123.00');
  expect(marginText(0)).toBe('0.00');
});

test('words', () => {
  expect(wordCount('Four lemons cost 4 × 0.80 = 3.20.')).toBe(6);
  expect(wordCount('')).toBe(0);
  expect(wordCount('你好 naïve it’s')).toBe(3);
});

test('letters under the strip never stand on one another, and the own one stays', () => {
  expect(letterPositions([10, 50, undefined, 90], 1)).toEqual([10, 50, undefined, 90]);
  // as good as equal: side by side
  expect(letterPositions([50, 50.5, 10], 0)).toEqual([50, 54, 10]);
  // at the end of the scale the other one stands on the inner side, though it is the higher one
  expect(letterPositions([94.6, 94.3, 5.4, 6], 1)[0]).toBeCloseTo(90.3);
  // sixty on a small part of the scale: some letters have no room
  const ticks = Array.from({ length: 64 }, (_, n) => 40 + (n % 20));
  const letters = letterPositions(ticks, 30);
  expect(letters[30]).toBe(ticks[30]);
  const shown = letters.filter((at) => at !== undefined).sort((a, b) => a - b);
  expect(shown.length).toBeGreaterThan(3);
  for (const [n, at] of shown.slice(1).entries()) {
    expect(at - (shown[n] ?? 0)).toBeGreaterThanOrEqual(4 - 1e-9);
  }
});

test('the strip spans the sample’s range, or the dataset’s when that is wider', () => {
  const [low, high, none] = stripPositions([1, 3, null], 0);
  expect(low).toBeCloseTo(5.36, 1);
  expect(high).toBeCloseTo(94.64, 1);
  expect(none).toBeUndefined();
  const [a, b] = stripPositions([1, 1.1], 10);
  expect((b ?? 0) - (a ?? 0)).toBeLessThan(1);
  expect(stripPositions([2], 0)).toEqual([50]);
});

const SAMPLE: SampleView = {
  key: 'k',
  row: 0,
  id: 'a',
  line: 1,
  hasText: true,
  file: 'f',
  turns: [],
  media: [],
  candidates: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
  shown: [2, 0, 1],
  blind: true,
  verdict: NO_VERDICT,
  answerDrafts: [],
  score: { candidates: [], before: [], prefixTokens: 0, media: [], medianRange: 0 },
};

test('a draft becomes a journal body, and nothing when nothing is decided', () => {
  const empty = savedDraft(SAMPLE);
  expect(toRecord(empty, SAMPLE, 5)).toBeUndefined();
  const draft = { places: [2, 0, 1], allBad: false, accepted: true };
  expect(toRecord(draft, SAMPLE, 5.4)).toEqual({
    kind: 'rank',
    ranks: [[2], [0]],
    unranked: [1],
    accepted: true,
    blind: true,
    shown: [2, 0, 1],
    ms: 5,
  });
  expect(toRecord({ ...draft, allBad: true }, SAMPLE, 0)).toEqual({ kind: 'allBad' });
  expect(sameDraft(draft, { ...draft, places: [9, 0, 4] })).toBe(true);
  expect(sameDraft(draft, empty)).toBe(false);
});

test('times in a video', () => {
  expect([0, 3.6, 59.999, 61.5, 3600].map(positionText)).toEqual([
    '0:00.00',
    '0:03.60',
    '1:00.00',
    '1:01.50',
    '60:00.00',
  ]);
  expect([0, 7.6, 1.001, 12.3456].map(secondsText)).toEqual(['0', '7.6', '1', '12.35']);
});

test('one answer has a reward and no rank: it is good, bad, or neither', () => {
  const page = openPage('editor');
  const { score } = sampleAt(0);
  const shown = sampleAt(0, {
    candidates: [{ text: 'a' }],
    shown: [0],
    score: { ...score, candidates: [{ state: 'scored', reward: 3, textTokens: 1 }] },
  });
  show(page, 0, shown);
  const data = { store: page.store, sample: shown, index: 0 };
  expect(modelRank(data)).toBeUndefined();
  page.press('m');
  expect(page.store.said).toBe('One answer has no order.');
  page.press('b');
  expect(ownRank(data)).toBe('Bad');
  expect(page.store.said).toBe('Bad.');
  page.press('1');
  expect(ownRank(data)).toBe('Good');
});
