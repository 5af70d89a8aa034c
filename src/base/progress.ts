// How long work takes: counts in, an estimate out.

/** One report of progress. `unit` says what is counted. */
export interface Progress {
  readonly done: number;
  /** `undefined` while the total is not known */
  readonly total?: number;
  readonly unit: 'samples' | 'bytes' | 'candidates';
  /** what is being worked on now, for people */
  readonly label?: string;
}

/**
 * The time left by the mean speed so far.
 * @returns milliseconds, or `undefined` when there is nothing to judge by yet
 */
export function remainingMs(progress: Progress, elapsedMs: number): number | undefined {
  const { done, total } = progress;
  if (total === undefined || done <= 0 || elapsedMs <= 0) {
    return undefined;
  }
  return Math.max(0, ((total - done) * elapsedMs) / done);
}
