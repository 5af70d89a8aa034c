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

/** Adds up work whose parts become known one after the other. */
export class ProgressMeter {
  #done = 0;
  #total = 0;

  constructor(
    readonly unit: Progress['unit'],
    readonly report: (progress: Progress) => void,
  ) {}

  /** More work than was known. */
  expect(amount: number): void {
    this.#total += amount;
  }

  advance(amount: number, label: string): void {
    this.#done += amount;
    this.report({ done: this.#done, total: this.#total, unit: this.unit, label });
  }
}
