// Score sheets: rewards of a dataset as a file. The ending of its name tells which kind.

import type { ScoredRow } from '../scoredRow';

export const SHEET_KINDS = ['jsonl', 'csv', 'parquet'] as const;
/** `jsonl`: a line for each sample; `csv`: a line for each answer; `parquet`: a row for each sample. */
export type SheetKind = (typeof SHEET_KINDS)[number];

/** Any other name is that of JSON Lines. */
export function sheetKindOf(name: string): SheetKind {
  const ending = /\.(csv|parquet)$/i.exec(name)?.[1]?.toLowerCase();
  return ending === 'csv' || ending === 'parquet' ? ending : 'jsonl';
}

/** A scored row, and who wrote its answers. */
export interface SheetRow {
  readonly row: ScoredRow;
  /** by candidate; shorter when the row could not be read */
  readonly sources: readonly (string | undefined)[];
}

/** Writes rows, in the order of the dataset, into a file that somebody else opened and commits. */
export interface SheetWriter {
  /** the column that was added to a copy of the dataset */
  readonly addedColumn?: string;
  /** @throws AppError `OUTPUT_FAILED` */
  write(row: SheetRow): Promise<void>;
  /** What the file has at its end. @throws AppError `OUTPUT_FAILED`, and when rows are missing */
  finish(): Promise<void>;
}

/** Rewards of one sample as a sheet has them. */
export interface SheetEntry {
  readonly id: string;
  /** of the dataset, from 1 */
  readonly line: number;
  readonly rewards: readonly (number | null)[];
  /** fingerprint */
  readonly model?: string | undefined;
  /** the dataset, when several were scored together */
  readonly file?: string | undefined;
  /** line or row of the sheet, from 1 */
  readonly at: number;
}
