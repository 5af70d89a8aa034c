// How many rows of a queue stand where, kept up to date without looking at the rows.

import { STANDINGS, standingOf, type Condition } from '../sample/standing';
import type { ReviewSession } from './reviewSession';

const TODO = codeOf('todo', false);
const BROKEN = codeOf('broken', false);

/**
 * Counts from what is known: verdicts, rewards, and the rows that could not be read when they were
 * looked at. One verdict or reward more costs the same in any dataset.
 */
export class StandingCounts {
  /** standing and flag by row; rows that are not here are still to do */
  readonly #codes = new Map<number, number>();
  readonly #counts = new Array<number>(2 * STANDINGS.length).fill(0);

  /** @param pool the rows that are counted, ascending; without them all of the dataset */
  constructor(
    readonly session: ReviewSession,
    readonly pool?: Uint32Array,
  ) {
    for (const line of session.knownLines()) {
      this.update(line);
    }
  }

  /** Something became known of the row on a line. */
  update(line: number): void {
    const { session } = this;
    const row = session.dataset.rowAt(line);
    if (row === undefined || !this.#isCounted(row)) {
      return;
    }
    const { verdict, rewards } = session.knownOn(line);
    const standing = standingOf(verdict, rewards, session.noiseFloor);
    const code = session.dataset.unreadable.has(row) ? TODO : codeOf(standing, verdict.flagged);
    const before = this.#codes.get(row);
    if (before !== undefined) {
      this.#counts[before] = (this.#counts[before] ?? 0) - 1;
    }
    if (code === TODO) {
      this.#codes.delete(row);
    } else {
      this.#counts[code] = (this.#counts[code] ?? 0) + 1;
      this.#codes.set(row, code);
    }
  }

  /** Rows for which any of the conditions holds. */
  count(conditions: readonly Condition[]): number {
    const counts = [...this.#counts];
    // a condition on the content leaves out what can't be read
    counts[BROKEN] = this.pool === undefined ? this.session.dataset.unreadable.size : 0;
    const others = counts.reduce((sum, count) => sum + count, 0);
    counts[TODO] = (this.pool?.length ?? this.session.dataset.rowCount) - others;
    return counts.reduce((sum, count, code) => sum + (holds(code, conditions) ? count : 0), 0);
  }

  #isCounted(row: number): boolean {
    const { pool } = this;
    if (pool === undefined) {
      return true;
    }
    let low = 0;
    let high = pool.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pool[middle] ?? 0) < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return pool[low] === row;
  }
}

function codeOf(standing: (typeof STANDINGS)[number], flagged: boolean): number {
  return 2 * STANDINGS.indexOf(standing) + Number(flagged);
}

function holds(code: number, conditions: readonly Condition[]): boolean {
  const standing = STANDINGS[code >> 1];
  return (
    (standing !== undefined && conditions.includes(standing)) ||
    (code % 2 === 1 && conditions.includes('flagged'))
  );
}
