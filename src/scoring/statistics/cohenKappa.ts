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

/** Counts of {@link CallPairs}: row by the first person's call, column by the second's, row by row. */
export type CallTable = Float64Array;

/**
 * What both people say, in three categories: the first answer is better, tied, or worse. Which answer
 * comes first says nothing, so every pair counts both ways round; with that, chance alone gives
 * "better" and "worse" the same share.
 */
export function callTable(calls: CallPairs): CallTable {
  const table = new Float64Array(CALLS.length * CALLS.length);
  const count = (a: PairCall, b: PairCall): void => {
    const cell = CALLS.length * CALLS.indexOf(a) + CALLS.indexOf(b);
    table[cell] = (table[cell] ?? 0) + 1;
  };
  for (const [a, b] of calls) {
    count(a, b);
    count(OPPOSITE[a], OPPOSITE[b]);
  }
  return table;
}

/** κ over the pairs of some samples. @param drawn indices of the samples, one perhaps several times */
export function pairKappa(
  tables: readonly CallTable[],
  drawn: Iterable<number> = tables.keys(),
): number | undefined {
  const sum = new Float64Array(CALLS.length * CALLS.length);
  for (const n of drawn) {
    const table = tables[n];
    for (let cell = 0; table !== undefined && cell < sum.length; cell += 1) {
      sum[cell] = (sum[cell] ?? 0) + (table[cell] ?? 0);
    }
  }
  return cohenKappa(CALLS.map((_, row) => [...sum.subarray(3 * row, 3 * row + 3)]));
}
