// Which rows the queue asks for while it is scrolled.

import { expect, test } from 'vitest';
import { RowRequests } from '../../../webview/editor/rowRequests';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

const file = { count: 1000, rowAt: (place: number) => (place < 1000 ? place : undefined) };

test('what is visible comes first, then its surroundings on both sides', () => {
  const requests = new RowRequests();
  const known = new Set<number>();
  expect(requests.next(400, 420, file, known)).toEqual(range(400, 420));
  // nothing new while that is on its way
  expect(requests.next(400, 420, file, known)).toEqual([]);
  range(400, 420).forEach((row) => known.add(row));
  const around = requests.next(400, 420, file, known);
  expect([around[0], around.at(-1), around.length]).toEqual([320, 500, 160]);
  around.forEach((row) => known.add(row));
  // a few rows more on one side are not worth a message
  expect(requests.next(405, 425, file, known)).toEqual([]);
  expect(requests.next(430, 450, file, known)).toEqual(range(501, 530));
});

test('after a jump the new place does not wait for the old one; the one after that does', () => {
  const requests = new RowRequests();
  const known = new Set<number>();
  requests.next(0, 20, file, known);
  expect(requests.next(500, 520, file, known)).toEqual(range(500, 520));
  expect(requests.next(800, 820, file, known)).toEqual([]);
  range(0, 20).forEach((row) => known.add(row));
  expect(requests.next(900, 920, file, known)).toEqual(range(900, 920));
});

test('rows under way are not asked for twice, and the ends of the queue are', () => {
  const requests = new RowRequests();
  const known = new Set<number>();
  requests.next(980, 1010, file, known);
  expect(requests.next(970, 1010, file, known)).toEqual(range(970, 979));
  requests.forget();
  expect(requests.next(990, 1010, file, known)).toEqual(range(990, 999));
});

test('a queue of found rows asks for the rows at its places', () => {
  const rows = [7, 3, 99];
  const found = { count: 3, rowAt: (place: number) => rows[place] };
  expect(new RowRequests().next(0, 20, found, new Set([3]))).toEqual([7, 99]);
});
