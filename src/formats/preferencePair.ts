// What every preference export is made from.

import type { Sample } from '../sample/sample';

/** One pair of one sample, with all that any trainer's format can hold. */
export interface PreferencePair {
  readonly sample: Sample;
  readonly chosen: string;
  readonly rejected: string;
  /** comes only from orders of the model that were accepted: nobody voted for it */
  readonly accepted: boolean;
  /** which of the two a person has edited or written in the review */
  readonly edited: { readonly chosen: boolean; readonly rejected: boolean };
}

/** A row of an export, or why the format can't hold the pair. */
export type ExportedPair<Row> =
  { readonly ok: true; readonly row: Row } | { readonly ok: false; readonly reason: string };

/** A pair that a format cannot hold. */
export interface SkippedPair {
  readonly line: number;
  readonly id: string;
  readonly reason: string;
}
