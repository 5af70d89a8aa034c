// The logistic function without overflow.

/** 1 / (1 + e^−x). */
export function sigmoid(x: number): number {
  if (x >= 0) {
    return 1 / (1 + Math.exp(-x));
  }
  const power = Math.exp(x);
  return power / (1 + power);
}

/** Logarithm of {@link sigmoid}, exact in both tails. */
export function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}
