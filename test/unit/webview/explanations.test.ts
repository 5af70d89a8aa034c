// "Why this reward?" on the page: what is asked, what counts, and how it is told.

import { expect, test } from 'vitest';
import type { ExplanationView } from '../../../src/protocol/explanationParts';
import type { Check, Explanation } from '../../../src/sample/explanation';
import { commonScale, gridValues, layoutSteps } from '../../../webview/explain/stripLayout';
import { openPage, sampleAt, show, type Page } from './page';

const words = await import('../../../webview/explain/resultWords');
const { curveWords, sentenceWords } = await import('../../../webview/explain/sentenceWords');

const CURVE: Extract<Explanation, { check: 'sentences' }> = {
  check: 'sentences',
  own: { reward: 3 },
  steps: [
    { start: 0, end: 10, reward: 4 },
    { start: 10, end: 30, reward: 2.5 },
    { start: 30, end: 40, reward: 3 },
  ],
  drop: { sentence: 1, change: -1.5, isMarked: true },
};

function tell(page: Page, text: string, explanation: ExplanationView, check: Check = 'sentences') {
  page.receive({ type: 'explanation', key: 'key-0', text, check, image: 0, explanation });
}

test('X asks for the answer with focus, and takes the strip away again', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('x');
  expect(page.last('explain')).toEqual({
    type: 'explain',
    key: 'key-0',
    text: 'a',
    check: 'sentences',
    image: 0,
    confirmed: false,
  });
  const asked = { sample: sampleAt(0), index: 0, check: 'sentences' } as const;
  tell(page, 'a', { state: 'found', found: CURVE });
  expect(page.store.explanations.isOpen(asked)).toBe(true);
  expect(page.store.said).toBe('Reward after each sentence: biggest drop −1.50, sentence 2.');
  page.press(']', ']');
  expect(page.store.said).toBe('Answer A. Sentence 2 of 3: 2.50, −1.50, biggest drop.');
  page.press('[', '[', '[');
  expect(page.store.explanations.looked?.sentence).toBe(0);
  page.taken();
  page.press('x');
  expect(page.store.explanations.isOpen(asked)).toBe(false);
  // it is known: nothing is asked again
  page.press('x');
  expect(page.store.explanations.isOpen(asked)).toBe(true);
  expect(page.taken()).toEqual([]);
});

test('while it runs, X stops it; a cost waits for the person', () => {
  const page = openPage('editor');
  show(page, 0);
  page.press('x');
  tell(page, 'a', { state: 'running', done: 1, total: 3 });
  page.press('x');
  expect(page.last('cancelExplain')).toMatchObject({ text: 'a', check: 'sentences' });
  const asked = { sample: sampleAt(0), index: 0, check: 'occlusion', image: 0 } as const;
  tell(page, 'a', { state: 'cost', seconds: 80, rewards: 16 }, 'occlusion');
  expect(page.store.explanations.of(asked)).toEqual({ state: 'cost', seconds: 80, rewards: 16 });
  page.store.explanations.ask(asked, true);
  expect(page.last('explain')).toMatchObject({ check: 'occlusion', confirmed: true });
});

test('what was found about another reward does not count, and blind samples have no checks', () => {
  const page = openPage('editor');
  show(page, 0);
  const asked = { sample: sampleAt(0), index: 0, check: 'sentences' } as const;
  tell(page, 'a', { state: 'found', found: { ...CURVE, own: { reward: 2.9 } } });
  expect(page.store.explanations.of(asked)).toEqual({ state: 'none' });
  page.receive({ type: 'engine', engine: { state: 'ready', text: '', noiseFloor: 0.2 } });
  expect(page.store.explanations.found(asked)?.own.reward).toBe(2.9);
  const canAsk = page.store.explanations.canAsk.bind(page.store.explanations);
  expect(canAsk({ ...asked, sample: sampleAt(0, { blind: true }) })).toBe(false);
  expect(canAsk({ ...asked, check: 'grounding' })).toBe(false);
  const media = [{ path: 'v.mp4', kind: 'video' as const }];
  expect(canAsk({ ...asked, sample: sampleAt(0, { media }), check: 'grounding' })).toBe(true);
  expect(canAsk({ ...asked, sample: sampleAt(0, { media }), check: 'occlusion' })).toBe(false);
});

test('results in words', () => {
  expect(curveWords(CURVE)).toBe(
    'Reward after each sentence. 1: 4.00, 2: 2.50, 3: 3.00. biggest drop −1.50, sentence 2.',
  );
  expect(sentenceWords(CURVE, 0)).toBe('Sentence 1 of 3: 4.00');
  const region = { left: 0, top: 0, right: 1, bottom: 1 };
  const map = {
    check: 'occlusion' as const,
    own: { reward: 1 },
    image: 0,
    rows: 2,
    columns: 2,
    regions: [1, 0.5, 4, 1].map((reward) => ({ ...region, reward })),
  };
  expect(words.resultWords({ state: 'found', found: map })).toBe(
    'row 2, column 1 moves it most, +3.00',
  );
  expect(words.mapWords(map)).toBe(
    'Change of the reward with each region covered. Row 1: 0.00, −0.50. Row 2: +3.00, 0.00.',
  );
});

test('“not grounded” only on enough checks, and only under a quarter of the usual change', () => {
  const verdict = (change: number, checks: number): string | undefined =>
    words.groundingVerdict({
      state: 'found',
      found: { check: 'grounding', own: { reward: 2 }, without: { reward: 2 - change } },
      usual: { median: 2.4, checks },
    })?.title;
  expect(verdict(0.5, 29)).toBeUndefined();
  expect(verdict(0.5, 30)).toBe('Not grounded');
  expect(verdict(-0.5, 30)).toBe('Not grounded');
  expect(verdict(0.7, 30)).toBe('Grounded');
});

test('widths of a strip follow the sentences, heights one scale', () => {
  const low = { ...CURVE, steps: [{ start: 0, end: 1, reward: -1 }] };
  const scale = commonScale([CURVE, low]);
  expect(scale).toEqual({ low: -1, high: 4 });
  expect(commonScale([{ ...CURVE, steps: [] }])).toBeUndefined();
  const box = { left: 0, right: 421, top: 0, bottom: 100 };
  const steps = layoutSteps(CURVE.steps, scale ?? { low: 0, high: 1 }, box);
  expect(steps.map(({ left, right }) => [left, right])).toEqual([
    [0, 107],
    [107, 314],
    [314, 421],
  ]);
  expect(steps.map(({ y }) => y)).toEqual([0, 30, 20]);
  expect(gridValues({ low: -1, high: 4 })).toEqual([-1, 1.5, 4]);
});
