import { expect, test } from 'vitest';
import { placeAfterKey } from '../../../webview/editor/queueKeys';

test('keys go to the ends of the queue and by the page, never beyond it', () => {
  const list = { count: 100, page: 9 };
  const from = (place: number, ...keys: string[]) =>
    keys.map((key) => placeAfterKey(key, place, list));
  const keys = ['Home', 'End', 'PageUp', 'PageDown'];
  expect(from(50, ...keys)).toEqual([0, 99, 41, 59]);
  expect(from(95, ...keys)).toEqual([0, 99, 86, 99]);
  // a row that the filter hides has no place
  expect(from(-1, ...keys)).toEqual([0, 99, 0, 8]);
  expect(from(3, 'ArrowDown', 'x')).toEqual([undefined, undefined]);
  expect(placeAfterKey('End', 0, { count: 0, page: 9 })).toBeUndefined();
  // a list that is too low for a page still moves
  expect(placeAfterKey('PageDown', 4, { count: 9, page: -1 })).toBe(5);
});
