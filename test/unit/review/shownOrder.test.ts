// Shown positions and the file's indices: there and back, for every order.

import { expect, test } from 'vitest';
import {
  candidateAt,
  fileOrder,
  groupsToFile,
  groupsToShown,
  isOrder,
  positionOf,
  recordedOrder,
  shuffledOrder,
  toFile,
  toShown,
} from '../../../src/review/shownOrder';
import { toGroups, toPlaces } from '../../../src/sample/ranking';

test('an order is as random as its seed, and always the same', () => {
  expect(shuffledOrder('d\0h\0mira', 6)).toEqual(shuffledOrder('d\0h\0mira', 6));
  const orders = Array.from({ length: 6000 }, (_, n) => shuffledOrder(`seed ${n}`, 3).join(''));
  const counts = new Map<string, number>();
  for (const order of orders) {
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
  // a thousand each, give or take five standard deviations
  for (const count of counts.values()) {
    expect(Math.abs(count - 1000)).toBeLessThan(145);
  }
  expect(shuffledOrder('any', 0)).toEqual([]);
  expect(shuffledOrder('any', 1)).toEqual([0]);
});

test('there and back: values, groups and positions, for orders and ranks of any size', () => {
  for (let n = 0; n < 400; n += 1) {
    const count = n % 12;
    const order = shuffledOrder(`order ${n}`, count);
    expect(isOrder(order, count)).toBe(true);
    // as many as were added since are shown where they are in the file
    const more = count + (n % 3);
    const values = Array.from({ length: more }, (_, index) =>
      index % 4 === 0 ? null : `v${index}`,
    );
    expect(toFile(order, toShown(order, values))).toEqual(values);
    expect(toShown(order, toFile(order, values))).toEqual(values);
    for (let index = 0; index < more; index += 1) {
      expect(candidateAt(order, positionOf(order, index))).toBe(index);
      expect(toShown(order, values)[positionOf(order, index)]).toBe(values[index]);
    }
    const places = shuffledOrder(`places ${n}`, more).map((place) => place >> 1);
    const groups = toGroups(places);
    expect(groupsToFile(order, groupsToShown(order, groups))).toEqual(groups);
    // ranks as groups and as places tell the same
    expect(toPlaces(groupsToShown(order, groups), more)).toEqual(
      toPlaces(toGroups(toShown(order, places)), more),
    );
  }
});

test('an order from a journal is taken as far as it is one', () => {
  expect(recordedOrder([2, 0, 1], 3)).toEqual([2, 0, 1]);
  expect(recordedOrder([2, 0, 1], 5)).toEqual([2, 0, 1, 3, 4]);
  expect(recordedOrder([3, 2, 0, 1], 3)).toEqual([2, 0, 1]);
  for (const broken of [[0, 0, 1], [0, 2], [-1, 0, 1], [0.5, 1], []]) {
    expect(recordedOrder(broken, 3)).toEqual(fileOrder(3));
  }
});
