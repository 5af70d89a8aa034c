import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  disagreements,
  groupsFromRewards,
  joinGroups,
  moveOne,
  moveTo,
  splitGroup,
  toggleTie,
  toGroups,
  toPlaces,
  unrankedOf,
  withPlace,
  type Places,
} from '../../../src/sample/ranking';

const places = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 });

/** Every candidate is in exactly one group or not ranked. */
function isPartition(ranking: Places, candidates: number): boolean {
  const named = [...toGroups(ranking).flat(), ...unrankedOf(ranking)].sort((a, b) => a - b);
  return named.length === candidates && named.every((index, n) => index === n);
}

test('places and groups turn into each other', () => {
  expect(toGroups([2, 1, 0, 2])).toEqual([[1], [0, 3]]);
  expect(toPlaces([[1], [0, 3]], 4)).toEqual([2, 1, 0, 2]);
  // gaps while typing are closed
  expect(toPlaces(toGroups([5, 0, 3]), 3)).toEqual([2, 0, 1]);
});

test('a number ties with whoever has it; 0 takes it away', () => {
  expect(withPlace([1, 2, 0], 2, 2)).toEqual([1, 2, 2]);
  expect(withPlace([1, 2, 2], 1, 0)).toEqual([1, 0, 2]);
});

test('one step up or down: out of a tie first, then past the neighbour', () => {
  expect(moveOne([1, 2, 2, 3], 2, -1)).toEqual([1, 3, 2, 4]);
  expect(moveOne([1, 3, 2, 4], 2, -1)).toEqual([2, 3, 1, 4]);
  expect(moveOne([1, 2, 2, 3], 1, 1)).toEqual([1, 3, 2, 4]);
  expect(moveOne([1, 2, 3], 0, -1)).toEqual([1, 2, 3]);
  expect(moveOne([1, 0, 2], 1, -1)).toEqual([1, 3, 2]);
  expect(moveOne([1, 0, 2], 1, 1)).toEqual([1, 0, 2]);
});

test('T ties with the group above and separates again', () => {
  expect(toggleTie([1, 2, 3], 1)).toEqual([1, 1, 2]);
  expect(toggleTie([1, 1, 2], 1)).toEqual([1, 2, 3]);
  expect(toggleTie([1, 2, 3], 0)).toEqual([1, 2, 3]);
  expect(toggleTie([1, 0], 1)).toEqual([1, 0]);
});

test('the signs between tokens join and split groups', () => {
  expect(joinGroups([1, 2, 3], 0)).toEqual([1, 1, 2]);
  expect(joinGroups([1, 2, 3], 2)).toEqual([1, 2, 3]);
  expect(splitGroup([1, 1, 1], 1)).toEqual([1, 2, 2]);
  expect(splitGroup([1, 1, 1], 0)).toEqual([1, 1, 1]);
});

test('drag and drop puts a candidate before, after, or into a tie', () => {
  expect(moveTo([1, 2, 3], 2, 0, 'before')).toEqual([2, 3, 1]);
  expect(moveTo([1, 2, 3], 0, 2, 'after')).toEqual([3, 1, 2]);
  expect(moveTo([1, 2, 3], 0, 1, 'tie')).toEqual([1, 1, 2]);
  expect(moveTo([1, 2, 0], 2, 0, 'tie')).toEqual([1, 2, 1]);
  expect(moveTo([1, 2], 0, 0, 'tie')).toEqual([1, 2]);
});

test('no move ever loses or doubles a candidate', () => {
  fc.assert(
    fc.property(places, fc.nat(7), fc.nat(7), (ranking, a, b) => {
      const [i, j] = [a % ranking.length, b % ranking.length];
      const moves = [
        moveOne(ranking, i, -1),
        moveOne(ranking, i, 1),
        toggleTie(ranking, i),
        splitGroup(ranking, i),
        joinGroups(ranking, i),
        moveTo(ranking, i, j, 'before'),
        moveTo(ranking, i, j, 'after'),
        moveTo(ranking, i, j, 'tie'),
      ];
      for (const moved of moves) {
        expect(isPartition(moved, ranking.length)).toBe(true);
      }
    }),
  );
});

test('up and down take each other back', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }), fc.nat(4), (order, n) => {
      if ((order[n] ?? 0) > 1) {
        expect(moveOne(moveOne(order, n, -1), n, 1)).toEqual(order);
      }
    }),
  );
});

test('rewards make groups; equal ones tie, missing ones are left out', () => {
  expect(groupsFromRewards([1, null, 2, 1])).toEqual([[2], [0, 3]]);
  expect(groupsFromRewards([null])).toEqual([]);
});

test('rewards within the noise of the best of their group tie; no group is wider than that', () => {
  expect(groupsFromRewards([1, 1.04, 2], 0.05)).toEqual([[2], [0, 1]]);
  // a margin as large as the floor is one
  expect(groupsFromRewards([1, 1.5], 0.5)).toEqual([[1], [0]]);
  // 1.00 is within the noise of 1.04, but not of 1.08, which leads the group
  expect(groupsFromRewards([1, null, 1.04, 1.08], 0.05)).toEqual([[2, 3], [0]]);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 })),
      fc.integer({ min: 0, max: 9 }),
      (rewards, floor) => {
        const groups = groupsFromRewards(rewards, floor);
        expect(groups.flat().sort((a, b) => a - b)).toEqual([...rewards.keys()]);
        for (const group of groups) {
          const own = group.map((n) => rewards[n] ?? 0);
          expect(Math.max(...own) - Math.min(...own)).toBeLessThan(Math.max(floor, 1));
        }
      },
    ),
  );
});

test('disagreements name the better one of the first ranking', () => {
  expect(disagreements([2, 1, 3], [1, 2, 3])).toEqual([[1, 0]]);
  expect(disagreements([1, 1, 2], [2, 1, 3])).toEqual([]);
});
