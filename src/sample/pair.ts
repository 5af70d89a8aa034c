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
