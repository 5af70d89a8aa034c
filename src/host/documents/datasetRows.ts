// Rows of an open dataset, as the queue of the review editor needs them.

import { AppError, encodeError, type EncodedError } from '../../base/errors';
import type { RowResult } from '../../formats/datasetRow';
import type { IndexedView, RowView } from '../../protocol/reviewProtocol';
import { describeError } from '../messages';
import type { Presentations } from '../presentations';
import type { OpenDataset } from '../sessions';
import { toRowView } from '../views/sampleViews';

export function toIndexedView({ session: { dataset } }: OpenDataset): IndexedView {
  const { rowCount, indexedShare, fault } = dataset;
  return {
    rows: rowCount,
    share: indexedShare,
    ...(fault === undefined ? {} : { fault: describeError(fault) }),
  };
}

/** A row that holds something else than any known format: its columns can be named. */
export function canMap({ code }: EncodedError): boolean {
  return code === 'ROW_SHAPE' || code === 'NO_CANDIDATES';
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
  presentations: Presentations,
  dataset: OpenDataset,
  rows: readonly number[],
  toUri: (file: string) => string,
): Promise<readonly RowView[]> {
  const { rowCount } = dataset.session.dataset;
  // what can't be read is found again, row by row
  await dataset.session.dataset.load(rows).catch(() => undefined);
  const views: RowView[] = [];
  for (const row of rows.filter((each) => each < rowCount)) {
    const result = await rowOf(dataset, row);
    if (result.ok) {
      await dataset.scoring.checkMedia(dataset.session.revised(result.sample));
    }
    views.push(await toRowView(presentations, dataset, row, result, toUri));
  }
  return views;
}

/**
 * Searches forward, then from the start.
 * @param rows of the queue, in its order; without them all
 * @returns `undefined` when every sample is reviewed
 */
export async function nextUnreviewed(
  dataset: OpenDataset,
  after: number,
  rows?: Uint32Array,
): Promise<number | undefined> {
  const { session } = dataset;
  const count = rows?.length ?? session.dataset.rowCount;
  const start = rows?.indexOf(after) ?? after;
  for (let step = 1; step <= count; step += 1) {
    const place = (start + step) % count;
    const row = rows?.[place] ?? place;
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
