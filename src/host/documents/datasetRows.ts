// Rows of an open dataset, as the queue of the review editor needs them.

import { AppError, encodeError } from '../../base/errors';
import type { RowResult } from '../../formats/candidateRow';
import type { IndexedView, RowView } from '../../protocol/reviewProtocol';
import { describeError } from '../messages';
import type { OpenDataset } from '../sessions';
import { toRowView } from '../views/sampleViews';

const MAX_ROWS_AT_ONCE = 200;

export function toIndexedView({ session: { dataset } }: OpenDataset): IndexedView {
  const { rowCount, indexedShare, fault } = dataset;
  return {
    rows: rowCount,
    share: indexedShare,
    ...(fault === undefined ? {} : { fault: describeError(fault) }),
  };
}

/** A row of the dataset; one that the disk does not give is a bad one. */
export async function rowOf(
  { session: { dataset } }: OpenDataset,
  row: number,
): Promise<RowResult> {
  try {
    const result = await dataset.row(row);
    if (result !== undefined) {
      return result;
    }
    throw new AppError('INTERNAL', `no row ${row}`);
  } catch (error) {
    const line = dataset.lineOf(row) ?? 0;
    return { ok: false, id: '', line, candidates: 0, error: encodeError(error) };
  }
}

/** @param toUri makes the address of a file for `src` */
export async function rowViews(
  dataset: OpenDataset,
  start: number,
  end: number,
  toUri: (file: string) => string,
): Promise<readonly RowView[]> {
  const rows: RowView[] = [];
  const last = Math.min(end, dataset.session.dataset.rowCount, start + MAX_ROWS_AT_ONCE);
  for (let row = start; row < last; row += 1) {
    rows.push(await toRowView(dataset, row, await rowOf(dataset, row), toUri));
  }
  return rows;
}

/** Searches forward, then from the start. @returns `undefined` when every sample is reviewed */
export async function nextUnreviewed(
  dataset: OpenDataset,
  after: number,
): Promise<number | undefined> {
  const { session } = dataset;
  const { rowCount } = session.dataset;
  for (let step = 1; step <= rowCount; step += 1) {
    const row = (after + step) % rowCount;
    const result = await rowOf(dataset, row);
    if (result.ok) {
      const { decision, stale } = await session.verdict(row);
      if (decision === undefined || stale) {
        return row;
      }
    }
  }
  return undefined;
}
