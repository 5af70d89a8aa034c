// Rewards that are closer than the noise of the device that computed them.

import { expect, test } from 'vitest';
import { openPage, sampleAt, show, type Page } from './page';

const { modelRank } = await import('../../../webview/shared/cardData');

function modelRanks({ store }: Page): (string | undefined)[] {
  const sample = sampleAt(0);
  return sample.candidates.map((_, index) => modelRank({ store, sample, index }));
}

test('both get the same model rank, and say that they are only as good as equal', () => {
  const page = openPage('editor');
  show(page, 0); // 3, 2, 1
  expect(modelRanks(page)).toEqual(['Model 1st', 'Model 2nd', 'Model 3rd']);
  page.receive({ type: 'engine', engine: { state: 'ready', text: '', noiseFloor: 1.5 } });
  expect(modelRanks(page)).toEqual(['≈ Model 1st', '≈ Model 1st', 'Model 2nd']);
  // the model's order that is accepted is the one that is shown
  page.press('m');
  expect(page.last('draft').draft).toEqual({ places: [1, 1, 2], allBad: false, accepted: true });
});

test('rewards that are equal to the last bit tie on any device, without doubt', () => {
  const page = openPage('editor');
  const { score } = sampleAt(0);
  const candidates = [1, 2, 2].map(
    (reward) => ({ state: 'scored', reward, textTokens: 1 }) as const,
  );
  show(page, 0, { score: { ...score, candidates } });
  expect(modelRanks(page)).toEqual(['Model 2nd', 'Model 1st =', 'Model 1st =']);
});

test('an order that was accepted is not saved once the model has another one', () => {
  const page = openPage('editor');
  show(page, 0); // 3, 2, 1
  page.press('m');
  const { score } = sampleAt(0);
  const candidates = [1, 2, 3].map(
    (reward) => ({ state: 'scored', reward, textTokens: 1 }) as const,
  );
  show(page, 0, { score: { ...score, candidates } });
  page.press('Enter');
  expect(page.store.said).toContain('The model’s order has changed');
  expect(page.store.decisions.draft).toEqual({ places: [0, 0, 0], allBad: false, accepted: false });
  expect(page.taken().filter(({ type }) => type === 'record')).toEqual([]);
  page.press('m', 'Enter');
  expect(page.last('record').body).toMatchObject({ ranks: [[2], [1], [0]], accepted: true });
});
