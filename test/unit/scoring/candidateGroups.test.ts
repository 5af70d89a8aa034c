// Which candidates run together.

import { expect, test } from 'vitest';
import type { PrefixState } from '../../../src/model/tailScorer';
import { groupCandidates } from '../../../src/scoring/candidateGroups';
import type { CandidateEncoding } from '../../../src/scoring/encodeSample';

const prefix: PrefixState = { length: 1, past: {} };

/** @param tail its length; `undefined` when it is scored undivided */
function encoding(tail: number | undefined): CandidateEncoding {
  return {
    ok: true,
    encoded: {
      promptText: '',
      whole: [1, 2, 3],
      tail: tail === undefined ? undefined : Array.from({ length: tail }, () => 5),
      prefixTokens: 1,
      tailTokens: tail ?? 0,
      textTokens: 1,
    },
  };
}

const fault: CandidateEncoding = { ok: false, error: { code: 'TOO_LONG', message: 'too long' } };

const shapes = (
  candidates: readonly CandidateEncoding[],
  mostRows: number,
  state: PrefixState | undefined = prefix,
): unknown[] =>
  groupCandidates(candidates, state, mostRows).map((group) =>
    group.kind === 'tails'
      ? group.tails.map(({ candidate }) => candidate)
      : [group.kind, group.candidate],
  );

test('tails fill a run up to its rows; one that is longer runs alone', () => {
  const tails = [40, 40, 20, 1, 300, 90].map(encoding);
  expect(shapes(tails, 100)).toEqual([[0, 1, 2], [3], [4], [5]]);
  expect(shapes(tails, 1)).toEqual([[0], [1], [2], [3], [4], [5]]);
  expect(shapes(tails, Infinity)).toEqual([[0, 1, 2, 3, 4, 5]]);
});

test('faults and undivided conversations stand alone and do not part the tails around them', () => {
  const mixed = [encoding(10), fault, encoding(10), encoding(undefined), encoding(10)];
  expect(shapes(mixed, 100)).toEqual([
    [0, 2, 4],
    ['fault', 1],
    ['whole', 3],
  ]);
});

test('without a prefix everything is undivided', () => {
  const groups = groupCandidates([encoding(10), encoding(10)], undefined, 100);
  expect(groups.map(({ kind }) => kind)).toEqual(['whole', 'whole']);
});
