import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairsOf, tiesOf } from '../../../src/sample/pair';
import { rewardOrder, rewardRanks } from '../../../src/sample/reward';

test('order is a stable argsort, best first, unscored last', () => {
  expect(rewardOrder([1, 3, 2])).toEqual([1, 2, 0]);
  expect(rewardOrder([2, 2, 2])).toEqual([0, 1, 2]);
  expect(rewardOrder([null, -5, null, 0])).toEqual([3, 1, 0, 2]);
  expect(rewardOrder([])).toEqual([]);
});

test('equal rewards share a rank', () => {
  expect(rewardRanks([5, 7, 5, null])).toEqual([2, 1, 2, null]);
});

test('order and ranks agree on any rewards', () => {
  const reward = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });
  fc.assert(
    fc.property(fc.array(reward, { maxLength: 12 }), (rewards) => {
      const ranks = rewardRanks(rewards);
      const inOrder = rewardOrder(rewards).map((index) => ranks[index] ?? Infinity);
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    }),
  );
});

test('pair policies', () => {
  const groups = [[2], [0, 3], [1]];
  expect(pairsOf(groups, 'best-worst')).toEqual([{ chosen: 2, rejected: 1 }]);
  expect(pairsOf(groups, 'best-rest')).toEqual([
    { chosen: 2, rejected: 0 },
    { chosen: 2, rejected: 3 },
    { chosen: 2, rejected: 1 },
  ]);
  expect(pairsOf(groups, 'adjacent')).toEqual([
    { chosen: 2, rejected: 0 },
    { chosen: 0, rejected: 1 },
  ]);
  expect(pairsOf(groups, 'all')).toHaveLength(5);
  expect(pairsOf([[0, 1]], 'all')).toEqual([]);
  expect(pairsOf([], 'best-worst')).toEqual([]);
});

test('ties, where they are asked for', () => {
  const groups = [[2, 4], [0, 3, 1], [5]];
  expect(tiesOf(groups, 'best-worst')).toEqual([]);
  expect(tiesOf([[2, 0, 1]], 'best-worst')).toEqual([[2, 1]]);
  expect(tiesOf(groups, 'best-rest')).toEqual([[2, 4]]);
  expect(tiesOf(groups, 'adjacent')).toEqual([
    [2, 4],
    [0, 3],
    [3, 1],
  ]);
  expect(tiesOf(groups, 'all')).toEqual([
    [2, 4],
    [0, 3],
    [0, 1],
    [3, 1],
  ]);
  expect(tiesOf([[3]], 'best-worst')).toEqual([]);
});

test('no policy pairs tied candidates', () => {
  const ranks = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(ranks, (drawn) => {
      let next = 0;
      const groups = drawn.map((group) => group.map(() => next++));
      for (const policy of ['best-worst', 'best-rest', 'adjacent', 'all'] as const) {
        for (const { chosen, rejected } of pairsOf(groups, policy)) {
          const rank = (index: number): number => groups.findIndex((g) => g.includes(index));
          expect(rank(chosen)).toBeLessThan(rank(rejected));
        }
      }
    }),
  );
});
