// Intervals of estimates, all at one level.

import type { Interval } from '../../sample/statistics';

/** Share of intervals that hold the true value. */
export const LEVEL = 0.95;

/** Standard normal quantile of 0.975: half width of a 95 % interval in standard errors. */
export const Z_95 = 1.959963984540054;

/** Quantile 0.95 of χ² with one degree of freedom, which is the square of a standard normal. */
export const CHI_SQUARED_95 = Z_95 * Z_95;

/** @param standardError of an estimate that is normal in large samples (Wald) */
export function waldInterval(estimate: number, standardError: number): Interval {
  return { low: estimate - Z_95 * standardError, high: estimate + Z_95 * standardError };
}
