// Preference pairs: which candidate is chosen over which.

import type { RankGroups } from './ranking';

/** Indices of two candidates of one sample. */
export interface Pair {
  readonly chosen: number;
  readonly rejected: number;
}

/**
 * Which pairs a ranking gives.
 * `best-worst`: one; `best-rest`: the best against each other one; `adjacent`: neighbours;
 * `all`: every two of different rank.
 */
export const PAIR_POLICIES = ['best-worst', 'best-rest', 'adjacent', 'all'] as const;
export type PairPolicy = (typeof PAIR_POLICIES)[number];

/**
 * Pairs from ranked groups, best first. Tied candidates never form a pair with each other; where
 * a rank is shared, its first member stands for it in `best-worst` and `adjacent`.
 */
export function pairsOf(groups: RankGroups, policy: PairPolicy): Pair[] {
  const ranked = groups.filter((group) => group.length > 0);
  const pair = (chosen: number, rejected: number): Pair => ({ chosen, rejected });
  const best = ranked[0]?.[0];
  if (best === undefined || ranked.length < 2) {
    return [];
  }
  switch (policy) {
    case 'best-worst':
      return [pair(best, ranked.at(-1)?.[0] ?? best)];
    case 'best-rest':
      return ranked.slice(1).flatMap((group) => group.map((index) => pair(best, index)));
    case 'adjacent':
      return ranked.slice(1).map((group, n) => pair(ranked[n]?.[0] ?? best, group[0] ?? best));
    case 'all':
      return ranked.flatMap((group, n) =>
        group.flatMap((better) =>
          ranked.slice(n + 1).flatMap((rest) => rest.map((worse) => pair(better, worse))),
        ),
      );
  }
}

/**
 * Tied answers in pairs, each pair once: neither is better.
 * `best-worst`: the first and the last where all are tied; `best-rest`: the best against what shares
 * its rank; `adjacent`: neighbours in a shared rank; `all`: every two that share one.
 */
export function tiesOf(groups: RankGroups, policy: PairPolicy): (readonly [number, number])[] {
  const ranked = groups.filter((group) => group.length > 0);
  const shared = ranked.filter((group) => group.length > 1);
  const [best] = ranked;
  switch (policy) {
    case 'best-worst':
      return ranked.length === 1 ? shared.flatMap((group) => ends(group)) : [];
    case 'best-rest':
      return best === undefined ? [] : twos(best).filter(([first]) => first === best[0]);
    case 'adjacent':
      return shared.flatMap((group) =>
        twos(group).filter(([a, b]) => group.indexOf(b) === group.indexOf(a) + 1),
      );
    case 'all':
      return shared.flatMap((group) => twos(group));
  }
}

function ends(group: readonly number[]): (readonly [number, number])[] {
  const [first, last] = [group[0], group.at(-1)];
  return first === undefined || last === undefined ? [] : [[first, last]];
}

function twos(group: readonly number[]): (readonly [number, number])[] {
  return group.flatMap((a, n) => group.slice(n + 1).map((b) => [a, b] as const));
}
