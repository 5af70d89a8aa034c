// What an export found, what it wrote and what it left out.

import type { EncodedError } from '../base/errors';
import type { SkippedPair } from '../formats/preferencePair';
import type { JournalFault } from './journalFile';

/** A dataset, or one of its rows, that could not be read. */
export interface DatasetFault {
  readonly file: string;
  /** `undefined` for the whole dataset */
  readonly line?: number;
  readonly error: EncodedError;
}

export type InFile<T> = T & { readonly file: string };

export interface PairExportReport {
  /** that the export holds, the test split included */
  readonly pairs: number;
  /** rows of all files: formats for single answers have more of them than pairs, or fewer */
  readonly rows: number;
  /** pairs in the test split */
  readonly testPairs: number;
  /** pairs that come only from orders of the model that were accepted: nobody voted for them */
  readonly acceptedPairs: number;
  /** pairs of answers that share a place, both directions counted */
  readonly tiedPairs: number;
  /** samples that gave at least one pair */
  readonly samples: number;
  /** datasets and rows that could not be read; an only dataset is an error instead */
  readonly faults: readonly DatasetFault[];
  /** of all datasets, bad ones included */
  readonly readRows: number;
  /** how many of the faults are rows */
  readonly badRows: number;
  /** pairs that people disagree on */
  readonly disputed: number;
  /** samples whose judged answers all share a place */
  readonly tied: number;
  /** pairs whose margin is too small */
  readonly belowMargin: number;
  /** pairs whose margin is not known, where a least one is asked for */
  readonly withoutMargin: number;
  /** samples with a medium that can't be found; their paths are exported as they are */
  readonly missingMedia: number;
  /** pairs whose chosen answer is too long for the rejected one */
  readonly tooLong: number;
  /** pairs of two answers that say the same */
  readonly identical: number;
  /** pairs that are there already */
  readonly duplicate: number;
  /** files of earlier exports that lie beside this one and don't belong to it any more */
  readonly leftFiles: readonly string[];
  /** verdicts on samples that have changed since */
  readonly stale: number;
  /** pairs with an answer that was edited after it was ranked */
  readonly outdated: number;
  /** samples that the scored output has no row for, or one that does not fit */
  readonly unscored: number;
  /** pairs that the format can't hold */
  readonly skipped: readonly InFile<SkippedPair>[];
  /** lines of journals that are not entries */
  readonly journalFaults: readonly InFile<JournalFault>[];
  /** pairs with an answer that somebody has edited or written in the review */
  readonly editedPairs: number;
  /** edited and added answers that are not used: their sample has changed since */
  readonly staleAnswers: number;
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K];
};

/** A report in the making. */
export type Tally = Mutable<PairExportReport>;

export function emptyTally(): Tally {
  return {
    pairs: 0,
    rows: 0,
    testPairs: 0,
    acceptedPairs: 0,
    tiedPairs: 0,
    samples: 0,
    faults: [],
    readRows: 0,
    badRows: 0,
    disputed: 0,
    tied: 0,
    belowMargin: 0,
    withoutMargin: 0,
    tooLong: 0,
    duplicate: 0,
    identical: 0,
    leftFiles: [],
    missingMedia: 0,
    stale: 0,
    outdated: 0,
    unscored: 0,
    skipped: [],
    journalFaults: [],
    editedPairs: 0,
    staleAnswers: 0,
  };
}

/** Why there is no pair, for the error that says so. */
export function reasonsForNone(report: PairExportReport): string {
  const reasons = [
    [report.faults.length - report.badRows, 'files can’t be read'],
    [report.journalFaults.length, 'lines of the verdict journal can’t be read'],
    [report.badRows, 'rows can’t be read'],
    [report.stale, 'verdicts are on samples that have changed'],
    [report.outdated, 'pairs have an answer edited after it was ranked'],
    [report.disputed, 'pairs are disputed'],
    [report.tied, 'samples are tied'],
    [report.unscored, 'samples have no scored row'],
    [report.belowMargin, 'pairs are below the margin'],
    [report.withoutMargin, 'pairs have no margin'],
    [report.tooLong, 'chosen answers are too long'],
    [report.duplicate, 'pairs are double'],
    [report.identical, 'pairs have the same answer twice'],
    [report.skipped.length, 'pairs don’t fit the format'],
  ] as const;
  const why = reasons.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : []));
  return why.length === 0 ? '' : ` (${why.join('; ')})`;
}
