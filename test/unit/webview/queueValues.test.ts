// The column of the queue that follows its order.

import { expect, test } from 'vitest';
import { valueHeader, valueText } from '../../../webview/editor/queueValues';

const values = { margin: 1.5, length: 1204, domain: 'charts', source: 'model-a', disagreement: 2 };

test('the column shows what the queue is sorted by, and the margin in file order', () => {
  expect(valueText('file', values, false)).toBe('1.50');
  expect(valueText('margin', values, false)).toBe('1.50');
  expect(valueText('length', values, false)).toBe('1,204');
  expect(valueText('disagreement', values, false)).toBe('2');
  expect(valueText('domain', values, true)).toBe('charts');
  expect(valueText('reward', values, false)).toBe('–');
  expect(valueHeader('length', true)).toBe('characters, longest answer');
});

test('what a blind reviewer does not see is left empty, and the header says so', () => {
  expect(valueText('source', { length: 3 }, true)).toBe('');
  expect(valueText('length', { length: 3 }, true)).toBe('3');
  expect(valueHeader('source', true)).toBe('first source: hidden');
  expect(valueHeader('file', true)).toBe('margins hidden');
  expect(valueHeader('source', false)).toBe('first source');
});
