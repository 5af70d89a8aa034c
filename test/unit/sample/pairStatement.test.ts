import { expect, test } from 'vitest';
import { withBetter, withTie } from '../../../src/sample/pairStatement';
import { toGroups, type Places } from '../../../src/sample/ranking';
import { seededRandom } from '../../support/random';

test('better: the better one moves right above the worse one, and only if it must', () => {
  expect(withBetter([1, 2, 3], 0, 2)).toEqual([1, 2, 3]);
  // A > B > C, and C is better than A
  expect(withBetter([1, 2, 3], 2, 0)).toEqual([2, 3, 1]);
  // C is better than B: A stays first
  expect(withBetter([1, 2, 3], 2, 1)).toEqual([1, 3, 2]);
  // out of a tie; who else was in it stays with the worse one
  expect(withBetter([1, 1, 1], 1, 0)).toEqual([2, 1, 2]);
});

test('better: what was not ranked enters next to the other one', () => {
  expect(withBetter([0, 0, 0], 2, 0)).toEqual([2, 0, 1]);
  expect(withBetter([1, 2, 0], 0, 2)).toEqual([1, 3, 2]);
  expect(withBetter([1, 2, 0], 2, 1)).toEqual([1, 3, 2]);
  expect(withBetter([1, 2, 0, 0], 3, 2)).toEqual([1, 2, 4, 3]);
});

test('tie: the lower one joins the higher one', () => {
  expect(withTie([1, 2, 3], 2, 0)).toEqual([1, 2, 1]);
  expect(withTie([1, 2, 3], 0, 2)).toEqual([1, 2, 1]);
  expect(withTie([1, 2, 2], 1, 2)).toEqual([1, 2, 2]);
  expect(withTie([0, 1, 0], 0, 1)).toEqual([1, 1, 0]);
  expect(withTie([0, 0, 1], 0, 1)).toEqual([2, 2, 1]);
});

/** -1: better, 0: tied, 1: worse, `undefined`: not both are ranked. */
function relation(places: Places, a: number, b: number): number | undefined {
  const [own = 0, other = 0] = [places[a], places[b]];
  return own === 0 || other === 0 ? undefined : Math.sign(own - other);
}

/** The relations of all others to each other. */
function rest(places: Places, without: number): string {
  const others = places.flatMap((_, n) => (n === without ? [] : [n]));
  return others.map((a) => others.map((b) => relation(places, a, b) ?? '-').join()).join(';');
}

test('after any statements each one holds when it is made, and moves one candidate at most', () => {
  const random = seededRandom(20261125);
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let round = 0; round < 400; round += 1) {
    const count = 2 + below(7);
    // gaps and all
    let places: Places = Array.from({ length: count }, () => below(count + 2));
    for (let step = 0; step < 12; step += 1) {
      const a = below(count);
      const b = (a + 1 + below(count - 1)) % count;
      const tie = below(3) === 0;
      const before = places;
      places = tie ? withTie(before, a, b) : withBetter(before, a, b);
      expect(relation(places, a, b)).toBe(tie ? 0 : -1);
      // what is said again changes nothing
      expect(tie ? withTie(places, b, a) : withBetter(places, a, b)).toEqual(places);
      // nobody else loses or gets a rank
      for (const n of places.keys()) {
        expect((places[n] ?? 0) > 0).toBe(n === a || n === b || (before[n] ?? 0) > 0);
      }
      const bothNew = (before[a] ?? 0) === 0 && (before[b] ?? 0) === 0;
      const unmoved = [a, b].filter((moved) => rest(before, moved) === rest(places, moved));
      if (bothNew) {
        const old = before.flatMap((place, n) => (place > 0 ? [n] : []));
        expect(toGroups(places).flat().slice(0, old.length)).toEqual(toGroups(before).flat());
      } else {
        expect(unmoved.length).toBeGreaterThan(0);
      }
      if (relation(before, a, b) === (tie ? 0 : -1)) {
        expect(toGroups(places)).toEqual(toGroups(before));
      }
    }
  }
});
