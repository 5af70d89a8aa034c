// Rank correlation within a sample.

/**
 * Kendall's τ-b (M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945):
 * concordant minus discordant pairs over the geometric mean of the pairs that either list does not
 * tie.
 * @param a values by answer; only their order counts
 * @param b likewise, of the same length
 * @returns from −1 to 1; `undefined` where a list ties all
 */
export function kendallTauB(a: readonly number[], b: readonly number[]): number | undefined {
  let balance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i += 1) {
    for (let j = i + 1; j < a.length; j += 1) {
      const byA = Math.sign((a[i] ?? 0) - (a[j] ?? 0));
      const byB = Math.sign((b[i] ?? 0) - (b[j] ?? 0));
      balance += byA * byB;
      untiedA += Math.abs(byA);
      untiedB += Math.abs(byB);
    }
  }
  return untiedA === 0 || untiedB === 0 ? undefined : balance / Math.sqrt(untiedA * untiedB);
}
