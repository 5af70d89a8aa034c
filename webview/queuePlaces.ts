// The rows of the queue by their place: all of the file, or those that a query found.

import type { ConditionCounts, QueueView } from '../src/protocol/reviewProtocol';
import { FILE_ORDER, isFileOrder } from '../src/sample/queueQuery';

export class QueuePlaces {
  view: QueueView = { query: FILE_ORDER, share: 1 };
  /** rows that one more condition would leave */
  conditionCounts: ConditionCounts = {};

  /** @param rowCount rows of the dataset that are found by now */
  constructor(readonly rowCount: () => number) {}

  /** Rows in the queue; 0 while a query looks for them. */
  get count(): number {
    const { query, rows } = this.view;
    return rows?.length ?? (isFileOrder(query) ? this.rowCount() : 0);
  }

  /** @returns `undefined` outside the queue */
  rowAt(place: number): number | undefined {
    const { rows } = this.view;
    return rows === undefined
      ? place >= 0 && place < this.count
        ? place
        : undefined
      : rows[place];
  }

  /** @returns -1 when the row is not in the queue */
  placeOf(row: number): number {
    const { rows } = this.view;
    return rows === undefined ? (row < this.count ? row : -1) : rows.indexOf(row);
  }
}
