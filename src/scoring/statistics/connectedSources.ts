// Which sources can be rated against each other at all.

import type { UnratedReason } from '../../sample/statistics';

/** Wins by names: `wins.get(a).get(b)` is how often a beat b; a tie is half a win for both. */
export type Wins = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface RatableSources {
  /** can be reached from each other by wins, both ways; none or at least two */
  readonly rated: readonly string[];
  readonly unrated: readonly { readonly source: string; readonly reason: UnratedReason }[];
}

/**
 * Bradley–Terry ratings are finite just within a set of which no part always beats the rest (L. R.
 * Ford, "Solution of a ranking problem from binary comparisons", 1957): a strongly connected part of
 * the graph of wins. The largest one is rated.
 */
export function ratableSources(wins: Wins): RatableSources {
  const names = [...wins.keys()].sort();
  const below = new Map(names.map((name) => [name, reached(name, wins)]));
  const beats = (a: string, b: string): boolean => below.get(a)?.has(b) === true;
  const parts = names.map((name) =>
    names.filter((other) => other === name || (beats(name, other) && beats(other, name))),
  );
  const rated = parts.reduce((best, part) => (part.length > best.length ? part : best), []);
  if (rated.length < 2) {
    return { rated: [], unrated: names.map((source) => ({ source, reason: 'separable' })) };
  }
  const [one = ''] = rated;
  const reasonOf = (source: string): UnratedReason =>
    beats(source, one) ? 'alwaysWins' : beats(one, source) ? 'alwaysLoses' : 'notCompared';
  return {
    rated,
    unrated: names
      .filter((name) => !rated.includes(name))
      .map((source) => ({ source, reason: reasonOf(source) })),
  };
}

/** All that a chain of wins leads to. */
function reached(from: string, wins: Wins): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [other, count] of wins.get(name) ?? []) {
      if (count > 0 && !found.has(other)) {
        found.add(other);
        open.push(other);
      }
    }
  }
  return found;
}
