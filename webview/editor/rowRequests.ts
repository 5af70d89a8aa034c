// Which rows of the queue are asked for: what is visible at once, its surroundings while nothing else
// is on its way.

/** Places around what is visible whose rows are there before they are scrolled to. */
const AHEAD = 80;
/** Fewer than these are not worth a message, unless they are visible. */
const LEAST_AHEAD = 24;
/** More would only wait for each other in the host. */
const MAX_UNDER_WAY = 2;

/** What the page knows of its rows. */
export interface KnownRows {
  has(row: number): boolean;
}

/** Places of the queue, and the rows there. */
export interface Places {
  readonly count: number;
  rowAt(place: number): number | undefined;
}

export class RowRequests {
  /** rows by request, oldest first */
  #underWay: (readonly number[])[] = [];

  /** Another dataset: what was asked for does not come any more. */
  forget(): void {
    this.#underWay = [];
  }

  /**
   * @param first visible place
   * @param last visible place
   * @returns rows to ask for now; empty when there is nothing to ask for, or others come first
   */
  next(first: number, last: number, places: Places, known: KnownRows): readonly number[] {
    this.#underWay = this.#underWay.filter((rows) => rows.some((row) => !known.has(row)));
    if (this.#underWay.length >= MAX_UNDER_WAY) {
      return [];
    }
    const asked = new Set(this.#underWay.flat());
    const missing = (from: number, to: number): number[] => {
      const rows: number[] = [];
      for (let place = Math.max(0, from); place <= Math.min(to, places.count - 1); place += 1) {
        const row = places.rowAt(place);
        if (row !== undefined && !known.has(row) && !asked.has(row)) {
          rows.push(row);
        }
      }
      return rows;
    };
    const visible = missing(first, last);
    const isIdle = this.#underWay.length === 0;
    const around = isIdle ? missing(first - AHEAD, last + AHEAD) : [];
    const rows = visible.length > 0 ? visible : around.length >= LEAST_AHEAD ? around : [];
    if (rows.length > 0) {
      this.#underWay.push(rows);
    }
    return rows;
  }
}
