// Preference pairs from what people decided.

import { pairsOf, type Pair, type PairPolicy } from '../sample/pair';
import { toPlaces } from '../sample/ranking';
import type { Sample } from '../sample/sample';
import type { Verdicts } from './verdicts';

export interface VerdictPairs {
  readonly pairs: readonly Pair[];
  /** pairs that another person puts the other way round: nobody is right, so they go */
  readonly disputed: number;
  /** verdicts on a sample that has changed since */
  readonly stale: number;
}

/** The pairs of one sample over the verdicts of these people, each pair once. */
export function verdictPairs(
  verdicts: Verdicts,
  people: readonly string[],
  { line, candidates }: Sample,
  policy: PairPolicy,
): VerdictPairs {
  const ranked = people
    .map((person) => verdicts.of(person, line))
    .flatMap(({ decision, stale }) =>
      decision?.kind === 'rank' ? [{ ranks: decision.ranks, stale }] : [],
    );
  const current = ranked.filter(({ stale }) => !stale).map(({ ranks }) => ranks);
  const places = current.map((ranks) => toPlaces(ranks, candidates.length));
  // everybody's whole ranking counts, not only the pairs that the policy takes from it
  const isDisputed = ({ chosen, rejected }: Pair): boolean =>
    places.some((own) => {
      const [better = 0, worse = 0] = [own[rejected], own[chosen]];
      return better > 0 && worse > 0 && better < worse;
    });
  const found = new Map<string, Pair>();
  for (const pair of current.flatMap((ranks) => pairsOf(ranks, policy))) {
    found.set(`${pair.chosen}>${pair.rejected}`, pair);
  }
  const pairs = [...found.values()].filter((pair) => !isDisputed(pair));
  return {
    pairs,
    disputed: found.size - pairs.length,
    stale: ranked.length - current.length,
  };
}
