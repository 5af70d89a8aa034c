// Agreement of two people beyond what chance would give.

/** How one person puts two answers: categories of {@link pairKappa}. */
export type PairCall = 'better' | 'tied' | 'worse';

/**
 * Cohen's κ, unweighted (J. Cohen, "A coefficient of agreement for nominal scales", Educational and
 * Psychological Measurement 20, 1960).
 * @param table counts: row by the first judge's category, column by the second's, same order
 * @returns at most 1, 0 is chance; `undefined` where chance alone would agree always, or without
 *   counts
 */
export function cohenKappa(table: readonly (readonly number[])[]): number | undefined {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  const agreed = table.reduce((sum, row, n) => sum + (row[n] ?? 0), 0) / total;
  const byChance = table.reduce((sum, row, n) => {
    const own = row.reduce((all, count) => all + count, 0);
    const others = table.reduce((all, other) => all + (other[n] ?? 0), 0);
    return sum + (own / total) * (others / total);
  }, 0);
  return total === 0 || byChance >= 1 ? undefined : (agreed - byChance) / (1 - byChance);
}

/** What two people say of the pairs of one sample. */
export type CallPairs = readonly (readonly [PairCall, PairCall])[];

const CALLS: readonly PairCall[] = ['better', 'tied', 'worse'];
const OPPOSITE = { better: 'worse', tied: 'tied', worse: 'better' } as const;

/**
 * κ over pairs of answers that both people have placed, in three categories: the first answer is
 * better, tied, or worse. Which answer comes first says nothing, so every pair counts both ways round;
 * with that, chance alone gives "better" and "worse" the same share.
 */
export function pairKappa(samples: readonly CallPairs[]): number | undefined {
  const table = CALLS.map(() => CALLS.map(() => 0));
  const count = (a: PairCall, b: PairCall): void => {
    const row = table[CALLS.indexOf(a)];
    const column = CALLS.indexOf(b);
    if (row !== undefined) {
      row[column] = (row[column] ?? 0) + 1;
    }
  };
  for (const [a, b] of samples.flat()) {
    count(a, b);
    count(OPPOSITE[a], OPPOSITE[b]);
  }
  return cohenKappa(table);
}
