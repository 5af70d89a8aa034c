// A probability only with a temperature, its origin, and enough pairs.

import { expect, test } from 'vitest';
import type { ScoreView } from '../../../src/protocol/sampleParts';
import type { TemperatureFit } from '../../../src/sample/statistics';
import { choiceWords } from '../../../webview/choiceChance';

const view = (calibration: TemperatureFit | undefined, ...rewards: number[]): ScoreView => ({
  candidates: rewards.map((reward) => ({ state: 'scored', reward, textTokens: 1 })),
  prefixTokens: 1,
  media: [],
  before: [],
  medianRange: 1,
  ...(calibration === undefined ? {} : { calibration }),
});

const fitted = (pairs: number): TemperatureFit => ({
  state: 'fitted',
  temperature: 2.7,
  low: 2.3,
  high: 3.2,
  pairs,
  samples: 100,
  rawLogLikelihood: -0.7,
  logLikelihood: -0.5,
});

test('the best over the second, by the letters that are shown', () => {
  // 1 / (1 + e^(−1.44 / 2.7)) = 0.63
  expect(choiceWords(view(fitted(612), 1, 2.56, 4))?.replaceAll('\u00a0', ' ')).toBe(
    '63 %: chance that you would choose C over B. Fitted on 612 of your pairs (T = 2.7).',
  );
  expect(choiceWords(view(fitted(612), 90, 1))).toMatch(/^>.99.%: chance that you would choose A/);
});

test('without a temperature the reason', () => {
  expect(choiceWords(view(fitted(18), 1, 2))).toBe('No probability yet: 18 of 30 pairs.');
  const without = (reason: 'separable' | 'reversed') =>
    choiceWords(view({ state: 'notIdentified', reason, pairs: 40 }, 1, 2));
  expect(without('separable')).toBe('No probability: all 40 of your pairs follow the rewards.');
  expect(without('reversed')).toContain('not chosen more often');
});

test('nothing before the first pair, with one reward, or while rewards are hidden', () => {
  expect(choiceWords(view(undefined, 1, 2))).toBeUndefined();
  expect(choiceWords(view(fitted(612), 1))).toBeUndefined();
  const hidden = { state: 'hidden', scored: true, textTokens: 1 } as const;
  expect(choiceWords({ ...view(fitted(612)), candidates: [hidden, hidden] })).toBeUndefined();
});
